"""YAML events in, a node tree out: budgets, duplicate keys, merge keys, tags and aliases.

Native values are never constructed: a scalar stays its text until the model at its place says
what it should be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
)

from dtmflow.loading.events import events
from dtmflow.loading.nodes import Mapping, Node, Scalar, Sequence
from dtmflow.loading.trouble import Mask, Misread, Trouble, needs_quotes, quoted, value_end

MAX_DEPTH: Final = 100
MAX_NODES: Final = 100_000
MAX_EXPANDED: Final = 10_000
"""Nodes that aliases and merge keys may add."""

_CORE: Final = "tag:yaml.org,2002:"
_BLANKS: Final = re.compile(r"[ \t]*")
_QUOTED: Final = re.compile(r"'[^'\r\n]*'|\"(?:[^\"\\\r\n]|\\.)*\"")
_STAR_ALONE: Final = re.compile(r"(\*[0-9*#]*)[ \t]*(?:$|[\r\n]|:(?=\s|$)|(?<=[ \t])#)")
"""Keys to press that begin with a star, and nothing else."""
_STAR_ITEM: Final = re.compile(r"(\*[0-9*#]*)[ \t]*[,}\]]")
_PROPERTIES: Final = re.compile(r"(?:[&!][^\s,\[\]{}]*|\s+|#[^\r\n]*(?:\r\n|\r|\n))*")


@dataclass(slots=True)
class _Frame:
    """A collection that is still open."""

    node: Mapping | Sequence
    flow: bool
    anchor: str | None
    key: Scalar | None = None
    merges: list[tuple[Node, int]] = field(default_factory=list)
    size: int = 1
    height: int = 1


class Composer:
    """Builds the tree of one text. After a failure its state tells where reading stood."""

    def __init__(self, text: str, masks: dict[int, Mask], source: str) -> None:
        self.text = text
        """What YAML reads: the source with misread places masked, of the same length."""
        self.source = source
        self.masks = masks
        self.troubles: list[Trouble] = []
        """What is wrong but does not stop reading."""
        self.last: Scalar | None = None
        """The scalar read last."""
        self._frames: list[_Frame] = []
        self._root: Node | None = None
        self._reached = 0
        self._documents = 0
        self._nodes = 0
        self._expanded = 0
        self._anchors: dict[str, Node] = {}
        self._sizes: dict[int, tuple[int, int]] = {}

    @property
    def in_flow(self) -> bool:
        """Whether reading stood inside `{...}` or `[...]`."""
        return bool(self._frames) and self._frames[-1].flow

    def in_flow_at(self, at: int) -> bool:
        """Whether a place that YAML looked ahead to stands inside `{...}` or `[...]`."""
        ahead = _QUOTED.sub("", self.text[self._reached : at])
        depth = sum(frame.flow for frame in self._frames)
        return depth + sum(map(ahead.count, "{[")) - sum(map(ahead.count, "}]")) > 0

    @property
    def opened(self) -> int | None:
        """Offset of the innermost `{` or `[` that was open."""
        starts = [frame.node.start for frame in self._frames if frame.flow]
        return next((at for at in reversed(starts) if self.text[at] in "{["), None)

    @property
    def at_root(self) -> bool:
        """Whether no collection was open."""
        return not self._frames

    @property
    def after_key(self) -> bool:
        """Whether a key was read and its value is due."""
        return bool(self._frames) and self._frames[-1].key is not None

    def compose(self) -> Node | None:
        """Return the root of the first document, or None when the file is empty.

        Raises:
            Misread: at a place that must be repaired before reading goes on.
            YAMLError: from ruamel, when the text is no YAML.
        """
        for event in events(self.text):
            self._reached = max(self._reached, event.end_mark.index)
            if isinstance(event, DocumentStartEvent):
                self._documents += 1
                if self._documents > 1:
                    at = event.start_mark.index
                    self.troubles.append(
                        Trouble(
                            "Y100",
                            "a second document starts here; a file holds one flow",
                            at,
                            max(event.end_mark.index, at),
                            help="move it into a file of its own",
                        )
                    )
                    break
            elif isinstance(event, ScalarEvent):
                self._scalar(event)
            elif isinstance(event, AliasEvent):
                self._alias(event)
            elif isinstance(event, CollectionStartEvent):
                self._open(event)
            elif isinstance(event, CollectionEndEvent):
                self._close(event)
        return self._root

    def _scalar(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        tag = _tag(event)
        style = event.style or ""
        if tag and not tag.startswith(_CORE):
            # The event starts at the anchor where there is one, before or behind the tag.
            start = self._tag_start(start)
            if style in ("|", ">"):
                self.troubles.append(_tag_on_collection(tag, start))
            else:
                end = value_end(self.source, start, in_flow=self.in_flow)
                raise Misread(
                    needs_quotes(
                        "Y106",
                        "`!` starts a YAML tag, so this text would be lost; quote it",
                        self.source,
                        start,
                        max(end, start + 1),
                    )
                )
        if tag or event.anchor:
            properties = _PROPERTIES.match(self.text, start, end)
            start = properties.end() if properties else start
        if style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
            end += len(_BLANKS.match(self.text, end)[0])  # type: ignore[index] # matches always
        elif start == end:
            start = end = self._empty(start)
        node = Scalar(start, end, event.value, style, literal=tag == f"{_CORE}str")
        mask = self.masks.get(start)
        if mask is not None and end <= mask.end:
            node.value, node.style, node.literal = mask.value, "", True
        self.last = node
        self._count(start, end)
        self._sizes[id(node)] = (1, 1)
        self._anchor(event.anchor, node)
        self._add(node, 1, 1)

    def _empty(self, start: int) -> int:
        """Return where a value stands that is not there; the event may point behind a comment."""
        key = self._frames[-1].key if self._frames else None
        if key is None:
            return start
        colon = self.text.find(":", key.end, start)
        return key.end if colon < 0 or self.text[key.end : colon].strip() else colon + 1

    def _tag_start(self, start: int) -> int:
        if self.text.startswith("!", start):
            return start
        before = self.text.rfind("!", self.last.end if self.last else 0, start)
        return before if before >= 0 else max(self.text.find("!", start), start)

    def _alias(self, event: Any) -> None:
        name: str = event.anchor
        start, end = event.start_mark.index, event.end_mark.index
        node = self._anchors.get(name)
        if node is None and any(frame.anchor == name for frame in self._frames):
            raise Misread(
                Trouble("Y109", f"`*{name}` stands inside its own anchor `&{name}`", start, end)
            )
        if node is None and self._star_was_meant(start, end):
            raise Misread(bare_star(self.source, start, in_flow=self.in_flow))
        if node is None:
            raise Misread(
                Trouble(
                    "Y100",
                    f"`*{name}` is an alias, but no anchor `&{name}` stands before it",
                    start,
                    end,
                    help=f'to mean the text, quote it: "*{name}"',
                    mask=Mask(start, end, f"*{name}"),
                )
            )
        size, height = self._sizes[id(node)]
        self._expand(size, height, start, end)
        self._add(node, size, height)

    def _star_was_meant(self, start: int, end: int) -> bool:
        """Whether an alias without anchor is a key to press, or the begin of a text."""
        alone = _star_alone(self.source, start, in_flow=self.in_flow)
        return bool(alone) or value_end(self.source, start, in_flow=self.in_flow) > end

    def _open(self, event: Any) -> None:
        start = event.start_mark.index
        tag = _tag(event)
        if tag and not tag.startswith(_CORE):
            self.troubles.append(_tag_on_collection(tag, self._tag_start(start)))
        if len(self._frames) >= MAX_DEPTH:
            raise Misread(Trouble("Y109", f"nested more than {MAX_DEPTH} deep", start, start + 1))
        self._count(start, event.end_mark.index)
        node = (
            Mapping(start, start)
            if isinstance(event, MappingStartEvent)
            else Sequence(start, start)
        )
        self._frames.append(_Frame(node, bool(event.flow_style), event.anchor))

    def _close(self, event: Any) -> None:
        frame = self._frames.pop()
        node = frame.node
        if isinstance(node, Mapping):
            self._merge(frame, node)
        if frame.flow:
            node.end = event.end_mark.index
        elif isinstance(node, Sequence):
            # A block list ends with its last item; `- ` before an empty one still counts.
            node.end = max((item.end for item in node.items), default=node.start + 1)
            node.end = max(node.end, node.start + 1)
        else:
            own = [max(k.end, v.end) for k, v in node.entries.values() if k.start >= node.start]
            node.end = max(own, default=node.start)
        self._sizes[id(node)] = (frame.size, frame.height)
        self._anchor(frame.anchor, node)
        self._add(node, frame.size, frame.height)

    def _add(self, node: Node, size: int, height: int) -> None:
        if not self._frames:
            self._root = node if self._root is None else self._root
            return
        frame = self._frames[-1]
        frame.size += size
        frame.height = max(frame.height, height + 1)
        if isinstance(frame.node, Sequence):
            frame.node.items.append(node)
        elif frame.key is None:
            frame.key = self._key(frame, node)
        else:
            self._entry(frame, frame.node, frame.key, node)
            frame.key = None

    def _key(self, frame: _Frame, node: Node) -> Scalar:
        if isinstance(node, Scalar):
            return node
        outer = frame.node.start
        if frame.flow and self.text.startswith("{{", outer):
            in_flow = len(self._frames) > 1 and self._frames[-2].flow
            raise Misread(
                needs_quotes(
                    "Y107",
                    "`{` starts a YAML mapping, so this is no text; quote it",
                    self.source,
                    outer,
                    value_end(self.source, outer, in_flow=in_flow),
                )
            )
        raise Misread(
            Trouble("Y100", "a key must be a text, not a list or mapping", node.start, node.end)
        )

    def _entry(self, frame: _Frame, mapping: Mapping, key: Scalar, value: Node) -> None:
        if key.value == "<<" and not key.style and not key.literal:
            frame.merges.append((value, key.start))
            return
        if key.value not in mapping.entries:
            mapping.entries[key.value] = (key, value)
            return
        first = mapping.entries[key.value][0]
        self.troubles.append(
            Trouble(
                "Y104",
                f"`{key.value}` is defined twice",
                key.start,
                max(key.end, key.start),
                help="keep one of them; a quoted and an unquoted key are the same key",
                first=("first defined here", first.start, first.end),
            )
        )

    def _merge(self, frame: _Frame, mapping: Mapping) -> None:
        for value, at in frame.merges:
            for source in value.items if isinstance(value, Sequence) else [value]:
                if isinstance(source, Scalar) and source.literal:
                    continue  # an alias without anchor, reported there
                if not isinstance(source, Mapping):
                    self.troubles.append(
                        Trouble("Y100", "`<<` merges mappings, and this is none", at, at + 2)
                    )
                    continue
                for name, entry in source.entries.items():
                    mapping.entries.setdefault(name, entry)

    def _anchor(self, name: str | None, node: Node) -> None:
        if name is not None:
            self._anchors[name] = node

    def _count(self, start: int, end: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise Misread(Trouble("Y109", f"more than {MAX_NODES} values in one file", start, end))

    def _expand(self, size: int, height: int, start: int, end: int) -> None:
        self._expanded += size
        if self._expanded > MAX_EXPANDED:
            message = f"the aliases up to here expand to more than {MAX_EXPANDED} values"
            raise Misread(Trouble("Y109", message, start, end))
        if len(self._frames) + height > MAX_DEPTH:
            message = f"expanding this alias nests more than {MAX_DEPTH} deep"
            raise Misread(Trouble("Y109", message, start, end))


def bare_star(text: str, at: int, *, in_flow: bool) -> Trouble:
    """Make the finding for an unquoted `*` key or value, or a text that starts with one."""
    alone = _star_alone(text, at, in_flow=in_flow)
    end = alone.end(1) if alone else max(value_end(text, at, in_flow=in_flow), at + 1)
    written = quoted(text[at:end])
    return needs_quotes("Y103", f"`*` starts an alias; write `{written}`", text, at, end)


def _star_alone(text: str, at: int, *, in_flow: bool) -> re.Match[str] | None:
    return _STAR_ALONE.match(text, at) or (_STAR_ITEM.match(text, at) if in_flow else None)


def _tag(event: Any) -> str:
    return str(event.tag) if event.tag is not None else ""


def _tag_on_collection(tag: str, at: int) -> Trouble:
    return Trouble(
        "Y106",
        f"`{tag}` is a YAML tag; flows have none",
        at,
        at + len(tag),
        help="remove it",
        replacement=("Remove the tag", ""),
    )
