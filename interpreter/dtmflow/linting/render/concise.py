"""One line per finding: `file:line:col: CODE message`."""

from __future__ import annotations

from collections.abc import Iterable

from dtmflow.diagnostics import Diagnostic


def line(finding: Diagnostic) -> str:
    """Return one finding as one line, without a line break."""
    message = " ".join(finding.message.split())
    place = f"{finding.file}:{finding.span.line}:{finding.span.column}"
    return f"{place}: {finding.code} {message}"


def render(findings: Iterable[Diagnostic]) -> str:
    """Return the findings, a line each, every line with its break."""
    return "".join(f"{line(finding)}\n" for finding in findings)
