"""A world for one call: virtual clock, simulated line, session, and what was seen of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from dtmflow.clock import VirtualClock
from dtmflow.compiling.program import Program
from dtmflow.errors import CallError
from dtmflow.lines.simulated import SimulatedCall, SimulatedLine, far
from dtmflow.ports import Call
from dtmflow.running.effects import ActionTaken, Effect, Log, Note
from dtmflow.running.journal import MemoryJournal
from dtmflow.running.session import Session
from dtmflow_schema.base import Event

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
"""A Monday: the time of day in tests that do not set one."""

MAX_PROMPTS = 200
"""Prompts in a row that may end before silence counts as one that never comes."""


class World:
    """One call into one flow. Every method that makes something happen lets it happen fully."""

    def __init__(
        self,
        program: Program,
        *,
        now: datetime = NOON,
        file_seconds: Callable[[str], float | None] | None = None,
        journal: MemoryJournal | None = None,
    ) -> None:
        """Make a world in which nothing has happened.

        Args:
            program: The flow.
            now: Time of day at the start.
            file_seconds: Length in seconds of a sound file, by URL; None when there is none.
            journal: Takes the journal of the session, if given.
        """
        self.program = program
        self.clock = VirtualClock(now)
        self.line = SimulatedLine(self.clock, listener=_Listener(self), file_seconds=file_seconds)
        self.session: Session | None = None
        self.call: SimulatedCall | None = None
        self.actions: list[ActionTaken] = []
        """What the flow did since `mark`."""
        self.logs: list[str] = []
        self._journal = journal
        self._params: Mapping[str, Any] = {}

    def incoming(
        self,
        *,
        callerid: str = "",
        number: str = "",
        display_name: str = "",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        """Let a call come in; the flow starts.

        Raises:
            CallError: there was one already.
            WrongTypeError: a parameter does not fit the flow.
        """
        if self.call is not None:
            raise CallError("the call has come in already")
        self.call = self.line.call(
            callerid=callerid, number=number, display_name=display_name, headers=headers
        )
        self._params = dict(params or {})
        self.clock.settle()

    def begin(self, call: Call, headers: Mapping[str, str]) -> None:
        """Start the flow for the call that came in."""
        self.session = Session(
            self.program,
            self.clock,
            call,
            name="test",
            headers=headers,
            params=self._params,
            journal=self._journal,
        )
        self.session.observe(self._observe)
        self.session.start()

    def fire(self, event: type[Event], fields: Mapping[str, Any]) -> None:
        """Let an event come to the call."""
        far.fire(self._there(), event, dict(fields))
        self.clock.settle()

    def emit(self, name: str, fields: Mapping[str, Any]) -> None:
        """Let an own, lower-case event come from outside."""
        self._there()
        if self.session is not None:
            self.session.emit(name, fields)
        self.clock.settle()

    def press(self, keys: str) -> None:
        """Press keys at once, one after the other."""
        far.press(self._there(), keys)
        self.clock.settle()

    def drop(self) -> None:
        """Let the caller hang up."""
        far.drop(self._there())
        self.clock.settle()

    def wait(self, seconds: float) -> None:
        """Let time pass, prompts running their estimated length."""
        self.clock.advance(seconds)

    def silence(self, seconds: float) -> None:
        """Let the prompts end, then let time pass.

        Raises:
            CallError: the prompts follow each other without end.
        """
        call = self._there()
        for _ in range(MAX_PROMPTS):
            playback = call.playback
            if playback is None or playback.seconds is None:
                break
            ends = playback.began + playback.seconds
            self.clock.advance(max(0.0, ends - self.clock.now()))
        else:
            raise CallError(f"over {MAX_PROMPTS} prompts follow each other without silence")
        self.clock.advance(seconds)

    def mark(self) -> None:
        """Forget the actions so far."""
        self.actions = []

    def _there(self) -> SimulatedCall:
        if self.call is None:
            raise CallError("no call has come in; begin with `incoming`")
        return self.call

    def _observe(self, effect: Effect) -> None:
        if isinstance(effect, Note):
            self.actions.extend(effect.entry.actions)
        elif isinstance(effect, Log):
            self.logs.append(effect.text)


class _Listener:
    """Takes what the line reports for a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def incoming(self, call: Call, headers: Mapping[str, str]) -> None:
        """Start the flow."""
        self._world.begin(call, headers)

    def event(self, call: Call, event: Event) -> None:
        """Hand the event to the flow."""
        if self._world.session is not None:
            self._world.session.event(call, event)
