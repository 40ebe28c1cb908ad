"""Paths on which an incoming call is left to ring."""

from __future__ import annotations

from dtmflow.compiling.core import StatePath, Trigger
from dtmflow.linting.analysis.cycles import components
from dtmflow.linting.analysis.graph import Edge, Graph
from dtmflow.linting.analysis.phases import Node, Phases, Stand


def left_ringing(graph: Graph) -> tuple[tuple[StatePath, ...], ...]:
    """Return paths that end the flow, or wait for ever, while the incoming call still rings.

    That the caller gives up is not counted. One path is given for each last state; the last
    element is that state.
    """
    core = graph.core
    if core.start != "incoming" or graph.start is None:
        return ()
    phases = Phases(graph, core.primary, mend=False)
    gives_up = Trigger("Disconnected", core.primary)
    ringing = [node for node in phases.found if node[1] is Stand.RINGING]
    steps: dict[Node, list[tuple[Node, Edge]]] = {
        node: [step for step in phases.successors(node) if step[1].trigger != gives_up]
        for node in ringing
        if not graph.is_final(node[0])
    }
    last: dict[StatePath, Node] = {}
    for node, leaving in steps.items():
        for after, _ in leaving:
            if graph.is_final(after[0]) and after[1] is Stand.RINGING:
                ended = after if after[0] in core.states else node
                last.setdefault(ended[0], ended)
    moves = {node: [after for after, _ in leaving] for node, leaving in steps.items()}
    for group in components(moves):
        if all(after in group for node in group for after in moves[node]):
            node = min(group, key=lambda member: list(core.states).index(member[0]))
            last.setdefault(node[0], node)
    return tuple(phases.path(node) for node in last.values())
