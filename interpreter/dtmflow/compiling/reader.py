"""From a flow's normal form to elements of the core: actions, transitions, handlers, timers.

In: items of the flow document with their places. Out: core elements with legs filled in, targets
resolved and absolute places. It must not know any kind of state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dtmflow.compiling.core import (
    Action,
    After,
    Handler,
    Plain,
    StatePath,
    Transition,
    Trigger,
    Variable,
)
from dtmflow.compiling.targets import Targets
from dtmflow.diagnostics import Path
from dtmflow_schema import doing
from dtmflow_schema.actions import SESSION_ACTIONS

_TEXTS = frozenset({"string", "phone"})


class Reader:
    """Reads the items of one flow."""

    def __init__(self, targets: Targets, primary: str, variables: Mapping[str, Variable]) -> None:
        self.targets, self.primary, self._variables = targets, primary, variables

    def actions(
        self, items: Iterable[doing.ActionItem], at: Path, leg: str = ""
    ) -> tuple[Action, ...]:
        """Read a list of actions; those without a leg are on `leg`, or else on the primary."""
        return tuple(self._action(item, at, leg or self.primary) for item in items)

    def transitions(
        self, items: Iterable[doing.Transition], at: Path, state: StatePath, leg: str = ""
    ) -> tuple[Transition, ...]:
        """Read the guarded entries of a handler, timer, choice or completion of `state`."""
        return tuple(self._transition(item, (*at, *item.at), state, leg) for item in items)

    def handlers(
        self, on: Mapping[str, tuple[doing.Transition, ...]], at: Path, state: StatePath
    ) -> tuple[Handler, ...]:
        """Read `on:`."""
        return tuple(
            Handler(self.trigger(key), self.transitions(items, (*at, key), state), (*at, key))
            for key, items in on.items()
        )

    def timers(
        self, after: Mapping[str, tuple[doing.Transition, ...]], at: Path, state: StatePath
    ) -> tuple[After, ...]:
        """Read `after:`."""
        return tuple(
            After(delay, self.transitions(items, (*at, delay), state), (*at, delay))
            for delay, items in after.items()
        )

    def trigger(self, key: str, leg: str = "") -> Trigger:
        """Read a key of `on:`; a call event without a leg is one of `leg`, or of the primary."""
        written, event = doing.split_trigger(key)
        if written or event[:1].isupper():
            return Trigger(event, written or leg or self.primary)
        return Trigger(event)

    def _action(self, item: doing.ActionItem, at: Path, leg: str) -> Action:
        own = item.leg is None and item.method in SESSION_ACTIONS
        arguments = {
            name: self._assigned(name, value) if own and item.method == "set" else plain(value)
            for name, value in item.arguments.items()
        }
        places = {name: (*at, *item.argument_at(name)) for name in item.arguments}
        return Action(
            item.method, "" if own else item.leg or leg, arguments, (*at, *item.at), places
        )

    def _assigned(self, variable: str, value: Any) -> Plain:
        """Return a value for a variable: where text is expected, as it was written."""
        declared = self._variables.get(variable)
        if declared is not None and declared.type in _TEXTS and hasattr(value, "source"):
            return str(value.source)
        return plain(value)

    def _transition(
        self, item: doing.Transition, at: Path, state: StatePath, leg: str
    ) -> Transition:
        to: StatePath | None = None
        candidates: tuple[StatePath, ...] = ()
        if item.to is not None:
            to, candidates = self.targets.resolve(item.to, state)
        return Transition(
            guard=item.if_,
            do=self.actions(item.do, (*at, "do"), leg),
            target=item.to,
            to=to,
            origin=at,
            guard_origin=(*at, "if") if item.if_ is not None else (),
            target_origin=at if item.short else (*at, "to") if item.to is not None else (),
            candidates=candidates,
        )


def plain(value: Any) -> Plain:
    """Return plain data frozen: tuples for lists, plain numbers, read-only in spirit."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Iterable):
        return tuple(plain(item) for item in value)
    raise TypeError(f"{value!r} is no plain data")
