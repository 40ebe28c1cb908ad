"""The core as a function: what happened goes in, what to do comes out. No I/O, no clock.

One call of `feed` handles one occurrence to completion: the event itself, then the faults, emitted
events and completions that follow from it, one microstep each.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dtmflow.compiling.machine import after_trigger, done_trigger
from dtmflow.compiling.program import Program
from dtmflow.running.context import Context, LegFacts, texts_of
from dtmflow.running.effects import (
    CancelTimer,
    Do,
    Effect,
    Entry,
    Failure,
    Finish,
    LegEvent,
    Log,
    Note,
    Occurrence,
    OwnEvent,
    Passed,
    TimerFired,
)
from dtmflow.running.model import Fault, FlowModel
from dtmflow.running.scope import fields_of
from dtmflow_schema.base import CallState, Event
from dtmflow_schema.events.lifecycle import Connected, Disconnected, Failed, StateChanged
from dtmflow_schema.events.recording import RecordError, RecordStopped
from dtmflow_schema.methods.lifecycle import Hangup

MAX_TRANSITIONS = 100
"""Transitions that may follow from one occurrence; more is a `fault`, twice more ends the flow."""

# Asked by type, which nobody subclasses: `isinstance` costs half a microsecond on these classes.
FINAL_EVENTS: frozenset[type[Event]] = frozenset({Disconnected, Failed})
"""The last event of a leg, but for those of its recording."""

RECORD_EVENTS: frozenset[type[Event]] = frozenset({RecordStopped, RecordError})
"""Events that may come when the leg, and even the flow, has ended."""

_HANGUP = Hangup()


def start(program: Program, context: Context, now: datetime) -> list[Effect]:
    """Enter the initial state. `now` is the time of day that expressions see."""
    feeding = _Feeding(program, context, now)
    feeding.begin()
    feeding.run_on()
    return feeding.model.effects


def feed(
    program: Program, context: Context, occurrence: Occurrence, now: datetime
) -> list[Effect]:
    """Handle one occurrence to completion and return what the shell shall do, in order.

    After the flow has finished only record events count, and only for the journal.
    """
    if isinstance(occurrence, LegEvent):
        if not _counts(context, occurrence):
            return []
        _learn(context.legs[occurrence.leg], occurrence.event)
        trigger = f"{occurrence.leg}.{occurrence.event.event_name}"
        if context.finished or not _matters(program, trigger, occurrence.event):
            return [Passed(trigger, occurrence.event)]
    feeding = _Feeding(program, context, now)
    match occurrence:
        case LegEvent():
            feeding.leg_event(occurrence)
        case TimerFired():
            feeding.timer(occurrence)
        case OwnEvent(name, fields):
            feeding.microstep(name, {"name": name, **fields})
        case Failure():
            feeding.failure(occurrence)
    feeding.run_on()
    return feeding.model.effects


def _counts(context: Context, occurrence: LegEvent) -> bool:
    """Return whether the flow may see an event: late ones of an ended leg it never sees."""
    facts = context.legs.get(occurrence.leg)
    if facts is None:
        return False
    recorded = type(occurrence.event) in RECORD_EVENTS
    return recorded or not (facts.ended or context.finished)


def _learn(facts: LegFacts, event: Event) -> None:
    """Keep what the getters of the leg return from now on."""
    if type(event) is StateChanged:
        facts.state = CallState(event.new_state)
    elif type(event) is Connected:
        facts.state, facts.connected = CallState.CONNECTED, True
        facts.custom_data = event.custom_data or facts.custom_data
    elif type(event) in FINAL_EVENTS:
        facts.state, facts.ended = CallState.TERMINATED, True
    elif type(event) in RECORD_EVENTS:
        facts.recording = False


def _matters(program: Program, trigger: str, event: Event) -> bool:
    """Return whether anything may follow from an event: most have no handler in the flow."""
    kind = type(event)
    return trigger in program.triggers or kind in FINAL_EVENTS or kind in RECORD_EVENTS


def passed(program: Program, context: Context, effect: Passed) -> Entry:
    """Return the entry of an event from which nothing followed, before anything else happens."""
    held = (texts_of(context.variables[name]) for name in program.secrets)
    return Entry(
        event=effect.trigger,
        fields=fields_of(effect.event),
        before=context.state,
        state=context.state,
        handled=False,
        guards=(),
        actions=(),
        variables={},
        secrets=frozenset().union(*held),
        secret_event=False,
    )


@dataclass(slots=True)
class _Feeding:
    """One call of `start` or `feed`."""

    program: Program
    context: Context
    now: datetime
    model: FlowModel = field(init=False)
    transitions: int = 0
    limited: bool = False

    def __post_init__(self) -> None:
        self.model = FlowModel(self.program, self.context, self.now)

    def begin(self) -> None:
        self.model.begin({})
        self.model.entered_root()
        self.program.machine.enter(self.model)
        self.close("start", "", {}, handled=True)

    def leg_event(self, occurrence: LegEvent) -> None:
        context, event = self.context, occurrence.event
        facts = context.legs[occurrence.leg]
        handled = self.microstep(f"{occurrence.leg}.{event.event_name}", fields_of(event))
        self.run_on()
        if context.finished or not facts.ended:
            return
        left = type(event) in FINAL_EVENTS and occurrence.leg == self.primary
        if (left and not handled) or self.stranded():
            self.finish("hangup" if context.legs[self.primary].connected else "failed")

    def stranded(self) -> bool:
        """Return whether nothing can happen any more: no leg, timer or recording is left."""
        context = self.context
        return not context.timers and all(
            facts.ended and not facts.recording for facts in context.legs.values()
        )

    @property
    def primary(self) -> str:
        return self.program.core.primary

    def timer(self, occurrence: TimerFired) -> None:
        timer = occurrence.timer
        if timer not in self.context.timers or self.context.finished:
            return
        del self.context.timers[timer]
        self.microstep(after_trigger(timer.state, timer.index), {})

    def failure(self, occurrence: Failure) -> None:
        """Raise a fault, unless the leg has ended since the action was ordered."""
        facts = self.context.legs.get(occurrence.leg)
        if self.context.finished or (facts is not None and facts.ended):
            return
        self.model.faults.append(Fault(occurrence.action, occurrence.reason, occurrence.origin))

    def microstep(
        self, trigger: str, fields: Mapping[str, Any], *, noted: Mapping[str, Any] | None = None
    ) -> bool:
        """Offer one trigger to the machine; return whether a transition was taken.

        `noted` are the fields for the journal, where they are not those of the event.
        """
        if self.context.finished:
            return False
        before = self.context.state
        self.model.begin(fields)
        handled = self.program.machine.trigger(self.model, trigger)
        self.transitions += handled
        self.close(trigger, before, fields if noted is None else noted, handled=handled)
        return handled

    def close(
        self, trigger: str, before: str, fields: Mapping[str, Any], *, handled: bool
    ) -> None:
        """End a microstep: finish when a final state was entered, and note what happened."""
        model = self.model
        if model.final is not None and not self.context.finished:
            self.finish(model.final, note=False)
        changes, secrets, secret_event = model.changes()
        entry = Entry(
            event=trigger,
            fields=fields,
            before=before,
            state=self.context.state,
            handled=handled,
            guards=tuple(model.guards),
            actions=tuple(model.actions),
            variables=changes,
            secrets=secrets,
            secret_event=secret_event,
        )
        model.effects.append(Note(entry))

    def run_on(self) -> None:
        """Take what follows: faults first, then emitted events and completions in order."""
        model = self.model
        while not self.context.finished:
            if self.transitions > MAX_TRANSITIONS:
                self.livelock()
            elif model.faults:
                self.fault(model.faults.popleft())
            elif model.queue:
                name, path, visit = model.queue.popleft()
                if not path:
                    self.microstep(name, {"name": name})
                elif model.is_active(path) and self.context.visits[path] == visit:
                    self.completion(path)
            else:
                break

    def completion(self, path: str) -> None:
        """Offer the completion of a state; its guards see the event that caused the entry."""
        cause = self.context.causes.get(path, {})
        # The note leaves the cause out: its own line had it, masked if it went into a secret.
        self.microstep(done_trigger(path), cause, noted={})

    def fault(self, fault: Fault) -> None:
        """Raise `fault` at the current state; unhandled it is logged and ends the flow."""
        fields = {
            "name": "fault",
            "action": fault.action,
            "reason": fault.reason,
            "line": self.program.line(fault.origin) if fault.origin else 0,
        }
        if not self.microstep("fault", fields) and not self.context.finished:
            place = f" (line {fields['line']})" if fields["line"] else ""
            text = f"fault in {self.context.state}: {fault.action}: {fault.reason}{place}"
            self.model.effects.append(Log(text, fault.origin))
            self.finish("fault")

    def livelock(self) -> None:
        """Stop a flow that spins: a fault the first time, the end the second."""
        model = self.model
        reason = f"over {MAX_TRANSITIONS} transitions without an event or time passing"
        model.queue = deque()
        model.faults = deque([Fault("to", reason, ())])
        self.transitions = 0
        if self.limited:
            self.model.effects.append(Log(f"fault in {self.context.state}: {reason}", ()))
            self.finish("fault")
        self.limited = True

    def finish(self, outcome: str, *, note: bool = True) -> None:
        """End the flow: hang up what is live, forget the timers, say so once."""
        context, model = self.context, self.model
        if note:
            model.begin({})
        for leg, facts in context.legs.items():
            if not facts.ended and not facts.leaving:
                facts.leaving = True
                model.took("hangup", leg, {}, ())
                model.effects.append(Do(leg, _HANGUP, ()))
        model.effects.extend(CancelTimer(timer) for timer in context.timers)
        context.timers.clear()
        model.queue.clear()
        model.faults.clear()
        context.outcome = outcome
        model.effects.append(Finish(outcome))
        if note:
            self.close(f"finish:{outcome}", context.state, {}, handled=True)
