"""How flows go on: dead ends, traps without a way out, loops without a wait."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from dtmflow.compiling.core import Action, Core, State, StatePath, Trigger
from dtmflow.linting.analysis.cycles import components, is_cycle
from dtmflow.linting.analysis.graph import Cause, Edge, Graph, every_transition, explore

_HANGS_UP = frozenset({"hangup", "reject", "decline"})
_NAME = re.compile(r"[A-Za-z_]\w*")

Position = tuple[StatePath, bool]
"""A leaf, and whether the flow itself has ended the primary leg, so that its end will come."""


def dead_ends(graph: Graph) -> tuple[State, ...]:
    """Return the states that wait for nothing: no `to`, `on`, `after`, kind or nested state.

    A handler of an enclosing state counts, one of the root too, but not the root's answer to the
    end of the primary leg: a state that only the caller can leave waits for nothing. A state
    that ends the primary leg itself waits for that.
    """
    core = graph.core
    hang_up = {Trigger("Disconnected", core.primary), Trigger("Failed", core.primary)}
    if core.after or any(handler.trigger not in hang_up for handler in core.on):
        return ()
    return tuple(
        state
        for state in core.states.values()
        if not (state.children or state.final is not None)
        and not any(
            around.on or around.after or around.later or around.sugar
            for around in graph.chain(state.path)
        )
        and not state.to
        and not _ends_primary(core, state.do)
    )


def _ends_primary(core: Core, actions: Iterable[Action]) -> bool:
    return any(action.leg == core.primary and action.name in _HANGS_UP for action in actions)


def traps(graph: Graph) -> tuple[tuple[StatePath, ...], ...]:
    """Return groups of waiting leaves that lead only to each other, never to an end.

    That the caller hangs up is no way out, nor is a fault; that the flow hangs up is. Each group
    is given once, in document order; leaves that merely lead into one are not listed. A dead end,
    or a target that does not exist, counts as a way out: other rules name those.
    """
    if graph.start is None:
        return ()
    ways_out = {state.path for state in dead_ends(graph)} | _lost(graph)
    start = (graph.start.target, _ends_primary(graph.core, graph.start.actions))
    follow = partial(_follow, graph)
    positions = explore([start], follow)
    steps = {
        at: [after for after, edge in follow(at) if edge.trigger != Trigger("fault")]
        for at in positions
    }
    escaping = {at for at in positions if graph.is_final(at[0]) or at[0] in ways_out}
    before: dict[Position, list[Position]] = {at: [] for at in positions}
    for at, following in steps.items():
        for after in following:
            before[after].append(at)
    queue = list(escaping)
    for at in queue:
        for earlier in before[at]:
            if earlier not in escaping:
                escaping.add(earlier)
                queue.append(earlier)
    stuck = {at: steps[at] for at in positions if at not in escaping}
    order = list(graph.core.states)
    found = {
        tuple(sorted({leaf for leaf, _ in group}, key=order.index))
        for group in components(stuck)
        if all(after in group for at in group for after in stuck[at])
    }
    return tuple(sorted(found, key=lambda group: order.index(group[0])))


def _follow(graph: Graph, at: Position) -> Iterator[tuple[Position, Edge]]:
    leaf, ended = at
    hang_up = Trigger("Disconnected", graph.core.primary)
    never = Trigger("Failed", graph.core.primary)
    for edge in graph.edges(leaf):
        if edge.trigger == hang_up and not ended:
            continue
        if edge.trigger == never and edge.transition is None:
            continue
        yield (edge.target, ended or _ends_primary(graph.core, edge.actions)), edge


def _lost(graph: Graph) -> set[StatePath]:
    """Return the leaves with a transition whose target does not exist or is ambiguous."""
    broken = {
        id(entry)
        for entry in every_transition(graph.core)
        if entry.target is not None and entry.to is None
    }
    return {
        leaf
        for leaf in graph.reachable
        for state in graph.chain(leaf)
        for entry in _entries(state)
        if id(entry) in broken
    }


def _entries(state: State) -> Iterator[object]:
    yield from state.to
    for handler in state.on:
        yield from handler.transitions
    for timer in state.after:
        yield from timer.transitions


def spins(graph: Graph) -> tuple[tuple[StatePath, ...], ...]:
    """Return cycles of completions that no event or time interrupts, each in document order.

    A loop that counts is allowed: a state whose completion guards read a variable that an action
    within the loop sets is taken to leave it in the end.
    """
    found: list[tuple[StatePath, ...]] = []
    edges = {
        leaf: [edge for edge in graph.edges(leaf) if edge.cause is Cause.COMPLETION]
        for leaf in graph.core.states
        if not graph.core.states[leaf].children
    }
    steps = {leaf: [edge.target for edge in leaving] for leaf, leaving in edges.items()}
    order = list(graph.core.states)
    for group in components(steps):
        if not is_cycle(group, steps):
            continue
        changed = _changed(edge for leaf in group for edge in edges[leaf] if edge.target in group)
        uncounted = {
            leaf: [after for after in steps[leaf] if after in group]
            for leaf in group
            if not changed & _read(edges[leaf])
        }
        found += [
            tuple(sorted(inner, key=order.index))
            for inner in components(uncounted)
            if is_cycle(inner, uncounted)
        ]
    return tuple(sorted(found, key=lambda group: order.index(group[0])))


def _changed(edges: Iterable[Edge]) -> set[str]:
    """Return the variables that the actions along some edges set."""
    return {
        name
        for edge in edges
        for action in edge.actions
        if action.name == "set"
        for name in action.arguments
    }


def _read(edges: Iterable[Edge]) -> set[str]:
    """Return the names that the guards of some edges read."""
    guards = (edge.transition.guard for edge in edges if edge.transition is not None)
    return {name for guard in guards if guard for name in _NAME.findall(guard)}
