"""The core as a function: what happened goes in, what to do comes out. No I/O, no clock."""

from __future__ import annotations

from datetime import datetime

from dtmflow.compiling.program import Program
from dtmflow.running.context import Context
from dtmflow.running.effects import Effect, Occurrence


def start(program: Program, context: Context, now: datetime) -> list[Effect]:
    """Enter the initial state. `now` is the time of day that expressions see."""
    raise NotImplementedError


def feed(
    program: Program, context: Context, occurrence: Occurrence, now: datetime
) -> list[Effect]:
    """Handle one occurrence to completion and return what the shell shall do, in order."""
    raise NotImplementedError
