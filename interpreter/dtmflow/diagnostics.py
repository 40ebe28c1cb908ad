"""Where something stands in a file, and what is wrong there.

Shared by every room that finds problems: loading (Y), schema validation (S) and the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Where a node stands in a document: keys and list indexes from the root."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of source text; lines and columns count from 1, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Level(StrEnum):
    """How bad a finding is. Errors and warnings fail a check, infos do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of `span` with `text`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair: a title for people and the edits that carry it out."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = True
    """Whether it keeps the meaning that the author plainly had."""


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains a finding ("first defined here")."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: rule code, place, what is wrong and what helps."""

    code: str
    """Rule code, for example `F101`."""
    level: Level
    message: str
    file: str
    """Name of the file as the user gave it."""
    span: Span
    help: str = ""
    """What to do about it, one sentence; empty when the message says it all."""
    fix: Fix | None = None
    related: tuple[Related, ...] = field(default=())
