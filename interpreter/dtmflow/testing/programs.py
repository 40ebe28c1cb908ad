"""Flow files to programs, each compiled once however many tests use it."""

from __future__ import annotations

from pathlib import Path

from dtmflow.compiling.expand import expand
from dtmflow.compiling.program import Program, compile_program
from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.errors import FlowInvalid, UsageError
from dtmflow.lines.simulated.call import simulated
from dtmflow.loading.read import load
from dtmflow.loading.validation import validate
from dtmflow.ports import Capabilities
from dtmflow.project import project_of
from dtmflow.running.admission import refuse
from dtmflow_schema.flow import Flow

_CAPABILITIES = Capabilities(simulated.commands, frozenset())


class Programs:
    """Compiled flows by path."""

    def __init__(self) -> None:
        self._programs: dict[Path, Program] = {}

    def get(self, path: Path) -> Program:
        """Return the program of a flow file.

        Raises:
            UsageError: the file cannot be read.
            FlowInvalid: the flow is wrong, or the simulated line cannot run it.
        """
        key = path.resolve()
        if key not in self._programs:
            self._programs[key] = load_program(path)
        return self._programs[key]


def load_program(path: Path) -> Program:
    """Read, validate, expand and compile a flow for the simulated line.

    Raises:
        UsageError: the file cannot be read.
        FlowInvalid: the flow is wrong, or the simulated line cannot run it.
    """
    document = load(read(path), str(path))
    flow, findings = validate(document, Flow)
    stop_at_errors((*document.diagnostics, *findings))
    assert flow is not None, "without errors there is a flow"  # noqa: S101 - for the type checker
    program = compile_program(expand(flow), document, project_of(path).environment)
    stop_at_errors(refuse(program, _CAPABILITIES, line="simulated"))
    return program


def read(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as problem:
        raise UsageError(f"{path}: {problem.strerror}") from problem


def stop_at_errors(findings: tuple[Diagnostic, ...]) -> None:
    """Raise the errors among findings.

    Raises:
        FlowInvalid: there is one.
    """
    errors = tuple(finding for finding in findings if finding.level is Level.ERROR)
    if errors:
        raise FlowInvalid(errors)
