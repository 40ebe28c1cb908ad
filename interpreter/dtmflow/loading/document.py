"""`Document`: what a YAML file holds, with the place of everything in it.

In: the text and its node tree. Out: plain data, spans by path, positions inside scalars. It must
not know the language of flows.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Self, TypeAlias

from dtmflow.diagnostics import Diagnostic, Path, Span
from dtmflow.loading.nodes import Mapping, Node, Scalar, Sequence
from dtmflow.loading.scalars import origins


class _Written:
    """Half of a plain number: how it was written, and whether anybody took that."""

    _written: str
    read_as_text: bool = False
    """Whether a model took the text and not the number."""

    @property
    def source(self) -> str:
        """The text as written; who reads it expected a text here."""
        self.read_as_text = True
        return self._written


class SourceInt(_Written, int):
    """A plain (unquoted) integer that remembers how it was written: `0123`, `+49301234`."""

    def __new__(cls, value: int, source: str) -> Self:
        """Make the number and keep its source text."""
        number = super().__new__(cls, value)
        number._written = source
        return number


class SourceFloat(_Written, float):
    """A plain (unquoted) number that remembers how it was written: `1.10`, `1e3`."""

    def __new__(cls, value: float, source: str) -> Self:
        """Make the number and keep its source text."""
        number = super().__new__(cls, value)
        number._written = source
        return number


class SourceText(str):
    """A plain (unquoted) text that readers of YAML 1.1 misread: `no`, `12:30`, `2024-01-01`."""

    __slots__ = ("read_as_text",)
    read_as_text: bool
    """Whether a model expected a text here."""

    def __new__(cls, value: str) -> Self:
        """Make the text."""
        text = super().__new__(cls, value)
        text.read_as_text = False
        return text

    @property
    def source(self) -> str:
        """The text; who reads it expected a text here."""
        self.read_as_text = True
        return str.__str__(self)


Data: TypeAlias = "bool | SourceInt | SourceFloat | str | list[Data] | dict[str, Data] | None"
"""Plain data of a document. Keys are always text, spelt as in the source."""


@dataclass(frozen=True)
class Document:
    """A file that was read, as far as it could be."""

    file: str
    """Name as the user gave it."""
    text: str
    data: Data
    """None for an empty file and for one that could not be read (see `diagnostics`)."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """What reading found: Y codes."""
    root: Node | None = field(default=None, repr=False)

    @property
    def readable(self) -> bool:
        """Whether `data` is what the author wrote; not so when reading had to give up."""
        return self.root is not None or not self.diagnostics

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the text in hexadecimal: identifies the version of a flow."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def lines(self) -> Lines:
        """Offsets and positions of the text."""
        return Lines(self.text)

    def node(self, path: Path) -> Node | None:
        """Return the node at the longest existing prefix of `path`; None without a tree."""
        found = self._walk(path)
        return found[1] if found else None

    def span(self, path: Path, *, key: bool = False) -> Span:
        """Return where the longest existing prefix of `path` stands.

        The index 0 on something that is no list is skipped, so a normal-form path such as
        `("states", "a", "do", 0, "say", "text")` finds `do: {say: Hi}`.

        Args:
            path: Keys and indexes from the root.
            key: The span of the key of the last mapping entry instead of its value.
        """
        found = self._walk(path)
        if found is None:
            return Span(1, 1, 1, 1)
        last_key, node = found
        if key and last_key is not None:
            node = last_key
        return self.lines.span(node.start, node.end)

    def scalar_span(self, path: Path, offset: int, length: int) -> Span:
        """Return where characters of a scalar's value stand in the source.

        Args:
            path: Where the scalar stands.
            offset: First character, counted in the value (after quotes, escapes and folding).
            length: Number of characters; 0 marks one place.
        """
        node = self.node(path)
        if not isinstance(node, Scalar):
            return self.span(path)
        places = origins(self.text[node.start : node.end], node.style, node.value)
        if places is None:
            return self.span(path)
        first = min(max(offset, 0), len(node.value))
        last = min(max(first + length, first), len(node.value))
        start = places[first]
        end = start if last == first else max(places[last - 1] + 1, start)
        return self.lines.span(node.start + start, node.start + end)

    def scalars(self) -> Iterator[tuple[Path, Data]]:
        """Yield path and value of everything that is no list or mapping, in document order."""
        pending: list[tuple[Path, Data]] = [((), self.data)]
        while pending:
            path, value = pending.pop()
            if isinstance(value, dict):
                pending += [((*path, key), inner) for key, inner in reversed(value.items())]
            elif isinstance(value, list):
                pending += [((*path, at), value[at]) for at in reversed(range(len(value)))]
            else:
                yield path, value

    def mappings(self) -> Iterator[tuple[Path, Mapping]]:
        """Yield path and node of every mapping, outer before inner."""
        pending: list[tuple[Path, Node]] = [((), self.root)] if self.root is not None else []
        while pending:
            path, node = pending.pop()
            if isinstance(node, Mapping):
                yield path, node
                entries = reversed(node.entries.items())
                pending += [((*path, key), value) for key, (_, value) in entries]
            elif isinstance(node, Sequence):
                items = reversed(list(enumerate(node.items)))
                pending += [((*path, at), item) for at, item in items]

    def inside_scalar(self, offset: int) -> bool:
        """Whether a character belongs to a key or value, so that a `#` there is no comment."""
        at = bisect_right(self._scalars, (offset, len(self.text) + 1))
        return at > 0 and offset < self._scalars[at - 1][1]

    @cached_property
    def _scalars(self) -> list[tuple[int, int]]:
        """Start and end of every scalar, in the order of the text."""
        found: set[tuple[int, int]] = set()
        pending: list[Node] = [self.root] if self.root is not None else []
        while pending:
            node = pending.pop()
            if isinstance(node, Mapping):
                for entry in node.entries.values():
                    pending += entry
            elif isinstance(node, Sequence):
                pending += node.items
            else:
                found.add((node.start, node.end))
        return sorted(found)

    def _walk(self, path: Path) -> tuple[Scalar | None, Node] | None:
        if self.root is None:
            return None
        key: Scalar | None = None
        node = self.root
        for step in path:
            if isinstance(node, Mapping) and (entry := node.entries.get(str(step))):
                key, node = entry
            elif isinstance(node, Sequence) and isinstance(step, int):
                if not 0 <= step < len(node.items):
                    break
                node = node.items[step]
            elif step != 0:
                break
        return key, node


_BREAK: Final = re.compile(r"\r\n|\r|\n")


class Lines:
    """Turns character offsets of a text into lines and columns and back."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(found.end() for found in _BREAK.finditer(text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column, both from 1, of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line and column; past the end it is the end of the text."""
        if line > len(self._starts):
            return len(self.text)
        return min(self._starts[line - 1] + column - 1, len(self.text))

    def span(self, start: int, end: int) -> Span:
        """Return the span of a stretch of text."""
        return Span(*self.position(start), *self.position(end))

    def slice(self, span: Span) -> str:
        """Return the text of a span."""
        start = self.offset(span.line, span.column)
        return self.text[start : self.offset(span.end_line, span.end_column)]

    def line(self, number: int) -> str:
        """Return a line without its break; empty past the end."""
        if not 1 <= number <= len(self._starts):
            return ""
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[self._starts[number - 1] : end].rstrip("\r\n")

    def __len__(self) -> int:
        return len(self._starts)
