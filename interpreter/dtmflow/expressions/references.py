"""Which names a checked expression refers to, read from its serialised form.

The bytes are a protobuf `cel.expr.CheckedExpr` in a `google.protobuf.Any`; its field 2 maps node
ids to references, whose field 1 is a name. Reading it beats guessing from the text.
"""

from __future__ import annotations

from dtmflow.expressions.wire import values


def references(serialized: bytes) -> set[str]:
    """Return the qualified names of variables and the names of functions that are referred to."""
    names: set[str] = set()
    for checked in values(serialized, 2):
        for entry in values(checked, 2):
            for reference in values(entry, 2):
                names.update(name.decode() for name in values(reference, 1))
    return names
