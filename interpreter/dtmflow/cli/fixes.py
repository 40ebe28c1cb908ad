"""Carrying repairs out on a text: fixes in, text out. Comments and layout stay as they are."""

from __future__ import annotations

from collections.abc import Iterable

from dtmflow.diagnostics import Fix
from dtmflow.loading.document import Lines


def apply(text: str, fixes: Iterable[Fix]) -> tuple[str, int]:
    """Return the repaired text and how many fixes were applied.

    A fix is applied as a whole or not at all. One that touches text which an earlier one changes
    is left out: check the result again, and it comes back if it is still needed.
    """
    lines = Lines(text)
    taken: list[tuple[int, int, str]] = []
    applied = 0
    for fix in fixes:
        edits = [
            (
                lines.offset(edit.span.line, edit.span.column),
                lines.offset(edit.span.end_line, edit.span.end_column),
                edit.text,
            )
            for edit in fix.edits
        ]
        if edits and not any(_touch(edit, other) for edit in edits for other in taken):
            taken.extend(edits)
            applied += 1
    for start, end, replacement in sorted(taken, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text, applied


def _touch(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Whether two edits overlap, or begin at the same place, so that their order would matter."""
    return one[0] == other[0] or (one[0] < other[1] and other[0] < one[1])
