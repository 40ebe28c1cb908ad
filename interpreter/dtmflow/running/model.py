"""What the statechart moves: evaluates guards, turns actions into effects, keeps the timers.

Implements `compiling.machine.Model` for one call of the step. Pure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from dtmflow.compiling.core import Action, After, StatePath, Transition
from dtmflow.compiling.machine import done_trigger
from dtmflow.compiling.program import Program
from dtmflow.diagnostics import Path
from dtmflow.errors import ExpressionError
from dtmflow.running.context import Context, WrongTypeError, texts_of, typed
from dtmflow.running.effects import (
    ActionTaken,
    CancelTimer,
    Do,
    Effect,
    GuardResult,
    Log,
    StartTimer,
    TimerId,
)
from dtmflow.running.scope import Scope
from dtmflow_schema import catalogue
from dtmflow_schema.base import Command
from dtmflow_schema.methods.identity import CustomData
from dtmflow_schema.methods.lifecycle import Decline, Hangup, Reject
from dtmflow_schema.methods.recording import Record
from dtmflow_schema.methods.speech import Say

_LEAVING = (Hangup, Reject, Decline)


@dataclass(frozen=True, slots=True)
class Fault:
    """An action or expression that failed."""

    action: str
    reason: str
    origin: Path


class _FaultError(Exception):
    """Ends the list of actions that is being performed."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class FlowModel:
    """A context under the hands of the machine, and what has come out so far."""

    def __init__(self, program: Program, context: Context, now: datetime) -> None:
        self.program, self.context = program, context
        self.effects: list[Effect] = []
        self.queue: deque[tuple[str, StatePath, int]] = deque()
        """Own events (name, "", 0) and completions ("", state, visit), in order."""
        self.faults: deque[Fault] = deque()
        self.final: str | None = None
        """Outcome of the final state that was entered."""
        self.guards: list[GuardResult] = []
        self.actions: list[ActionTaken] = []
        self._before: dict[str, Any] = {}
        self._held: set[str] = set()
        self._broken = False
        self._cause: Mapping[str, Any] = {}
        self._scope = Scope(context, program.core.primary, now, program.environment)
        self._secret = program.secrets

    @property
    def state(self) -> str:
        """Path of the active leaf state."""
        return self.context.state

    @state.setter
    def state(self, path: str) -> None:
        self.context.state = path

    def begin(self, fields: Mapping[str, Any]) -> None:
        """Begin a microstep. A completion passes on the event that caused the entry."""
        self.guards, self.actions = [], []
        self._before = dict(self.context.variables)
        self._held = set()
        self._broken = False
        self._cause = self.context.event = fields

    def is_active(self, path: StatePath) -> bool:
        """Return whether a state, or one below it, is the active leaf."""
        return not path or self.state == path or self.state.startswith(f"{path}/")

    def allows(self, transition: Transition) -> bool:
        """Evaluate a guard. One that fails is a fault, and the event is spent on it."""
        if self._broken:
            return False
        if transition.guard is None:
            return True
        try:
            result = self.program.guard(transition, self._scope)
        except ExpressionError as problem:
            self._broken = True
            self.faults.append(Fault("if", str(problem), transition.guard_origin))
            return False
        self.guards.append(GuardResult(transition.guard, transition.guard_origin, result))
        return result

    def perform(self, actions: tuple[Action, ...]) -> None:
        """Carry out a list of actions; the first that fails ends the list with a fault."""
        for action in actions:
            try:
                self._act(action)
            except _FaultError as fault:
                self.faults.append(Fault(action.name, fault.reason, action.origin))
                return

    def left(self, path: StatePath) -> None:
        """Run the `exit` of a state, stop its timers."""
        context = self.context
        state = self.program.core.states.get(path)
        if state is not None and state.exit:
            context.event = context.causes.get(path, {})
            self.perform(state.exit)
            context.event = self._cause
        for timer in [timer for timer in context.timers if timer.state == path]:
            del context.timers[timer]
            self.effects.append(CancelTimer(timer))
        context.causes.pop(path, None)

    def entered(self, path: StatePath) -> None:
        """Run the `do` of a state, start its timers, queue its completion."""
        context = self.context
        visit = context.visits[path] = context.visits.get(path, 0) + 1
        context.event = self._cause
        context.causes[path] = self._cause
        state = self.program.core.states.get(path)
        if state is None:
            self.final = "ok"  # the built-in `end`, the one state that no author writes
            return
        self.perform(state.do)
        self._start_timers(path, visit, state.after)
        if state.final is not None:
            self.final = state.final
        elif state.later is not None:
            self.faults.append(
                Fault(state.later.kind, f"`{state.later.kind}` cannot run yet", state.later.origin)
            )
        elif state.to:
            self.queue.append((done_trigger(path), path, visit))

    def entered_root(self) -> None:
        """Start the timers of the root."""
        self.context.visits[""] = 1
        self._start_timers("", 1, self.program.core.after)

    def _start_timers(self, path: StatePath, visit: int, entries: tuple[After, ...]) -> None:
        for index, after in enumerate(entries):
            try:
                milliseconds = self.program.duration_ms(after, self._scope)
            except ExpressionError as problem:
                self.faults.append(Fault("after", str(problem), after.origin))
                continue
            timer = TimerId(path, visit, index)
            self.context.timers[timer] = None
            self.effects.append(StartTimer(timer, milliseconds))

    def took(self, name: str, leg: str, arguments: Mapping[str, Any], origin: Path) -> None:
        """Remember an action for the journal."""
        self.actions.append(ActionTaken(name, leg, arguments, origin))

    def changes(self) -> tuple[dict[str, Any], frozenset[str], bool]:
        """Return changed variables, values to mask, and whether a secret took the event."""
        before, after = self._before, self.context.variables
        changed = {}
        if before != after:
            changed = {name: value for name, value in after.items() if before.get(name) != value}
        if not self._secret:
            return changed, frozenset(), False
        secrets = set(self._held)
        for name in self._secret:
            secrets.update(texts_of(before.get(name)), texts_of(after.get(name)))
        spent = bool(self._held) or any(name in changed for name in self._secret)
        return changed, frozenset(secrets), spent

    def _act(self, action: Action) -> None:
        try:
            arguments = self.program.arguments(action, self._scope)
        except ExpressionError as problem:
            raise _FaultError(str(problem)) from None
        if action.leg:
            arguments = self._order(action, arguments)
        elif (own := SESSION_ACTIONS.get(action.name)) is not None:
            own(self, arguments, action.origin)
        else:
            raise _FaultError(f"`{action.name}` cannot run yet")
        self.took(action.name, action.leg, arguments, action.origin)

    def _order(self, action: Action, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Order a Call method of a leg; return the arguments that it was given."""
        facts = self.context.legs.get(action.leg)
        if facts is None:
            raise _FaultError(f"there is no leg `{action.leg}`")
        if facts.ended or facts.leaving:
            if action.name == Hangup.method_name:
                return arguments
            raise _FaultError(f"the leg `{action.leg}` has ended")
        command = self.program.command(action)
        if action.name == Say.method_name and self.context.lang and "voice" not in arguments:
            # A text of the catalogue is spoken by a voice of its language unless one is named.
            arguments, command = {**arguments, "voice": self.context.lang}, None
        if command is None:
            command = _build(action.name, self._with_ids(action.name, arguments))
        if type(command) in _LEAVING:
            facts.leaving = True
        elif type(command) is Record:
            facts.recording = True
        elif type(command) is CustomData and command.custom_data is not None:
            facts.custom_data = command.custom_data
        self.effects.append(Do(action.leg, command, action.origin))
        return arguments

    def _with_ids(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put the ids of calls in place of the names of legs."""
        legs = self.context.legs
        named = _leg_arguments(method)
        if not named:
            return arguments
        return {
            name: str(legs[value].id) if name in named and value in legs else value
            for name, value in arguments.items()
        }

    def _set(self, arguments: Mapping[str, Any], _origin: Path) -> None:
        core = self.program.core
        for name, value in arguments.items():
            if name == "lang":
                self._set_lang(value)
                continue
            declared = core.variables.get(name) or core.returns.get(name)
            if declared is None:
                raise _FaultError(f"`{name}` is not declared")
            try:
                self.context.variables[name] = typed(declared, value)
            except WrongTypeError as problem:
                raise _FaultError(str(problem)) from None
            if declared.secret:
                self._held.update(texts_of(value))

    def _set_lang(self, value: Any) -> None:
        known = {language for texts in self.program.core.prompts.values() for language in texts}
        if value not in known:
            languages = ", ".join(sorted(filter(None, known))) or "none"
            raise _FaultError(f"no prompt has the language {value!r} (languages: {languages})")
        self.context.lang = value

    def _log(self, arguments: Mapping[str, Any], origin: Path) -> None:
        self.effects.append(Log(_only(arguments), origin))

    def _emit(self, arguments: Mapping[str, Any], _origin: Path) -> None:
        self.queue.append((_only(arguments), "", 0))


SESSION_ACTIONS: Mapping[str, Callable[[FlowModel, Mapping[str, Any], Path], None]] = {
    "set": FlowModel._set,  # noqa: SLF001 - the table belongs to the class
    "log": FlowModel._log,  # noqa: SLF001 - the table belongs to the class
    "emit": FlowModel._emit,  # noqa: SLF001 - the table belongs to the class
}
"""Session actions that can run."""


@cache
def _leg_arguments(method: str) -> frozenset[str]:
    return catalogue.leg_arguments(method) if method in catalogue.METHODS else frozenset()


def _build(name: str, arguments: Mapping[str, Any]) -> Command[Any]:
    try:
        return catalogue.build(name, arguments)
    except KeyError:
        raise _FaultError(f"there is no Call method `{name}`") from None
    except ValueError as problem:
        raise _FaultError(_reason(problem)) from None


def _reason(problem: ValueError) -> str:
    """Return what pydantic found, in one line: `text: String should have ...`."""
    errors = getattr(problem, "errors", None)
    if errors is None:
        return str(problem)
    return "; ".join(
        f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in errors()
    )


def _only(arguments: Mapping[str, Any]) -> str:
    """Return the one argument of `log` or `emit` as text."""
    return str(next(iter(arguments.values())))
