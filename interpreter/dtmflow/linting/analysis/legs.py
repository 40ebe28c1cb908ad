"""Where a flow names legs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dtmflow.compiling.core import Action
from dtmflow.diagnostics import Path
from dtmflow.linting.analysis.graph import every_action
from dtmflow.linting.registry import Subject
from dtmflow.loading.nodes import Scalar
from dtmflow_schema.catalogue import METHODS, leg_arguments
from dtmflow_schema.flow import State

Named = tuple[str, Path, bool]
"""A name, where it stands, and whether it is the key there."""


def named_legs(subject: Subject) -> Iterator[Named]:
    """Yield each leg that the author names, with its place."""
    core, flow = subject.core, subject.flow
    if flow.primary is not None:
        yield flow.primary, ("primary",), False
    for action in every_action(core):
        yield from _of_action(subject, action)
    for handlers in (core.on, *(state.on for state in core.states.values())):
        for handler in handlers:
            if handler.trigger.leg and _prefixed(handler.origin[-1], handler.trigger.leg):
                yield handler.trigger.leg, handler.origin, True
    yield from _of_kinds(flow.states, ())


def _of_action(subject: Subject, action: Action) -> Iterator[Named]:
    written = subject.document.node(action.origin)
    bare = isinstance(written, Scalar) and _prefixed(written.value, action.leg)
    if _prefixed(action.origin[-1], action.leg) or bare:
        yield action.leg, action.origin, not bare
    if action.name in METHODS and action.leg:
        names = leg_arguments(action.name)
    else:
        names = frozenset({"leg", "legs"} & action.arguments.keys())
        if action.name == "dial" and "to" in action.arguments:
            return  # it names a new leg
    for name in sorted(names & action.places.keys()):
        value = action.arguments[name]
        if isinstance(value, str) and "${" not in value:
            yield value, action.places[name], False
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, str) and "${" not in item:
                    yield item, (*action.places[name], index), False


def _of_kinds(states: Mapping[str, State], place: Path) -> Iterator[Named]:
    for name, state in states.items():
        path: Path = (*place, "states", name)
        kind = getattr(state, state.kind) if state.kind is not None else None
        leg = getattr(kind, "leg", None)
        if leg is not None:
            yield leg, (*path, str(state.kind), "leg"), False
        yield from _of_kinds(state.states, path)


def _prefixed(text: object, leg: str) -> bool:
    return bool(leg) and str(text).startswith(f"{leg}.")
