"""Findings as one JSON array for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from dtmflow.diagnostics import Diagnostic, Span


def render(findings: Iterable[Diagnostic]) -> str:
    """Return one array of findings, ending in a line break; lines and columns count from 1."""
    array = [_finding(finding) for finding in findings]
    return json.dumps(array, ensure_ascii=False, indent=2) + "\n"


def _finding(finding: Diagnostic) -> dict[str, Any]:
    fix = finding.fix
    return {
        "code": finding.code,
        "level": finding.level.value,
        "message": finding.message,
        "file": finding.file,
        **_span(finding.span),
        "help": finding.help,
        "fix": None
        if fix is None
        else {
            "title": fix.title,
            "safe": fix.safe,
            "edits": [{**_span(edit.span), "text": edit.text} for edit in fix.edits],
        },
        "related": [
            {"message": related.message, **_span(related.span)} for related in finding.related
        ],
    }


def _span(span: Span) -> dict[str, int]:
    return {
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
