"""Edits that several rules' fixes are made of."""

from __future__ import annotations

from dtmflow.diagnostics import Edit, Path
from dtmflow.loading.document import Document
from dtmflow.loading.nodes import Mapping, Node, Scalar, Sequence


def removal(document: Document, path: Path) -> Edit | None:
    """Return the edit that removes the mapping entry at `path`, key and value.

    The last entry of a mapping takes the mapping's own key with it, since an empty one means
    nothing. In block style whole lines go, in flow style the entry and its comma. None where the
    entry cannot be cut out cleanly (it comes from a merge key, it shares a line).
    """
    around = document.node(path[:-1])
    if not path or not isinstance(around, Mapping) or str(path[-1]) not in around.entries:
        return None
    if len(around.entries) == 1:
        return removal(document, path[:-1]) if len(path) > 1 else None
    key, value = around.entries[str(path[-1])]
    if not around.start <= key.start < around.end:
        return None
    if _is_flow(document, around):
        return _cut_from_flow(document, around, key.start, value.end)
    text = document.text
    start = text.rfind("\n", 0, key.start) + 1
    end = _past_line(text, value.end)
    others = (other.start for other, _ in around.entries.values())
    if text[start : key.start].strip() or any(key.start < other < end for other in others):
        return None
    return Edit(document.lines.span(start, end), "")


def _is_flow(document: Document, node: Mapping | Sequence) -> bool:
    return document.text[node.start : node.start + 1] in {"{", "["}


def _cut_from_flow(document: Document, around: Mapping, start: int, end: int) -> Edit:
    """Cut an entry out of `{a: 1, b: 2}` with the comma after it, the last with the one before."""
    after = [key.start for key, _ in around.entries.values() if key.start > start]
    if after:
        return Edit(document.lines.span(start, min(after)), "")
    before = max(value.end for key, value in around.entries.values() if key.start < start)
    return Edit(document.lines.span(before, end), "")


def _past_line(text: str, at: int) -> int:
    """Return the offset past the break of the line in which `at` stands."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def first_action(document: Document, state: Path, action: str) -> Edit | None:
    """Return the edit that puts `action` (`name: value`) first into the `do` of a state.

    Args:
        document: The flow's text.
        state: Path of the state.
        action: One action as the entry of a block list would read.
    """
    node = document.node(state)
    if not isinstance(node, Mapping) or not node.entries:
        return None
    if "do" not in node.entries:
        if _is_flow(document, node):
            return _insert(document, node.start + 1, f" do: {{ {action} }},")
        first = min(key.start for key, _ in node.entries.values())
        return _insert(document, first, f"do: {{ {action} }}\n{_indent(document, first)}")
    return _before(document, node.entries["do"][1], action)


def _before(document: Document, value: Node, action: str) -> Edit:
    """Return the edit that makes `do: value` a list with `action` first."""
    indent = _indent(document, value.start)
    if isinstance(value, Sequence):
        if _is_flow(document, value):
            return _insert(document, value.start + 1, f"{{ {action} }}, ")
        return _insert(document, value.start, f"- {action}\n{indent}")
    source = document.text[value.start : value.end].rstrip()
    span = document.lines.span(value.start, value.start + len(source))
    if isinstance(value, Scalar) or _is_flow(document, value):
        return Edit(span, f"[{{ {action} }}, {source}]")
    return Edit(span, f"- {action}\n{indent}- " + source.replace("\n", "\n  "))


def _insert(document: Document, at: int, text: str) -> Edit:
    return Edit(document.lines.span(at, at), text)


def _indent(document: Document, at: int) -> str:
    """Return the blanks that bring a new line below the column of `at`."""
    return " " * (document.lines.position(at)[1] - 1)
