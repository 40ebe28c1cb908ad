"""The shell around the step: one running flow with its calls, timers and journal.

Comes in: events of its calls, timers of its clock. Goes out: Call methods, journal lines, and
every effect to an observer. Takes one thing at a time; holds no task, thread or lock.
"""

from __future__ import annotations

import contextlib
import logging
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from dtmflow.clock import Clock, Timer
from dtmflow.compiling.program import Program
from dtmflow.errors import CallError
from dtmflow.ports import Call
from dtmflow.running import step
from dtmflow.running.context import LegFacts, fresh
from dtmflow.running.effects import (
    CancelTimer,
    Do,
    Effect,
    Failure,
    Finish,
    LegEvent,
    Log,
    Note,
    Occurrence,
    OwnEvent,
    Passed,
    StartTimer,
    TimerFired,
    TimerId,
)
from dtmflow.running.journal import Journal, NoJournal, record
from dtmflow_schema.base import CallState, Command, Event
from dtmflow_schema.methods.detection import Vad
from dtmflow_schema.methods.identity import (
    CallerId,
    ClientType,
    CurrentState,
    CustomData,
    DialledNumber,
    DisplayName,
    Incoming,
)
from dtmflow_schema.methods.lifecycle import Hangup
from dtmflow_schema.methods.recording import Record

_log = logging.getLogger(__name__)

RECORD_WAIT = 60.0
"""Seconds a session whose calls have ended waits for `RecordStopped`; the session end of
call-semantics is the same 60 s."""

Observer = Callable[[Effect], None]
"""Is told every effect, after it was carried out."""


def facts_of(call: Call, headers: Mapping[str, str] | None = None) -> LegFacts:
    """Ask a call's getters; one that the line cannot answer keeps its empty value."""
    facts = LegFacts(id=call.id, headers=dict(headers or {}))
    for name, command in _GETTERS:
        try:
            value = call.do(command)
        except CallError:
            continue
        setattr(facts, name, CallState(value) if name == "state" else value)
    facts.connected = facts.state is CallState.CONNECTED
    return facts


_GETTERS: tuple[tuple[str, Command[Any]], ...] = (
    ("callerid", CallerId()),
    ("number", DialledNumber()),
    ("display_name", DisplayName()),
    ("client_type", ClientType()),
    ("incoming", Incoming()),
    ("state", CurrentState()),
    ("custom_data", CustomData()),
    ("vad", Vad()),
)


@lru_cache(maxsize=64)
def _folder(file: str) -> Path:
    return Path(file).parent


