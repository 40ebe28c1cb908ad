"""`expect:` of a flow test: actions in order, states, variables, the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from dtmflow.running.effects import ActionTaken
from dtmflow.testing.results import show_value, shown
from dtmflow.testing.steps import DifferentError
from dtmflow.testing.values import BadValueError, matches, same, text
from dtmflow.testing.world import World
from dtmflow_schema.scenario import Expected

Check: TypeAlias = Callable[[World, Any], None]

LATER = frozenset({"dialed", "requested"})
"""Checks of constructs that cannot run yet."""


def expect(world: World, entries: Iterable[Expected]) -> None:
    """Compare what happened with the entries of an `expect:`.

    Actions must have come in this order, others may stand between them.

    Raises:
        DifferentError: something is not as expected; `at` says which entry.
    """
    reached = 0
    for entry in entries:
        try:
            if entry.kind == "action":
                reached = _find(world, entry, reached)
            elif entry.kind in LATER:
                raise BadValueError(f"`{entry.kind}` comes later: no flow that needs it can run")
            else:
                _CHECKS[entry.kind](world, entry.value)
        except DifferentError as different:
            different.at = entry.at
            raise


def _find(world: World, wanted: Expected, reached: int) -> int:
    """Find an action from a place on; return where the next one may stand."""
    primary = world.program.core.primary
    for position in range(reached, len(world.actions)):
        if _is(world.actions[position], wanted, primary):
            return position + 1
    done = shown(world.actions, primary)
    before, after = done[:reached], done[reached:]
    label = wanted.name if wanted.leg in {None, primary} else f"{wanted.leg}.{wanted.name}"
    if wanted.arguments:
        label = f"{label}: {show_value(wanted.arguments)}"
    if before:
        label = f"{label} after {before[-1]}"
    raise DifferentError(label, ", ".join(after) or ("nothing more" if before else "nothing"))


def _is(action: ActionTaken, wanted: Expected, primary: str) -> bool:
    legs = {"", primary} if wanted.leg is None else {wanted.leg}
    if action.name != wanted.name or action.leg not in legs:
        return False
    return all(
        name in action.arguments and _same(value, action.arguments[name])
        for name, value in (wanted.arguments or {}).items()
    )


def _same(wanted: Any, happened: Any) -> bool:
    if isinstance(wanted, str) and isinstance(happened, str):
        return matches(wanted, happened)
    return same(wanted, happened)


def _state(world: World, wanted: Any) -> None:
    name, session = text(wanted), world.session
    path = session.context.state if session is not None else ""
    parts = path.split("/")
    active = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    if not any(state == name or state.endswith(f"/{name}") for state in active):
        raise DifferentError(f"state {name}", f"state {path}" if path else "no flow has started")


def _vars(world: World, wanted: Any) -> None:
    values = world.session.context.variables if world.session is not None else {}
    for name, value in wanted.items():
        if name not in values:
            known = ", ".join(values) or "none"
            raise DifferentError(f"variable {name}", f"there is none of that name ({known})")
        if not same(value, values[name]):
            raise DifferentError(
                f"{name} = {show_value(value)}", f"{name} = {show_value(values[name])}"
            )


def _outcome(world: World, wanted: Any) -> None:
    outcome = world.session.outcome if world.session is not None else None
    if outcome != text(wanted):
        happened = f"outcome {outcome}" if outcome else "the flow has not ended"
        raise DifferentError(f"outcome {text(wanted)}", happened)


_CHECKS: Mapping[str, Check] = {"state": _state, "vars": _vars, "outcome": _outcome}
