"""Whether a line can run a flow at all: what it cannot do is refused before a call comes.

Comes in: a Program and the capabilities that a line computed. Goes out: diagnostics. There is no
list of methods here: a handler that is added to a line is a method that it can do.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.compiling.core import Action, Later
from dtmflow.compiling.program import Program
from dtmflow.diagnostics import Diagnostic, Level, Span
from dtmflow.ports import Capabilities
from dtmflow.running.model import SESSION_ACTIONS
from dtmflow_schema.base import Command

UNSUPPORTED_METHOD = "L101"
"""Code of findings that name a Call method which the line does not have."""

UNSUPPORTED_CONSTRUCT = "L102"
"""Code of findings that name a construct of the language which cannot run."""


def refuse(
    program: Program, capabilities: Capabilities, *, line: str = "this"
) -> tuple[Diagnostic, ...]:
    """Return why a line cannot run a flow; empty when it can.

    Args:
        program: The flow.
        capabilities: What the line can do.
        line: Name of the line, for the messages.
    """
    return tuple(dict.fromkeys(_findings(program, capabilities, line)))


def _findings(program: Program, capabilities: Capabilities, line: str) -> Iterator[Diagnostic]:
    core = program.core
    if core.start != "incoming":
        yield _finding(
            program,
            UNSUPPORTED_CONSTRUCT,
            program.span(("start",)),
            f"`start: {core.start}` cannot run: the {line} line starts flows by incoming calls",
        )
    for element, path in program.requirements():
        span = program.span(path)
        if isinstance(element, Later):
            message = f"`{element.kind}` cannot run yet"
            yield _finding(program, UNSUPPORTED_CONSTRUCT, span, message)
        else:
            yield from _action(program, element, span, capabilities, line)


def _action(
    program: Program, action: Action, span: Span, capabilities: Capabilities, line: str
) -> Iterator[Diagnostic]:
    if not action.leg:
        if action.name not in SESSION_ACTIONS:
            yield _finding(program, UNSUPPORTED_CONSTRUCT, span, f"`{action.name}` cannot run yet")
        return
    if action.leg != program.core.primary and not capabilities.outgoing:
        yield _finding(
            program,
            UNSUPPORTED_CONSTRUCT,
            span,
            f"`{action.leg}.{action.name}` cannot run: the {line} line places no calls yet",
        )
    command = Command.registry.get(action.name)
    if command is None or command not in capabilities.commands:
        yield _finding(
            program,
            UNSUPPORTED_METHOD,
            span,
            f"`{action.name}` cannot be done on the {line} line",
        )


def _finding(program: Program, code: str, span: Span, message: str) -> Diagnostic:
    return Diagnostic(
        code=code,
        level=Level.ERROR,
        message=message,
        file=program.file,
        span=span,
        help="Leave it out, or run the flow on a line that can do it.",
    )