class Session:
    """A flow that leads one incoming call. Keeps the Program that it began with."""

    def __init__(
        self,
        program: Program,
        clock: Clock,
        call: Call,
        *,
        name: str,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        journal: Journal | None = None,
        on_end: Callable[[Session], None] | None = None,
    ) -> None:
        """Prepare the session; `start` sets it going.

        Raises:
            WrongTypeError: a parameter does not fit the flow.
        """
        self.program = program
        self.name = name
        """Identifies the session in journals and logs."""
        self.calls: dict[str, Call] = {program.core.primary: call}
        facts = facts_of(call, headers)
        self.context = fresh(program.core, {program.core.primary: facts}, params)
        self._legs = {call.id: program.core.primary}
        self._clock = clock
        self._began = clock.now()
        self._journal = journal or NoJournal()
        self._journalling = journal is not None
        self._sequence = 0
        self._observer: Observer | None = None
        self._on_end = on_end
        self._inbox: deque[Occurrence] = deque()
        self._due: list[TimerId] = []
        self._due_turn: Timer | None = None
        self._timers: dict[TimerId, Timer] = {}
        self._working = False
        self._over: set[str] = set()
        self._recording: set[str] = set()
        self._linger: Timer | None = None
        self._order = program.order
        self.bug: Exception | None = None
        """A bug of dtmflow that ended the session."""
        self.ended = False
        """Whether nothing more will happen: flow over, calls over, journal closed."""

    def observe(self, observer: Observer) -> None:
        """Tell `observer` every effect from now on; there is one observer at a time."""
        self._observer = observer

    @property
    def outcome(self) -> str | None:
        """How the flow ended, or None while it runs."""
        return self.context.outcome

    def start(self) -> None:
        """Enter the initial state of the flow."""
        for call in self.calls.values():
            call.files_below(_folder(self.program.file))
        if self._journalling:
            self._write_head()
        self._guarded(lambda: step.start(self.program, self.context, self._clock.wall()))

    def event(self, call: Call, event: Event) -> None:
        """Take an event of one of the session's calls."""
        leg = self._legs.get(call.id)
        if leg is None or self.ended:
            return
        if type(event) in step.RECORD_EVENTS:
            self._recording.discard(leg)
        if type(event) in step.FINAL_EVENTS:
            self._over.add(leg)
        self._take(LegEvent(leg, event))

    def emit(self, name: str, fields: Mapping[str, Any] | None = None) -> None:
        """Take an own, lower-case event from outside."""
        self._take(OwnEvent(name, dict(fields or {})))

    def hang_up(self) -> None:
        """End the flow from outside: every live call is hung up, the flow follows from that."""
        for leg in list(self.calls):
            self._hang_up(leg)

    def _take(self, occurrence: Occurrence) -> None:
        if self.ended:
            return
        self._inbox.append(occurrence)
        if not self._working:
            self._work()

    def _work(self) -> None:
        """Feed everything that waits, events first, then timers in document order."""
        while not self.ended:
            if self._inbox:
                occurrence = self._inbox.popleft()
            elif self._due:
                self._due.sort(key=lambda t: (self._order[t.state], t.index, t.visit))
                occurrence = TimerFired(self._due.pop(0))
            else:
                break
            self._one(occurrence)

    def _one(self, occurrence: Occurrence) -> None:
        if self.context.finished and isinstance(occurrence, LegEvent):
            self._after_the_end(occurrence)
        self._guarded(
            lambda: step.feed(self.program, self.context, occurrence, self._clock.wall())
        )

    def _guarded(self, feed: Callable[[], list[Effect]]) -> None:
        """Run the step and its effects; a bug in them ends this session and no other."""
        self._working = True
        try:
            for effect in feed():
                self._carry_out(effect)
            self._end_if_over()
        except Exception as bug:  # noqa: BLE001 - the session's edge: journal, hang up, go on serving
            self._broken(bug)
        finally:
            self._working = False
        if self._inbox and not self.ended:
            self._work()

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Passed() | Note():
                self._note(effect)
            case Do(leg, command, origin):
                self._do(leg, command, origin)
            case StartTimer(timer, milliseconds):
                self._timers[timer] = self._clock.call_later(
                    milliseconds / 1000, lambda: self._fired(timer)
                )
            case CancelTimer(timer):
                if (running := self._timers.pop(timer, None)) is not None:
                    running.cancel()
            case Log(text, _):
                _log.info("%s", text, extra={"session": self.name, "state": self.context.state})
            case Finish(_):
                self._cancel_timers()
        if self._observer is not None:
            self._observer(effect)

    def _do(self, leg: str, command: Command[Any], origin: tuple[str | int, ...]) -> None:
        try:
            self.calls[leg].do(command)
        except CallError as problem:
            if isinstance(command, Hangup):
                self._over.add(leg)
            failure = Failure(leg, command.method_name, str(problem), origin)
            # What has happened before is on its way: a failure because the leg ended comes after
            # the event that says so.
            self._clock.call_later(0, lambda: self._take(failure))
        if type(command) is Record:
            self._recording.add(leg)

    def _fired(self, timer: TimerId) -> None:
        """A timer ran out: wait for the end of this tick, so that an event in it comes first."""
        if self._timers.pop(timer, None) is None or self.ended:
            return
        self._due.append(timer)
        if self._due_turn is None:
            self._due_turn = self._clock.call_later(0, self._due_now)

    def _due_now(self) -> None:
        self._due_turn = None
        if not self._working:
            self._work()

    def _note(self, effect: Note | Passed) -> None:
        if not self._journalling:
            return
        if isinstance(effect, Note):
            entry = effect.entry
        else:
            entry = step.passed(self.program, self.context, effect)
        self._append(
            record(
                entry,
                seconds=self._clock.now() - self._began,
                sequence=self._sequence,
                session=self.name,
                call=self._call_id(),
                lines=self.program,
            )
        )

    def _write_head(self) -> None:
        core, facts = self.program.core, self.context.legs[self.program.core.primary]
        self._write(
            "session",
            {"callerid": facts.callerid, "number": facts.number},
            flow={
                "name": core.name,
                "primary": core.primary,
                "version": self.program.digest,
                "time": self._clock.wall().isoformat(),
            },
        )

    def _write(self, name: str, fields: Mapping[str, Any], **more: Any) -> None:
        if self._journalling:
            self._append(
                {
                    "t": round(self._clock.now() - self._began, 3),
                    "seq": self._sequence,
                    "session": self.name,
                    "call": self._call_id(),
                    "state": self.context.state,
                    "event": {"name": name, **fields},
                    "guards": [],
                    "actions": [],
                    "vars": {},
                    **more,
                }
            )

    def _append(self, line: dict[str, Any]) -> None:
        self._sequence += 1
        try:
            self._journal.write(line)
        except OSError as problem:
            _log.error("no journal for session %s: %s", self.name, problem)
            self._close_journal()

    def _close_journal(self) -> None:
        """Write no more; what the disk had no room for is lost."""
        journal, self._journal, self._journalling = self._journal, NoJournal(), False
        with contextlib.suppress(OSError):
            journal.close()

    def _call_id(self) -> str:
        return str(self.calls[self.program.core.primary].id)

    def _after_the_end(self, occurrence: LegEvent) -> None:
        if type(occurrence.event) in step.FINAL_EVENTS:
            self._write(f"{occurrence.leg}.{occurrence.event.event_name}", {})

    def _end_if_over(self) -> None:
        """Close when the flow and its calls are over; a recording may keep it open a while."""
        if not self.context.finished or self.ended:
            return
        if self._over < self.calls.keys():
            return
        if self._recording and self._linger is None:
            self._linger = self._clock.call_later(RECORD_WAIT, self._close)
        elif not self._recording:
            self._close()

    def _close(self) -> None:
        if self.ended:
            return
        self.ended = True
        self._cancel_timers()
        for timer in (self._linger, self._due_turn):
            if timer is not None:
                timer.cancel()
        self._write("end", {}, outcome=self.context.outcome)
        self._close_journal()
        if self._on_end is not None:
            self._on_end(self)

    def _cancel_timers(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._due.clear()

    def _hang_up(self, leg: str) -> None:
        try:
            self.calls[leg].do(Hangup())
        except CallError as problem:
            _log.warning("session %s: %s cannot be hung up: %s", self.name, leg, problem)

    def _broken(self, bug: Exception) -> None:
        _log.error("bug in session %s", self.name, exc_info=bug)
        self.bug = bug
        if self.context.outcome is None:
            self.context.outcome = "fault"
        text = "".join(traceback.format_exception(bug))
        self._write("bug", {"reason": type(bug).__name__}, error=text)
        for leg in list(self.calls):
            try:
                self.calls[leg].do(Hangup())
            except Exception:  # noqa: BLE001 - the session's edge
                _log.exception("session %s: hanging up %s failed too", self.name, leg)
        self._close()
