"""Which events can cause the entry of each state, and with them what `event` holds there.

`event` in `do`, `exit` and completion guards is the event that caused the entry; completions pass
it on. Where several can be the cause, only the fields that all of them have are sure to be there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dtmflow.compiling.core import After, Core, Handler, State, StatePath, Transition, Trigger
from dtmflow.compiling.machine import lineage
from dtmflow.expressions.scope import NO_EVENT, OUTCOMES, event_scope, shared
from dtmflow.expressions.types import Scope, Type


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """Something that a transition can be taken on."""

    event: str
    """Event without its leg; "" for the start of the flow, `after` for a timer."""
    kind: str = ""
    """`connect`, `http` or `run` when the event is an outcome of that kind of state."""

    @property
    def scope(self) -> Scope:
        """Return the fields of `event`, typed."""
        if self.kind == "run" or self == UNKNOWN:
            return {"event": Type.DYN}
        if self.kind:
            return {**OUTCOMES.get((self.kind, self.event), {}), "event.name": Type.STRING}
        return NO_EVENT if self in (START, TIMER) else event_scope(self.event)


START = Cause("")
TIMER = Cause("after")
UNKNOWN = Cause("", "unknown")
"""What enters a state to which no transition leads."""


def event_names(causes: Iterable[Cause]) -> Scope:
    """Return what `event` is sure to hold when one of these was the cause."""
    return shared(cause.scope for cause in causes)


def handled(state: State | None, trigger: Trigger) -> Cause:
    """Return the cause that a handler of a state (None is the root) sees."""
    later = state.later if state is not None else None
    if later is not None and not trigger.leg and trigger.event in later.outcomes:
        return Cause(trigger.event, later.kind)
    return Cause(trigger.event)


def entry_causes(core: Core) -> Mapping[StatePath, frozenset[Cause]]:
    """Return what may cause the entry of each state; empty for one that is never entered."""
    causes: dict[StatePath, set[Cause]] = {path: set() for path in core.states}
    edges: list[tuple[StatePath, tuple[StatePath, ...], Cause | None]] = []
    for source, transition, cause in taken(core):
        if transition.to is not None:
            edges.append((source, entered(core, source, transition.to), cause))
    for path in entered(core, "", core.initial):
        if path in causes:
            causes[path].add(START)
    changed = True
    while changed:
        changed = False
        for source, paths, cause in edges:
            new = {cause} if cause is not None else causes.get(source, set())
            for path in paths:
                if path in causes and not new <= causes[path]:
                    causes[path] |= new
                    changed = True
    return {path: frozenset(found) for path, found in causes.items()}


def entered(core: Core, source: StatePath, target: StatePath) -> tuple[StatePath, ...]:
    """Return the states that a transition of `source` to `target` may enter, outermost first."""
    around = lineage(source) if source else ()
    paths = [path for path in lineage(target) if path not in around or path == target]
    path = target
    while (state := core.states.get(path)) is not None and state.initial is not None:
        if state.initial == path:
            break
        path = state.initial
        paths.append(path)
    return tuple(paths)


def taken(core: Core) -> Iterator[tuple[StatePath, Transition, Cause | None]]:
    """Yield every transition with its source ("" is the root) and what it is taken on.

    None stands for a completion, which is taken on whatever caused the entry of the source.
    """
    yield from _handled("", None, core.on, core.after)
    for path, state in core.states.items():
        yield from _handled(path, state, state.on, state.after)
        for transition in state.to:
            yield path, transition, None


def _handled(
    path: StatePath, state: State | None, on: Iterable[Handler], timers: Iterable[After]
) -> Iterator[tuple[StatePath, Transition, Cause | None]]:
    for handler in on:
        for transition in handler.transitions:
            yield path, transition, handled(state, handler.trigger)
    for timer in timers:
        for transition in timer.transitions:
            yield path, transition, TIMER
