"""An `if:` that is neither true nor false.

Why: a text or a number is no condition; what to compare it with must be said.

Bad:

    if: event.tone

Good:

    if: event.tone != ""
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.expressions.problems import Kind
from dtmflow.linting.analysis.expressions import Finding, findings
from dtmflow.linting.registry import Subject, rule

_COMPARE = {"string": '!= ""', "int": "!= 0", "double": "!= 0.0", "list": "!= []"}


@rule("V308", "not-boolean", Level.ERROR)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report each such guard."""
    for found in findings(subject, Kind.NOT_BOOLEAN):
        yield subject.report(found.span, found.problem.message, help=_help(found))


def _help(found: Finding) -> str:
    compare = _COMPARE.get(next(iter(found.problem.types), ""))
    text = found.problem.name
    if compare and text.replace(".", "_").isidentifier():
        return f"compare it: `{text} {compare}`"
    return "compare it with something"
