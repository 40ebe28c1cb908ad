"""Checking flows in tests: what is found, and what a fix makes of the text."""

from __future__ import annotations

from dtmflow.cli.fixes import apply
from dtmflow.diagnostics import Diagnostic
from dtmflow.linting.engine import check


def with_states(*states: str) -> str:
    """Return a flow of states, one a line, each written below `states:`."""
    return "version: 1\nname: test\nstates:\n" + "".join(f"  {state}\n" for state in states)


def diagnostics(text: str) -> tuple[Diagnostic, ...]:
    return check(text, "flow.yaml").diagnostics


def codes(text: str) -> list[str]:
    return [finding.code for finding in diagnostics(text)]


def found(code: str, text: str) -> Diagnostic:
    """Return the first finding of a code; the test fails where there is none."""
    findings = diagnostics(text)
    matching = [finding for finding in findings if finding.code == code]
    assert matching, findings
    return matching[0]


def mended(text: str, finding: Diagnostic) -> str:
    """Return the text with the fix of a finding applied."""
    assert finding.fix is not None, finding
    return apply(text, [finding.fix])[0]
