"""Closed sets: which values the fields of events and the properties of calls can have.

From the prose of the Call reference and from SIP; what is open has no entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dtmflow.expressions.tree import Literal
from dtmflow_schema.base import CallState

KEYS = tuple("0123456789*#")
"""Keys of a telephone, as `ToneReceived.tone` names them."""


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that something can have: a list of texts, or a range of whole numbers."""

    texts: tuple[str, ...] = ()
    first: int = 0
    last: int = 0
    word: str = ""
    """What the set is, for a message: `a tone is one key: 0 to 9, * or #`."""

    def holds(self, value: Literal) -> bool:
        """Whether the value is in the set; one of another type is not judged."""
        if isinstance(value, str):
            return not self.texts or value in self.texts
        return bool(self.texts) or not isinstance(value, int) or self.first <= value <= self.last

    def samples(self, given: Iterable[Literal]) -> tuple[Literal, ...]:
        """Return a member that is not `given`, if there is one."""
        taken = set(given)
        members = self.texts or range(self.first, self.last + 1)
        return tuple(each for each in members if each not in taken)[:1]


_STATE = Domain(tuple(CallState), word=f"a state is {', '.join(CallState)}")
_LEG_STATE = Domain((*CallState, ""), word=f"{_STATE.word}, or empty before the leg is dialled")
_CODE = Domain(first=100, last=699, word="SIP codes are 100 to 699")

_DOMAINS = {
    "event.tone": Domain(texts=KEYS, word="a tone is one key: 0 to 9, * or #"),
    "event.type": Domain(texts=("1", "2", "3"), word="the type of a tone is 1, 2 or 3"),
    "event.oldState": _STATE,
    "event.newState": _STATE,
    "event.code": _CODE,
    "event.status": Domain(first=100, last=599, word="HTTP status codes are 100 to 599"),
}


def domain(name: str) -> Domain | None:
    """Return the closed set of a qualified name, or None where any value may come.

    `name` must be typed by one event: `event.type` is closed because only `ToneReceived` has it.
    """
    if name == "call.state" or (name.startswith("legs.") and name.endswith(".state")):
        return _LEG_STATE
    return _DOMAINS.get(name)
