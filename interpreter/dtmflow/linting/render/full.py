"""A finding with its source line, a caret under the place, help and related places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from dtmflow.diagnostics import Diagnostic, Level, Span
from dtmflow.linting.render import concise
from dtmflow.loading.document import Document

_RESET: Final = "\x1b[0m"
_BOLD: Final = "\x1b[1m"
_LEVELS: Final = {Level.ERROR: "\x1b[31m", Level.WARNING: "\x1b[33m", Level.INFO: "\x1b[36m"}
_HELP: Final = "\x1b[32m"


def render(
    findings: Iterable[Diagnostic], documents: Mapping[str, Document], *, colour: bool = False
) -> str:
    """Return the findings for a person to read.

    Args:
        findings: What to show.
        documents: The checked documents by their file name; a finding of a file that is not
            among them is shown without its source.
        colour: Mark level, place and help with ANSI colours.
    """
    return "\n".join(
        _block(finding, documents.get(finding.file), colour=colour) for finding in findings
    )


def _block(finding: Diagnostic, document: Document | None, *, colour: bool) -> str:
    paint = _LEVELS[finding.level]
    head = concise.line(finding)
    if colour:
        mark = f" {finding.code} "
        head = head.replace(mark, f" {_BOLD}{paint}{finding.code}{_RESET} ", 1)
    parts = [head, *_excerpt(document, finding.span, paint if colour else "")]
    if finding.help:
        label = f"{_HELP}help:{_RESET}" if colour else "help:"
        parts.append(f"  {label} {finding.help}")
    for related in finding.related:
        place = f"{finding.file}:{related.span.line}:{related.span.column}"
        parts.append(f"  {place}: {related.message}")
        parts += _excerpt(document, related.span, "")
    return "\n".join(parts) + "\n"


def _excerpt(document: Document | None, span: Span, paint: str) -> list[str]:
    """Return the source line and the line of carets under it."""
    if document is None:
        return []
    source = document.lines.line(span.line)
    if not source.strip():
        return []
    gutter = f"{span.line:>5} | "
    end = span.end_column if span.end_line == span.line else len(source) + 1
    width = max(1, min(end, len(source) + 1) - span.column)
    # A tab stays a tab, so that the caret stands below its place at any tab width.
    lead = "".join("\t" if c == "\t" else " " for c in source[: span.column - 1])
    carets = "^" * width
    if paint:
        carets = f"{paint}{carets}{_RESET}"
    return [f"{gutter}{source}", f"{' ' * (len(gutter) - 2)}| {lead}{carets}"]
