"""What goes into the pure step and what comes out of it, as values.

An *occurrence* is one thing that happened; an *effect* is one thing that the shell shall do. They
are named tuples, the cheapest values there are: a call makes hundreds of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from dtmflow.compiling.core import StatePath
from dtmflow.diagnostics import Path
from dtmflow_schema.base import Command, Event


@dataclass(frozen=True, slots=True, order=True)
class TimerId:
    """A timer of one visit to a state, so that one of an earlier visit never counts."""

    state: StatePath
    visit: int
    """How many times the state had been entered when the timer started, from 1."""
    index: int
    """Position among the `after:` entries of the state, from 0."""


class LegEvent(NamedTuple):
    """A CallEvent of a leg."""

    leg: str
    event: Event


class TimerFired(NamedTuple):
    """A timer that the step had started ran out."""

    timer: TimerId


class OwnEvent(NamedTuple):
    """A lower-case event from outside: a shell's, for example the control API's."""

    name: str
    fields: Mapping[str, Any] = {}


class Failure(NamedTuple):
    """An action that the step had ordered could not be carried out by the line."""

    leg: str
    action: str
    reason: str
    origin: Path


Occurrence: TypeAlias = LegEvent | TimerFired | OwnEvent | Failure


class Do(NamedTuple):
    """Call a method on a leg."""

    leg: str
    command: Command[Any]
    origin: Path
    """Where the action stands in the flow; () for the hang-ups of an ending flow."""


class StartTimer(NamedTuple):
    """Feed `TimerFired(timer)` after so many milliseconds."""

    timer: TimerId
    milliseconds: int


class CancelTimer(NamedTuple):
    """Forget a timer."""

    timer: TimerId


class Log(NamedTuple):
    """A line that the flow's author asked for with `log:`."""

    text: str
    origin: Path


class Finish(NamedTuple):
    """The flow is over; comes once, after the hang-ups of the legs that were live."""

    outcome: str


class GuardResult(NamedTuple):
    """A guard that was asked, and its answer."""

    guard: str
    origin: Path
    result: bool


class ActionTaken(NamedTuple):
    """An action with its evaluated arguments; `leg` is "" for session actions."""

    name: str
    leg: str
    arguments: Mapping[str, Any]
    origin: Path


class Entry(NamedTuple):
    """One microstep for the journal: an event, what it was weighed against, what it did."""

    event: str
    """`caller.ToneReceived`, `after:menu:0`, `done:menu`, an own event, or `start`."""
    fields: Mapping[str, Any]
    before: StatePath
    state: StatePath
    """The active leaf state afterwards."""
    handled: bool
    guards: tuple[GuardResult, ...]
    actions: tuple[ActionTaken, ...]
    variables: Mapping[str, Any]
    """Variables that changed, with their new values."""
    secrets: frozenset[str]
    """Values that no reader may see: those of secret variables before, during and after."""
    secret_event: bool
    """Whether the event's own fields went into a secret variable."""


class Note(NamedTuple):
    """A fact for the journal."""

    entry: Entry


class Passed(NamedTuple):
    """An event from which nothing followed; `step.passed` makes its entry, for who wants one.

    Most events are such: putting down each for nobody would cost more than the flow itself.
    """

    trigger: str
    """`caller.PlaybackReady`."""
    event: Event


Effect: TypeAlias = Do | StartTimer | CancelTimer | Log | Finish | Note | Passed
