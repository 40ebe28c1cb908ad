"""The picture of a flow in text: Mermaid, Graphviz's dot, JSON.

In: a core, which may have errors. Out: deterministic text; the layout is the drawing program's.
"""

from __future__ import annotations

import json as json_
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from dtmflow.compiling.core import END, Core, StatePath
from dtmflow.compiling.folding import START, Graph, Node, graph


def mermaid(core: Core) -> str:
    """Draw as a Mermaid `stateDiagram-v2`."""
    drawn = graph(core)
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


def dot(core: Core) -> str:
    """Draw as a digraph of Graphviz; states that hold states are clusters."""
    drawn = graph(core)
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


def json(core: Core) -> str:
    """Write name, initial state, nodes and edges as JSON."""
    return json_.dumps(asdict(graph(core)), indent=2, ensure_ascii=False) + "\n"


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
