"""Which own events are ever raised: by `emit`, or as the outcome of a kind."""

from __future__ import annotations

from dataclasses import dataclass

from dtmflow.compiling.core import Core, Handler, State, StatePath
from dtmflow.linting.analysis.graph import ROOT, every_action
from dtmflow.linting.registry import Subject

_OUTCOMES = {
    "prompt": ("ok", "error"),
    "menu": ("exhausted",),
    "gather": ("ok", "exhausted"),
}
"""Outcomes of the kinds that expansion rewrites."""


@dataclass(frozen=True, slots=True)
class Unraised:
    """A handler that waits for an own event that nothing raises."""

    holder: StatePath
    handler: Handler
    outcomes: tuple[str, ...]
    """Own events that may come there."""
    emitted: tuple[str, ...]


def unraised(subject: Subject) -> tuple[Unraised, ...]:
    """Return the handlers that wait in vain; for `Subject.derive`."""
    core = subject.core
    emits = (action for action in every_action(core) if action.name == "emit")
    emitted = tuple(sorted({str(action.arguments.get("event")) for action in emits}))
    if any("${" in event for event in emitted):
        return ()
    found: list[Unraised] = []
    for holder, handlers in (
        (ROOT, core.on),
        *((p, state.on) for p, state in core.states.items()),
    ):
        own = [handler for handler in handlers if not handler.trigger.leg]
        if not own:
            continue
        outcomes = _outcomes(core, holder)
        known = {*emitted, *(outcomes or ()), "fault"}
        found += (
            Unraised(holder, handler, outcomes, emitted)
            for handler in handlers
            if outcomes is not None and not (handler.trigger.leg or handler.trigger.event in known)
        )
    return tuple(found)


def _outcomes(core: Core, holder: StatePath) -> tuple[str, ...] | None:
    """Return the outcomes of the kinds in and below a state; None where they may be any."""
    below = [
        state
        for path, state in core.states.items()
        if holder in (ROOT, path) or path.startswith(f"{holder}/")
    ]
    if any(state.later is not None and state.later.kind == "run" for state in below):
        return None
    return tuple(dict.fromkeys(name for state in below for name in _of(state)))


def _of(state: State) -> tuple[str, ...]:
    return state.later.outcomes if state.later is not None else _OUTCOMES.get(state.sugar, ())
