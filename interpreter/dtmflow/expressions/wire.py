"""The little of protobuf's wire format that reading a checked expression takes.

In come bytes that CEL itself wrote, out go numbered fields; no message type is known here.
"""

from __future__ import annotations

from collections.abc import Iterator


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield numbers and values of a message's fields: ints for varints, else their bytes."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(message, at)
            yield number, value
            continue
        length = {1: 8, 5: 4}.get(wire, 0)
        if not length:
            length, at = _varint(message, at)
        yield number, message[at : at + length]
        at += length


def values(message: bytes, wanted: int) -> Iterator[bytes]:
    """Yield the bytes of the fields with number `wanted`."""
    for number, value in fields(message):
        if number == wanted and isinstance(value, bytes):
            yield value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
