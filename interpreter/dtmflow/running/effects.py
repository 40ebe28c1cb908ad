"""What goes into the pure step and what comes out of it, as values.

An *occurrence* is one thing that happened; an *effect* is one thing that the shell shall do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

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


@dataclass(frozen=True, slots=True)
class LegEvent:
    """A CallEvent of a leg."""

    leg: str
    event: Event


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer that the step had started ran out."""

    timer: TimerId


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """A lower-case event from outside: a shell's, for example the control API's."""

    name: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """An action that the step had ordered could not be carried out by the line."""

    leg: str
    action: str
    reason: str
    origin: Path


Occurrence: TypeAlias = LegEvent | TimerFired | OwnEvent | Failure


@dataclass(frozen=True, slots=True)
class Do:
    """Call a method on a leg."""

    leg: str
    command: Command[Any]
    origin: Path
    """Where the action stands in the flow; () for the hang-ups of an ending flow."""


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Feed `TimerFired(timer)` after so many milliseconds."""

    timer: TimerId
    milliseconds: int


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Forget a timer."""

    timer: TimerId


@dataclass(frozen=True, slots=True)
class Log:
    """A line that the flow's author asked for with `log:`."""

    text: str
    origin: Path


@dataclass(frozen=True, slots=True)
class Finish:
    """The flow is over; comes once, after the hang-ups of the legs that were live."""

    outcome: str


@dataclass(frozen=True, slots=True)
class GuardResult:
    """A guard that was asked, and its answer."""

    guard: str
    origin: Path
    result: bool


@dataclass(frozen=True, slots=True)
class ActionTaken:
    """An action with its evaluated arguments; `leg` is "" for session actions."""

    name: str
    leg: str
    arguments: Mapping[str, Any]
    origin: Path


@dataclass(frozen=True, slots=True)
class Entry:
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


@dataclass(frozen=True, slots=True)
class Note:
    """A fact for the journal."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Passed:
    """An event from which nothing followed; `step.passed` makes its entry, for who wants one.

    Most events are such: putting down each for nobody would cost more than the flow itself.
    """

    trigger: str
    """`caller.PlaybackReady`."""
    event: Event


Effect: TypeAlias = Do | StartTimer | CancelTimer | Log | Finish | Note | Passed
