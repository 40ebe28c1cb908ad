"""Values of types that do not go together.

Why: types are known before a call comes. A tone is text, so comparing it with a number could
never be true; a text cannot be counted with.

Bad:

    if: event.tone == 1

Good:

    if: event.tone == "1"

Fix (unsafe): quote or unquote the constant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Fix, Level
from dtmflow.expressions.problems import Kind
from dtmflow.linting.analysis.expressions import Finding, findings, quoted, replace
from dtmflow.linting.registry import Subject, rule

_NUMBER = r"-?\d+(?:\.\d+)?"
_DIGITS = rf"\"{_NUMBER}\"|'{_NUMBER}'"
_NAME = r"[A-Za-z_][\w.]*(?:\([^()]*\))?"


@rule("V304", "type-mismatch", Level.ERROR)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report each mismatch, with the constant to write where one is at hand."""
    for found in findings(subject, Kind.TYPE_MISMATCH):
        constant = _constant(found)
        if constant is None:
            yield subject.report(found.span, found.problem.message, help=_help(found))
            continue
        name, offset, length, value, is_text = constant
        typed = found.site.typed
        better = value if is_text else quoted(subject.document, typed, value)
        edit = replace(subject.document, typed, offset, length, better)
        yield subject.report(
            found.span,
            f"{found.problem.message}: `{name}` is {'a number' if is_text else 'text'}",
            help=f"write `{better}`",
            fix=Fix(f"write `{better}`", (edit,), safe=False) if edit else None,
        )


def _constant(found: Finding) -> tuple[str, int, int, str, bool] | None:
    """Return the name, and place and value of the constant of the wrong type beside it."""
    problem, text = found.problem, found.site.typed.text
    if problem.name not in {"==", "!=", "<", "<=", ">", ">="} or len(problem.types) != 2:
        return None
    before, at = text[: problem.offset], problem.offset + problem.length
    for name_type, left, right in (
        (problem.types[0], _NAME, None),
        (problem.types[1], None, _NAME),
    ):
        wanted = _NUMBER if name_type == "string" else _DIGITS
        left_match = re.search(rf"({left or wanted})\s*$", before)
        right_match = re.match(rf"\s*({right or wanted})", text[at:])
        if not left_match or not right_match:
            continue
        if left:
            start = at + right_match.start(1)
            return _judged(left_match[1], start, right_match[1], name_type)
        return _judged(right_match[1], left_match.start(1), left_match[1], name_type)
    return None


def _judged(name: str, offset: int, raw: str, name_type: str) -> tuple[str, int, int, str, bool]:
    is_text = name_type != "string"
    return name.rpartition(".")[2], offset, len(raw), raw.strip("\"'"), is_text


def _help(found: Finding) -> str:
    problem = found.problem
    if problem.name == "+" and "string" in problem.types:
        return "make it text with `string(...)`, or insert it with `${...}`"
    if {"int", "double"} <= set(problem.types):
        return "write whole numbers with a point: `1.0`"
    return ""
