"""An expression that cannot be read.

Why: `if:` and `${...}` hold expressions of the Common Expression Language (CEL): names, texts in
quotes, numbers, `==`, `!=`, `<`, `in`, `&&`, `||`, `!`, `+`, brackets. The mark shows the first
place that does not fit, inside folded and quoted texts too.

Bad:

    if: event.tone == "1" &&

Good:

    if: event.tone == "1" && tries < 3
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.expressions.problems import Kind
from dtmflow.linting.analysis.expressions import findings
from dtmflow.linting.registry import Subject, rule


@rule("V301", "syntax", Level.ERROR)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report the first syntax error of each expression, and expressions that are too large."""
    for found in findings(subject, Kind.SYNTAX, Kind.TOO_COMPLEX):
        yield subject.report(found.span, found.problem.message)
