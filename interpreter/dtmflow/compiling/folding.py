"""A core folded back to the author's states and what leads from one to the next.

What sugar made is no node: a menu is one, with an edge for each choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dtmflow.compiling.core import END, Core, StatePath, Transition, Trigger

START = ""
"""Id of the point from which a flow starts."""


@dataclass(frozen=True, slots=True)
class Node:
    """A state that the author wrote, the built-in `end`, or a target that does not exist."""

    id: StatePath
    label: str
    kind: str
    """`state`, `final`, `missing`, or the kind: `prompt`, `menu`, `gather`, `connect`, ..."""
    parent: StatePath
    """State that holds it; "" at the top."""
    initial: bool = False
    """Whether its parent, or the flow, begins with it."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one node to another."""

    source: StatePath
    """"" is the root of the flow: the way is open from every state."""
    target: StatePath
    label: str
    """Event, key, timer or outcome, with the author's guard in brackets."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in document order, parents before children; edges in document order."""

    name: str
    initial: StatePath
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(core: Core) -> Graph:
    """Return the picture of a core, which may have errors."""
    drawing = _Drawing(core)
    edges = tuple(dict.fromkeys(drawing.edges()))
    return Graph(core.name, core.initial, tuple(drawing.nodes(edges)), edges)


class _Drawing:
    def __init__(self, core: Core) -> None:
        self.core = core

    def nodes(self, edges: Iterable[Edge]) -> Iterator[Node]:
        core, known = self.core, set()
        for path, state in core.states.items():
            if state.generated:
                continue
            known.add(path)
            kind = state.sugar or (state.later.kind if state.later else "state")
            kind = "final" if state.final is not None else kind
            above = core.states.get(state.parent)
            begins = above.initial if above is not None else core.initial
            yield Node(path, path.rpartition("/")[2], kind, state.parent, begins == path)
        for edge in edges:
            if edge.target not in known:
                known.add(edge.target)
                kind = "final" if edge.target == END else "missing"
                yield Node(edge.target, edge.target, kind, "")

    def edges(self) -> Iterator[Edge]:
        core = self.core
        for handler in core.on:
            yield from self.ways("", handler.transitions, self.event(handler.trigger))
        for after in core.after:
            yield from self.ways("", after.transitions, f"after {after.delay}")
        for path, state in core.states.items():
            for handler in state.on:
                yield from self.ways(path, handler.transitions, self.event(handler.trigger))
            for after in state.after:
                yield from self.ways(path, after.transitions, f"after {after.delay}")
            yield from self.ways(path, state.to, "")

    def event(self, trigger: Trigger) -> str:
        """Return an event as an author writes it."""
        return trigger.event if trigger.leg == self.core.primary else str(trigger)

    def ways(
        self, path: StatePath, transitions: Iterable[Transition], label: str
    ) -> Iterator[Edge]:
        source = self.folded(path)
        made = path in self.core.states and self.core.states[path].generated
        for each in transitions:
            if each.target is None:
                continue
            target = self.folded(each.to) if each.to is not None else f"? {each.target}"
            if made and target == source and each.to != source:
                continue  # the sugar's own affair
            yield Edge(source, target, self.label(each, path, label, made=made))

    def label(self, each: Transition, path: StatePath, label: str, *, made: bool) -> str:
        guard = each.guard
        written = self.core.written.get(each.guard_origin) if each.guard_origin else None
        if written is not None:
            guard = written.text if written.kind == "guard" else None
        elif made and not each.guard_origin:
            guard = None
        if made:
            label = self.sugar_label(each, path)
        return " ".join(part for part in (label, f"[{guard}]" if guard else "") if part)

    def sugar_label(self, each: Transition, path: StatePath) -> str:
        """Return the key of a choice, or the outcome, that a made transition stands for."""
        origin, state = each.origin, self.core.states[path].origin
        begin = len(state)
        if origin[:begin] != state:  # an outcome that an enclosing state or the root handles
            begin = origin.index("on") if "on" in origin else begin
        place = [str(part) for part in origin[begin:]]
        if place[1:2] == ["choices"]:
            return place[2]
        return place[1] if place[:1] == ["on"] and place[1] != "ok" else ""

    def folded(self, path: StatePath) -> StatePath:
        """Return the author's state that a state belongs to."""
        state = self.core.states.get(path)
        return state.parent if state is not None and state.generated else path
