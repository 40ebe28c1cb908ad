"""From a flow file to its core or to a Program that a line can run, or all reasons why not."""

from __future__ import annotations

from pathlib import Path

from dtmflow.cli.sources import read_text
from dtmflow.compiling.core import Core
from dtmflow.compiling.program import Program, compile_program
from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.errors import FlowInvalid, UsageError
from dtmflow.linting.analysis.usage import usage
from dtmflow.linting.engine import Analysis, check
from dtmflow.ports import Capabilities
from dtmflow.project import project_of
from dtmflow.running.admission import refuse


def load_program(file: Path, capabilities: Capabilities) -> Program:
    """Check and compile a flow for a line.

    Raises:
        FlowInvalid: it, or the project file, has errors, or it needs what the line cannot do.
        UsageError: the file cannot be read, or an environment variable that it reads is not set.
    """
    project = project_of(file)
    analysis = check(read_text(file), str(file), settings=project.settings(file))
    errors = _errors(analysis)
    if errors or analysis.core is None:
        raise FlowInvalid(errors)
    environment = project.environment
    for name in sorted(usage(analysis.core).env):
        if environment.get(name) is None:
            raise UsageError(
                f"{file}: reads env.{name}, and no environment variable {name} is set"
            )
    program = compile_program(analysis.core, analysis.document, environment)
    if refusals := refuse(program, capabilities, line="sip"):
        raise FlowInvalid(refusals)
    return program


def core_of(file: Path) -> Core:
    """Return the core of a flow. Faults of its graph (F101 and the like) do not matter here.

    Raises:
        FlowInvalid: the text is no flow; holds the errors.
        UsageError: the file cannot be read.
    """
    analysis = check(read_text(file), str(file))
    if analysis.core is None:
        raise FlowInvalid(_errors(analysis))
    return analysis.core


def _errors(analysis: Analysis) -> tuple[Diagnostic, ...]:
    return tuple(found for found in analysis.diagnostics if found.level is Level.ERROR)
