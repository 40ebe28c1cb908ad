"""The picture of a flow: the author's states and what leads from one to the next.

What sugar made is folded back: a menu is one node with an edge for each choice. The layout is the
drawing program's; here stand nodes and edges, in document order, and their text forms.
"""

from __future__ import annotations

import json as json_
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from dtmflow.compiling.core import END, Core, StatePath, Transition

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
            yield from self.ways("", handler.transitions, str(handler.trigger))
        for after in core.after:
            yield from self.ways("", after.transitions, f"after {after.delay}")
        for path, state in core.states.items():
            for handler in state.on:
                label = str(handler.trigger)
                if handler.trigger.leg == core.primary:
                    label = handler.trigger.event
                yield from self.ways(path, handler.transitions, label)
            for after in state.after:
                yield from self.ways(path, after.transitions, f"after {after.delay}")
            yield from self.ways(path, state.to, "")

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
        place = [str(part) for part in each.origin[len(self.core.states[path].origin) :]]
        if place[1:2] == ["choices"]:
            return place[2]
        return place[1] if place[:1] == ["on"] and place[1] != "ok" else ""

    def folded(self, path: StatePath) -> StatePath:
        """Return the author's state that a state belongs to."""
        state = self.core.states.get(path)
        return state.parent if state is not None and state.generated else path


def mermaid(core: Core) -> str:
    """Draw as a Mermaid state diagram."""
    return to_mermaid(graph(core))


def dot(core: Core) -> str:
    """Draw in Graphviz's language."""
    return to_dot(graph(core))


def json(core: Core) -> str:
    """Write nodes and edges as JSON."""
    return to_json(graph(core))


def to_mermaid(drawn: Graph) -> str:
    """Return a Mermaid `stateDiagram-v2`."""
    ids = _ids(drawn)
    lines = ["stateDiagram-v2"]
    inner = _children(drawn)

    def states(parent: StatePath, indent: str) -> Iterator[str]:
        for node in inner.get(parent, ()):
            name = ids[node.id]
            if node.kind == "final" and node.id == END:
                continue
            text = node.label if node.kind in ("state", "final") else f"{node.label} ({node.kind})"
            yield f'{indent}state "{_mermaid(text)}" as {name}'
            if node.initial:
                yield f"{indent}[*] --> {name}"
            if node.kind == "final":
                yield f"{indent}{name} --> [*]"
            if node.id in inner:
                yield f"{indent}state {name} {{"
                yield from states(node.id, indent + "    ")
                yield f"{indent}}}"

    lines += states("", "    ")
    if any(edge.source == START for edge in drawn.edges):
        lines.append('    state "any state" as any_state')
    for edge in drawn.edges:
        source = ids[edge.source] if edge.source else "any_state"
        target = "[*]" if edge.target == END and _built_in(drawn) else ids[edge.target]
        label = f": {_mermaid(edge.label)}" if edge.label else ""
        lines.append(f"    {source} --> {target}{label}")
    return "\n".join(lines) + "\n"


def to_dot(drawn: Graph) -> str:
    """Return a Graphviz digraph."""
    inner = _children(drawn)
    lines = [
        f"digraph {_dot(drawn.name or 'flow')} {{",
        "    compound=true;",
        '    node [shape=box, style=rounded, fontname="sans-serif"];',
        '    edge [fontname="sans-serif", fontsize=10];',
        '    "" [shape=point];',
    ]

    def states(parent: StatePath, indent: str) -> Iterator[str]:
        for node in inner.get(parent, ()):
            if node.id in inner:
                yield f"{indent}subgraph {_dot('cluster_' + node.id)} {{"
                yield f"{indent}    label={_dot(node.label)};"
                yield f"{indent}    {_dot(node.id)} [shape=point];"
                yield from states(node.id, indent + "    ")
                yield f"{indent}}}"
                continue
            shape = {"final": ", shape=doublecircle", "missing": ", style=dashed, color=red"}
            text = node.label
            if node.kind not in ("state", "final", "missing"):
                text = f"{node.label}\n{node.kind}"
            yield f"{indent}{_dot(node.id)} [label={_dot(text)}{shape.get(node.kind, '')}];"

    lines += states("", "    ")
    lines.append(f'    "" -> {_dot(drawn.initial)};')
    for node in drawn.nodes:
        if node.initial and node.parent:
            lines.append(f"    {_dot(node.parent)} -> {_dot(node.id)} [style=dotted];")
    if any(edge.source == START for edge in drawn.edges):
        lines.append('    "any state" [style="rounded,dashed"];')
    for edge in drawn.edges:
        source = edge.source or "any state"
        label = f" [label={_dot(edge.label)}]" if edge.label else ""
        lines.append(f"    {_dot(source)} -> {_dot(edge.target)}{label};")
    return "\n".join([*lines, "}"]) + "\n"


def to_json(drawn: Graph) -> str:
    """Return nodes and edges as JSON."""
    return json_.dumps(asdict(drawn), indent=2, ensure_ascii=False) + "\n"


def _children(drawn: Graph) -> Mapping[StatePath, Sequence[Node]]:
    found: dict[StatePath, list[Node]] = {}
    for node in drawn.nodes:
        found.setdefault(node.parent, []).append(node)
    return found


def _ids(drawn: Graph) -> Mapping[StatePath, str]:
    """Return identifiers that Mermaid takes, none twice."""
    taken: dict[str, StatePath] = {"any_state": "", "end": "", "state": "", "note": ""}
    for node in drawn.nodes:
        name = re.sub(r"\W+", "_", node.id).strip("_") or "state_"
        while name in taken:
            name += "_"
        taken[name] = node.id
    return {path: name for name, path in taken.items() if path}


def _built_in(drawn: Graph) -> bool:
    return any(node.id == END and node.kind == "final" for node in drawn.nodes)


_MERMAID = {
    "#": "#35;",
    '"': "#quot;",
    ";": "#59;",
    ":": "#58;",
    "<": "#lt;",
    ">": "#gt;",
    "{": "#123;",
    "}": "#125;",
    "\n": " ",
}


def _mermaid(text: str) -> str:
    return "".join(_MERMAID.get(character, character) for character in text)


def _dot(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
