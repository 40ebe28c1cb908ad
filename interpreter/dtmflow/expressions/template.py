"""`Template`: text with `${ ... }` in it.

`$${` is a literal `${`. A template that is only `${ ... }` keeps the type of its value; in all
others the values become text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from dtmflow.expressions.environment import Environment, Expression
from dtmflow.expressions.problems import CompileError, EvaluationError, Kind, Problem
from dtmflow.expressions.types import Type

_OPEN = re.compile(r"\$?\$\{")
_INSIDE = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[{}]", re.DOTALL)
_NO_TEXT = frozenset({Type.LIST, Type.MAP, Type.NULL, Type.TYPE, Type.BYTES})


@dataclass(frozen=True, slots=True)
class Slot:
    """One `${ ... }`."""

    text: str
    """The expression between the braces, blanks kept."""
    offset: int
    """Where that expression begins in the template's text."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template taken apart. Make it with `parse`."""

    text: str
    parts: tuple[str | Slot, ...]
    """Literal texts and slots, in order."""

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Return the expressions with their places."""
        return tuple(part for part in self.parts if isinstance(part, Slot))

    @property
    def whole(self) -> Slot | None:
        """Return the slot of a template that is nothing else, whose value keeps its type."""
        first = self.parts[0] if len(self.parts) == 1 else None
        return first if isinstance(first, Slot) else None

    @property
    def literal(self) -> str | None:
        """Return the text of a template without slots; None when there are some."""
        return None if self.slots else "".join(str(part) for part in self.parts)

    def compile(self, environment: Environment) -> CompiledTemplate:
        """Compile every slot.

        Raises:
            CompileError: with the problems of all slots, offsets counted in `text`.
        """
        compiled: list[str | Expression] = []
        problems: list[Problem] = []
        for part in self.parts:
            if isinstance(part, str):
                compiled.append(part)
                continue
            try:
                expression = environment.compile(part.text)
            except CompileError as error:
                problems += [_moved(problem, part.offset) for problem in error.problems]
                continue
            if expression.type in _NO_TEXT and self.whole is None:
                problems.append(
                    Problem(
                        Kind.TYPE_MISMATCH,
                        f"{expression.type.word} cannot stand inside text",
                        part.offset,
                        len(part.text),
                        part.text.strip(),
                        (str(expression.type),),
                    )
                )
            compiled.append(expression)
        if problems:
            raise CompileError(tuple(problems))
        return CompiledTemplate(tuple(compiled))


class CompiledTemplate:
    """A template whose slots are compiled. Immutable, may be shared by all sessions."""

    __slots__ = ("_parts", "names", "type")

    def __init__(self, parts: tuple[str | Expression, ...]) -> None:
        self._parts = parts
        expressions = [part for part in parts if isinstance(part, Expression)]
        self.names = frozenset(name for each in expressions for name in each.names)
        """Qualified names that it reads."""
        whole = len(parts) == 1 and expressions
        self.type = expressions[0].type if whole else Type.STRING
        """Static type of the result."""

    def evaluate(self, values: Mapping[str, object]) -> object:
        """Return the value of a whole `${...}`, else the text with all values inserted.

        Raises:
            EvaluationError: an expression has no value, or one that cannot become text.
        """
        if len(self._parts) == 1 and isinstance(self._parts[0], Expression):
            return self._parts[0].evaluate(values)
        return "".join(
            part if isinstance(part, str) else as_text(part.evaluate(values))
            for part in self._parts
        )


@lru_cache(maxsize=4096)
def parse(text: str) -> Template:
    """Take a template apart.

    Raises:
        CompileError: a `${` has no `}`.
    """
    parts: list[str | Slot] = []
    literal, at = "", 0
    while match := _OPEN.search(text, at):
        literal += text[at : match.start()]
        if match[0] == "$${":
            literal += "${"
            at = match.end()
            continue
        end = _closing(text, match.end())
        if end is None:
            problem = Problem(Kind.SYNTAX, "this `${` has no `}`", match.start(), 2, "${")
            raise CompileError((problem,))
        if literal:
            parts.append(literal)
        parts.append(Slot(text[match.end() : end], match.end()))
        literal, at = "", end + 1
    literal += text[at:]
    if literal or not parts:
        parts.append(literal)
    return Template(text, tuple(parts))


def escape(text: str) -> str:
    """Return a template that stands for `text` literally."""
    return text.replace("${", "$${")


def as_text(value: object) -> str:
    """Return a value as it stands inside text: `true`, `3`, `2.5`, an ISO 8601 time.

    Raises:
        EvaluationError: it is null, a list or an object.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}s"
    words = {type(None): "null", list: "a list", dict: "an object"}
    raise EvaluationError(f"{words.get(type(value), 'this value')} cannot stand inside text")


def _closing(text: str, at: int) -> int | None:
    """Return where the `}` stands that closes a slot whose expression begins at `at`."""
    depth = 0
    for match in _INSIDE.finditer(text, at):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            if depth == 0:
                return match.start()
            depth -= 1
    return None


def _moved(problem: Problem, by: int) -> Problem:
    return Problem(
        problem.kind,
        problem.message,
        problem.offset + by,
        problem.length,
        problem.name,
        problem.types,
    )
