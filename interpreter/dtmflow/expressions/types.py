"""The types that expressions know, and how plain values fit them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias


class Type(StrEnum):
    """Type of a name or of an expression's result, named as in messages of CEL."""

    STRING = "string"
    INT = "int"
    UINT = "uint"
    DOUBLE = "double"
    BOOL = "bool"
    BYTES = "bytes"
    TIMESTAMP = "timestamp"
    DURATION = "duration"
    LIST = "list"
    MAP = "map"
    NULL = "null"
    TYPE = "type"
    DYN = "dyn"
    """Unknown until it runs: an HTTP answer, a parameter of type `object`."""

    @property
    def word(self) -> str:
        """Return the flow author's word for it: `text`, `a whole number`, ..."""
        return _WORDS.get(self, str(self))


_WORDS = {
    Type.STRING: "text",
    Type.INT: "a whole number",
    Type.DOUBLE: "a number with decimals",
    Type.BOOL: "true or false",
    Type.TIMESTAMP: "a point in time",
    Type.DURATION: "a length of time",
    Type.LIST: "a list",
    Type.MAP: "an object",
    Type.DYN: "of unknown type",
}

Scope: TypeAlias = Mapping[str, Type]
"""Every name that an expression may use, qualified: `tries`, `event.tone`, `legs.agent.state`."""

OF_VARIABLE: Mapping[str, Type] = {
    "string": Type.STRING,
    "phone": Type.STRING,
    "int": Type.INT,
    "number": Type.DOUBLE,
    "bool": Type.BOOL,
    "object": Type.DYN,
}
"""Types of `vars`, `params` and `returns` as expressions see them."""


def fitted(value: object, kind: Type) -> object:
    """Return `value` as CEL wants a name of type `kind`: whole doubles, lists for tuples.

    A value that does not fit is returned as it is; evaluation then says what was expected.
    """
    if kind is Type.DOUBLE and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind is Type.INT and isinstance(value, float) and value.is_integer():
        return int(value)
    if kind in (Type.DYN, Type.MAP, Type.LIST):
        return _plain(value)
    return value


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
