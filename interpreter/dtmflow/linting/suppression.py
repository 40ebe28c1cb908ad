"""Comments that silence findings: `# flow: ignore[C205] reason`.

A comment counts for its own line, alone on a line for the next line with content, and in the
header (before the first content) for the whole file. One that silences nothing is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dtmflow.diagnostics import Diagnostic, Edit, Fix, Level, Span
from dtmflow.loading.document import Document

UNUSED: Final = "D804"
_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#\s*flow:\s*ignore\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class _Silence:
    code: str
    line: int | None
    """Line whose findings are silenced; None is the whole file."""
    comment: Span
    alone: bool
    """The comment names no other code, so it can go when this one is unused."""


def suppress(document: Document, findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Drop silenced findings and report comments that silence nothing (D804)."""
    silences = list(_silences(document))
    used: set[int] = set()
    kept: list[Diagnostic] = []
    for finding in findings:
        hits = [
            at
            for at, silence in enumerate(silences)
            if silence.code == finding.code and silence.line in (None, finding.span.line)
        ]
        used.update(hits)
        if not hits:
            kept.append(finding)
    kept += [_unused(document, silence) for at, silence in enumerate(silences) if at not in used]
    return kept


def _silences(document: Document) -> Iterable[_Silence]:
    lines = document.lines
    texts = [lines.line(number) for number in range(1, len(lines) + 1)]
    header = True
    for number, text in enumerate(texts, 1):
        content = text.strip()
        if content and not content.startswith(("#", "%", "---")):
            header = False
        for found in _COMMENT.finditer(text):
            if document.inside_scalar(lines.offset(number, found.start() + 1)):
                continue
            codes = [code.strip() for code in found.group(1).split(",") if code.strip()]
            if header:
                target: int | None = None
            elif content.startswith("#"):
                target = _next_content(texts, number)
            else:
                target = number
            span = Span(number, found.start() + 1, number, found.end() + 1)
            for code in codes:
                yield _Silence(code, target, span, alone=len(codes) == 1)


def _next_content(texts: Sequence[str], number: int) -> int:
    for at in range(number, len(texts)):
        content = texts[at].strip()
        if content and not content.startswith("#"):
            return at + 1
    return number


def _unused(document: Document, silence: _Silence) -> Diagnostic:
    fix = None
    if silence.alone:
        start = document.lines.offset(silence.comment.line, silence.comment.column)
        line = document.lines.line(silence.comment.line)
        before = line[: silence.comment.column - 1]
        start -= len(before) - len(before.rstrip(" \t"))
        number = silence.comment.line
        end = document.lines.offset(number, len(line) + 1)
        fix = Fix("Remove the comment", (Edit(document.lines.span(start, end), ""),))
    return Diagnostic(
        UNUSED,
        Level.WARNING,
        f"nothing here needs `ignore[{silence.code}]`",
        document.file,
        silence.comment,
        help="remove the comment",
        fix=fix,
    )
