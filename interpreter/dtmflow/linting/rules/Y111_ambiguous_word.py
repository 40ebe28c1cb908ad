"""`no`, `on`, `off`, `yes`, `y` or `n` without quotes where a text is expected.

Why: here these words are texts. Tools that still read YAML 1.1 make booleans of them, and a
reader of the flow may think so, too. Data of your own (`vars`, `json`, keys) is left alone.

Bad:

    say: no

Good:

    say: "no"

Fix: quote the word (safe).
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Edit, Fix, Level
from dtmflow.linting.registry import Subject, rule
from dtmflow.loading.document import SourceText


@rule("Y111", "ambiguous-word", Level.WARNING)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report plain words that were read as texts."""
    for path, value in subject.document.scalars():
        if isinstance(value, SourceText) and value.isalpha() and value.read_as_text:
            span = subject.document.span(path)
            yield subject.report(
                span,
                f"`{value}` is a text here, but a boolean to other tools",
                help=f'write "{value}"',
                fix=Fix("Quote the word", (Edit(span, f'"{value}"'),)),
            )
