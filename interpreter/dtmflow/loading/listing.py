"""The repair that makes a mapping of several entries a list of one-entry mappings."""

from __future__ import annotations

from dtmflow.diagnostics import Edit, Fix, Path
from dtmflow.loading.document import Document
from dtmflow.loading.nodes import Mapping


def as_list(document: Document, path: Path) -> Fix | None:
    """Turn `{say: x, hangup: {}}` at `path` into a list, in the style in which it is written.

    None where the entries are not all written there or comments would be lost.
    """
    node = document.node(path)
    if not isinstance(node, Mapping) or not node.entries:
        return None
    text, lines = document.text, document.lines
    entries = [(key.start, max(key.end, value.end)) for key, value in node.entries.values()]
    befores = [node.start, *(end for _, end in entries)]
    gaps = [text[before:start] for before, (start, _) in zip(befores, entries, strict=False)]
    if entries != sorted(entries) or any("<<" in gap for gap in gaps):
        return None  # a merge key, here or before
    if text.startswith("{", node.start):
        if "#" in text[node.start : node.end]:
            return None
        parts = ", ".join(f"{{ {text[start:end]} }}" for start, end in entries)
        return Fix("Make it a list", (Edit(lines.span(node.start, node.end), f"[{parts}]"),))
    edits: list[Edit] = []
    for start, end in entries:
        edits.append(Edit(lines.span(start, start), "- "))
        first, last = lines.position(start)[0], lines.position(end)[0]
        for number in range(first + 1, last + 1):
            if lines.line(number).strip():
                at = lines.offset(number, 1)
                edits.append(Edit(lines.span(at, at), "  "))
    return Fix("Make it a list", tuple(edits))
