"""Digits without quotes where a text is expected.

Why: here `0123`, `+49301234`, `1.10`, `12:30` and `2024-01-01` are read as they are written. Other
tools read numbers and dates: the zero, the plus and the last digit are gone. A choice `1:` is a
number as a key there.

Bad:

    choices:
      1: sales

Good:

    choices:
      "1": sales

Fix: quote the digits (safe).
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Edit, Fix, Level
from dtmflow.linting.registry import Subject, rule
from dtmflow.loading.document import Data, SourceFloat, SourceInt, SourceText
from dtmflow.loading.nodes import Scalar


@rule("Y110", "unquoted-digits", Level.WARNING)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report plain numbers that were read as texts, and plain numbers as choices."""
    document = subject.document
    for path, value in document.scalars():
        node = document.node(path)
        if isinstance(node, Scalar) and _misread(value, node.value):
            yield _quote(subject, node)
    for path, node in document.mappings():
        if path[-1:] == ("choices",):
            for key, _ in node.entries.values():
                if not key.style and not key.literal and key.value.isdigit():
                    yield _quote(subject, key)


def _misread(value: Data, written: str) -> bool:
    """Whether other tools would not give back what was written."""
    if isinstance(value, SourceText):
        return value.read_as_text and not value.isalpha()
    number = isinstance(value, SourceInt | SourceFloat) and value.read_as_text
    return number and str(value) != written


def _quote(subject: Subject, node: Scalar) -> Diagnostic:
    span = subject.document.lines.span(node.start, node.end)
    return subject.report(
        span,
        f"`{node.value}` is a text here, but a number to other tools",
        help=f'write "{node.value}"',
        fix=Fix("Quote the digits", (Edit(span, f'"{node.value}"'),)),
    )
