"""Which names a checked expression refers to, read from its serialised form.

The bytes are a protobuf `cel.expr.CheckedExpr` in a `google.protobuf.Any`; its field 2 maps node
ids to references, whose field 1 is a name. Reading it beats guessing from the text.
"""

from __future__ import annotations

from collections.abc import Iterator


def references(serialized: bytes) -> set[str]:
    """Return the qualified names of variables and the names of functions that are referred to."""
    names: set[str] = set()
    for checked in _fields(serialized, 2):
        for entry in _fields(checked, 2):
            for reference in _fields(entry, 2):
                names.update(name.decode() for name in _fields(reference, 1))
    return names


def _fields(message: bytes, wanted: int) -> Iterator[bytes]:
    """Yield the length-delimited fields with number `wanted`."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            _, at = _varint(message, at)
        elif wire == 1:
            at += 8
        elif wire == 5:
            at += 4
        else:
            length, at = _varint(message, at)
            if number == wanted:
                yield message[at : at + length]
            at += length


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
