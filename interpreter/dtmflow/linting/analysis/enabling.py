"""Which events a leg can raise only after a method enabled them, and whether one did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dtmflow.compiling.core import Action, Handler, StatePath, Trigger
from dtmflow.linting.analysis.graph import ROOT, Edge, Graph, explore
from dtmflow_schema.catalogue import METHODS

Node = tuple[StatePath, bool]
"""A leaf, and whether the event has been enabled on the way to it."""


def enablers() -> Mapping[str, tuple[str, ...]]:
    """Return the methods that enable each event which comes only when enabled."""
    found: dict[str, list[str]] = {}
    for name, command in METHODS.items():
        for event in command.enables:
            found.setdefault(event.event_name, []).append(name)
    return {event: tuple(names) for event, names in found.items()}


ENABLERS = enablers()


def never_enabled(graph: Graph) -> Iterator[tuple[StatePath, Handler]]:
    """Yield handlers, with the state that holds them, whose event no path enables before.

    One path that enables is enough. A sub-flow starts with legs of its caller, so nothing is
    known there; neither is it after a state that runs a sub-flow.
    """
    core = graph.core
    if core.start == "sub":
        return
    holders = [(ROOT, core.on), *((state.path, state.on) for state in core.states.values())]
    explored: dict[Trigger, Mapping[StatePath, bool]] = {}
    for holder, handlers in holders:
        for handler in handlers:
            trigger = handler.trigger
            if trigger.event not in ENABLERS or not trigger.leg:
                continue
            if trigger not in explored:
                explored[trigger] = _enabled(graph, _explored(graph, trigger))
            if not explored[trigger].get(holder, True):
                yield holder, handler


def _enabled(graph: Graph, nodes: Iterable[Node]) -> Mapping[StatePath, bool]:
    """Return, for each state that the flow gets to and the root, whether the event may come."""
    found: dict[StatePath, bool] = {}
    for leaf, enabled in nodes:
        for holder in (ROOT, leaf, *(state.path for state in graph.chain(leaf))):
            found[holder] = found.get(holder, False) or enabled
    return found


def _explored(graph: Graph, trigger: Trigger) -> Iterable[Node]:
    """Return where the flow gets to, and whether the event has been enabled on the way there."""
    if graph.start is None:
        return ()

    def successors(node: Node) -> Iterator[tuple[Node, Edge]]:
        leaf, enabled = node
        enabled = enabled or any(
            state.later is not None and state.later.kind == "run" for state in graph.chain(leaf)
        )
        for edge in graph.edges(leaf):
            if enabled or edge.trigger != trigger:
                after = enabled or any(enables(action, trigger) for action in edge.actions)
                yield (edge.target, after), edge

    enabled = any(enables(action, trigger) for action in graph.start.actions)
    return explore([(graph.start.target, enabled)], successors)


def enables(action: Action, trigger: Trigger) -> bool:
    """Whether an action may switch the event on; only a literal `false` surely does not."""
    return (
        action.leg == trigger.leg
        and action.name in ENABLERS[trigger.event]
        and not any(value is False for value in action.arguments.values())
    )
