"""From a flow file to a Program that a line can run, or all the reasons why not."""

from __future__ import annotations

from pathlib import Path

from dtmflow.cli.sources import read_text
from dtmflow.compiling.program import Program, compile_program
from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.errors import FlowInvalid
from dtmflow.linting.engine import check
from dtmflow.ports import Capabilities
from dtmflow.running.admission import refuse


def load_program(file: Path, capabilities: Capabilities) -> tuple[Program, tuple[Diagnostic, ...]]:
    """Check and compile a flow for a line; also returns the findings that do not forbid it.

    Raises:
        FlowInvalid: it has errors, or needs what the line cannot do.
        UsageError: the file cannot be read.
    """
    analysis = check(read_text(file), str(file))
    errors = tuple(found for found in analysis.diagnostics if found.level is Level.ERROR)
    if errors or analysis.core is None:
        raise FlowInvalid(errors)
    program = compile_program(analysis.core, analysis.document)
    if refusals := refuse(program, capabilities):
        raise FlowInvalid(refusals)
    return program, analysis.diagnostics
