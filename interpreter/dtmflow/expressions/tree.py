"""The syntax tree of a checked expression, read from its serialised form.

For who reasons about an expression without running it: which name is compared with which
constant. Names are qualified (`event.tone` is one name). What is not a constant, a name, a call,
a field or a list is opaque: a `Call` of `?` and its bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from dtmflow.expressions.environment import Expression
from dtmflow.expressions.wire import fields, values

Literal: TypeAlias = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal."""

    value: Literal
    offset: int
    """Characters from the start of the expression."""


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, qualified."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function or operator, named as in messages: `==`, `&&`, `!`, `in`, `digits`."""

    function: str
    """`[...]` for a list, `.x` for a field of unknown data, `has .x` for whether it is there."""
    arguments: tuple[Tree, ...]
    """The object of a method call comes first; a list's elements for `[...]`."""
    offset: int
    """Where the operator, or the bracket of the call, stands."""


Tree: TypeAlias = Constant | Name | Call

_OPERATORS = {"@in": "in", "!_": "!", "-_": "-", "_?_:_": "? :", "_[_]": "[]"}


@lru_cache(maxsize=2048)
def tree(expression: Expression) -> Tree:
    """Return the syntax tree of a compiled expression; the same one again costs a look-up."""
    checked = next(values(expression.serialized(), 2), b"")
    places: dict[int, int] = {}
    for source in values(checked, 5):
        for entry in values(source, 4):
            places[_number(entry, 1)] = _number(entry, 2)
    return _node(next(values(checked, 4), b""), places)


def _node(message: bytes, places: dict[int, int]) -> Tree:
    offset = places.get(_number(message, 2), 0)
    for constant in values(message, 3):
        return Constant(_literal(constant), offset)
    for name in values(message, 4):
        return Name(next(values(name, 1), b"").decode(), offset)
    for call in values(message, 6):
        function = next(values(call, 2), b"").decode()
        plain = _OPERATORS.get(function, function.strip("_") or function)
        operands = (*values(call, 1), *values(call, 3))
        return Call(plain, tuple(_node(each, places) for each in operands), offset)
    for elements in values(message, 7):
        items = tuple(_node(each, places) for each in values(elements, 1))
        return Call("[...]", items, offset)
    for select in values(message, 5):
        operand = tuple(_node(each, places) for each in values(select, 1))
        dot = "has ." if _number(select, 3) else "."
        return Call(dot + next(values(select, 2), b"").decode(), operand, offset)
    return Call(f"?{message.hex()}", (), offset)


def _literal(constant: bytes) -> Literal:
    """Read a constant: 2 is a bool, 3 a signed and 4 an unsigned integer, 5 a double, 6 a text."""
    number, value = next(fields(constant), (1, 0))
    if isinstance(value, int):
        signed = value - (1 << 64) if value >> 63 else value
        return {2: bool(value), 3: signed, 4: value}.get(number)
    if number == 5:
        decimal: float = struct.unpack("<d", value)[0]
        return decimal
    return value.decode() if number == 6 else None


def _number(message: bytes, wanted: int) -> int:
    return next(
        (
            value
            for number, value in fields(message)
            if number == wanted and isinstance(value, int)
        ),
        0,
    )
