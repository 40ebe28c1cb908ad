"""Flows for tests: YAML text in, a compiled program out, with the real rooms in between."""

from __future__ import annotations

from textwrap import dedent

from dtmflow.compiling.expand import expand
from dtmflow.compiling.program import Program, compile_program
from dtmflow.loading.read import load
from dtmflow.loading.validation import validate
from dtmflow_schema.flow import Flow


def compiled(text: str, file: str = "flow.yaml") -> Program:
    """Return the program of a flow; `version: 1` and a name are put in front of the text."""
    document = load(f"version: 1\nname: tested\n{dedent(text)}", file)
    assert not document.diagnostics, document.diagnostics
    flow, findings = validate(document, Flow)
    assert flow is not None, findings
    return compile_program(expand(flow), document)
