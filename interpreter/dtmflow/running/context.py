"""What a running flow remembers between two steps. Pure data with its own rules of typing.

Comes in: values from the step. Must not know machines, lines, clocks or journals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dtmflow.compiling.core import Core, StatePath, Variable
from dtmflow.running.effects import TimerId
from dtmflow_schema.base import CallId, CallState

MAX_TEXT = 65_536
"""Characters that a text variable may hold, so that no flow grows without bound."""

_PHONE = re.compile(r"\+?[0-9*#]{1,32}")
_EMPTY: Mapping[str, Any] = {
    "string": "",
    "phone": "",
    "int": 0,
    "number": 0.0,
    "bool": False,
    "object": {},
}


_NO_CALL = CallId("")


class WrongTypeError(Exception):
    """A value of another type than the variable's; the step turns it into a `fault`."""


@dataclass(slots=True)
class LegFacts:
    """What the getters of a leg return, as of its last event."""

    id: CallId = _NO_CALL
    incoming: bool = True
    callerid: str = ""
    number: str = ""
    display_name: str = ""
    client_type: str = "sip"
    state: CallState = CallState.ALERTING
    custom_data: str = ""
    vad: bool = False
    connected: bool = False
    """Whether the leg was ever connected."""
    ended: bool = False
    """Whether `Disconnected` or `Failed` came."""
    leaving: bool = False
    """Whether the flow has hung it up or refused it, and the end is still to come."""
    recording: bool = False
    """Whether a recording was ordered whose `RecordStopped` or `RecordError` is to come."""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Context:
    """State of one running flow. Made by `fresh`, changed by the step only."""

    state: StatePath
    """Active leaf state; "" before the start."""
    variables: dict[str, Any]
    """Variables and return values."""
    params: dict[str, Any]
    lang: str
    """Chosen language of the prompt catalogue; "" when prompts have no languages."""
    legs: dict[str, LegFacts]
    visits: dict[StatePath, int] = field(default_factory=dict)
    """How many times each state has been entered."""
    timers: dict[TimerId, None] = field(default_factory=dict)
    """Timers that run, in the order they were started."""
    event: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the event being handled."""
    causes: dict[StatePath, Mapping[str, Any]] = field(default_factory=dict)
    """Fields of the event that caused the entry of each active state."""
    outcome: str | None = None
    """Set once: how the flow ended."""

    @property
    def finished(self) -> bool:
        """Whether the flow is over."""
        return self.outcome is not None


def fresh(
    core: Core, legs: Mapping[str, LegFacts], params: Mapping[str, Any] | None = None
) -> Context:
    """Make the context of a flow that has not started.

    Raises:
        WrongTypeError: a parameter is unknown, missing or of another type.
    """
    given = dict(params or {})
    values: dict[str, Any] = {}
    for name, declared in core.params.items():
        if name in given:
            values[name] = typed(declared, given.pop(name))
        elif declared.default is not None:
            values[name] = declared.default
        elif core.start == "incoming":
            values[name] = empty(declared.type)
        else:
            raise WrongTypeError(f"parameter `{name}` is missing")
    if given:
        known = ", ".join(core.params) or "none"
        raise WrongTypeError(f"unknown parameter `{next(iter(given))}` (parameters: {known})")
    variables = {
        name: declared.default if declared.default is not None else empty(declared.type)
        for name, declared in (*core.variables.items(), *core.returns.items())
    }
    return Context("", variables, values, first_language(core), dict(legs))


def first_language(core: Core) -> str:
    """Return the first language of the prompt catalogue, "" when it has none."""
    for texts in core.prompts.values():
        for language in texts:
            if language:
                return language
    return ""


def empty(type_name: str) -> Any:
    """Return the empty value of a type: "" 0 0.0 False {}."""
    return _EMPTY[type_name]


def typed(declared: Variable, value: Any) -> Any:
    """Return `value` as the declared type keeps it.

    Raises:
        WrongTypeError: it is of another type; an int counts as a number, nothing else converts.
    """
    wanted = declared.type
    if wanted == "object":
        return value
    if wanted == "bool" and isinstance(value, bool):
        return value
    if wanted == "int" and isinstance(value, int) and not isinstance(value, bool):
        return value
    if wanted == "number" and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if wanted in {"string", "phone"} and isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise WrongTypeError(f"`{declared.name}` would hold over {MAX_TEXT} characters")
        if wanted == "phone" and value and not _PHONE.fullmatch(value):
            raise WrongTypeError(f"`{declared.name}` is a phone number; {value!r} is none")
        return value
    raise WrongTypeError(f"`{declared.name}` is {wanted}; the value is {_kind(value)}")


def texts_of(value: Any) -> set[str]:
    """Return every text and number in a value that a mask must hide."""
    if isinstance(value, Mapping):
        return {text for inner in value.values() for text in texts_of(inner)}
    if isinstance(value, list | tuple):
        return {text for inner in value for text in texts_of(inner)}
    if value is None or isinstance(value, bool) or value == "":
        return set()
    return {str(value)}


def _kind(value: Any) -> str:
    names = {bool: "bool", int: "int", float: "number", str: "text", type(None): "empty"}
    return names.get(type(value), "a list or an object")
