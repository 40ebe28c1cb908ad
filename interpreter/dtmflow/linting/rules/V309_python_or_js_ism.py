"""A word of Python or JavaScript in an expression.

Why: expressions are CEL, which writes `&&`, `||`, `!`, `==`, `true`, `false`, `null`.

Bad:

    if: tries < 3 and not event.tone === "1"

Good:

    if: tries < 3 && !(event.tone == "1")

Fix (safe): write the CEL form.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Level, Span
from dtmflow.linting.analysis.expressions import mending, place, sites
from dtmflow.linting.registry import Subject, rule


@rule("V309", "python-or-js-ism", Level.ERROR)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report each such word of expressions that do not compile."""
    seen: set[Span] = set()
    for site in subject.derive(sites):
        for piece in site.foreign:
            span = place(subject.document, site.typed, piece.offset, piece.length)
            if span in seen:
                continue
            seen.add(span)
            title = f"write `{piece.meant}`"
            yield subject.report(
                span,
                f"`{piece.word}` is not CEL",
                help=title,
                fix=mending(subject.document, site.typed, piece.changes, title, safe=True),
            )
