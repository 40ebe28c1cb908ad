"""The node tree of a document: kinds of node and their place as character offsets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(slots=True, eq=False)
class Scalar:
    """A text, number, boolean or null; `value` is its text after unquoting and folding."""

    start: int
    """Offset of the first character, quotes included."""
    end: int
    """Offset past the last character."""
    value: str
    style: str = ""
    """`""` plain, `'` or `"` quoted, `|` or `>` block."""
    literal: bool = False
    """The value is the source text as it stands, because YAML misread it (a repaired place)."""


@dataclass(slots=True, eq=False)
class Sequence:
    """A list."""

    start: int
    end: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Mapping:
    """A mapping: key text -> (key, value) in document order, merge keys resolved."""

    start: int
    end: int
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)


Node: TypeAlias = Scalar | Sequence | Mapping
