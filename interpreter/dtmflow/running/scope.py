"""The names that expressions of a flow may read, resolved when they are asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any

from dtmflow.running.context import Context, LegFacts
from dtmflow_schema.base import Event


class Scope(Mapping[str, Any]):
    """Flat values by qualified name: `tries`, `event.tone`, `call.number`, `now`.

    A view: it follows the context, so that a guard sees what the action before it has set.
    """

    __slots__ = ("_context", "_environment", "_now", "_primary")

    def __init__(
        self,
        context: Context,
        primary: str,
        now: datetime,
        environment: Mapping[str, str | None] = MappingProxyType({}),
    ) -> None:
        self._context, self._primary, self._now = context, primary, now
        self._environment = environment

    def __getitem__(self, name: str) -> Any:
        context = self._context
        if name in context.variables:
            return context.variables[name]
        first, _, rest = name.partition(".")
        match first:
            case "event":
                value = context.event[rest]
            case "params":
                value = context.params[rest]
            case "call":
                value = _getter(context.legs[self._primary], rest)
            case "legs":
                leg, _, getter = rest.partition(".")
                value = _getter(context.legs[leg], getter)
            case "env" if self._environment[rest] is not None:
                value = self._environment[rest]
            case "lang":
                value = context.lang
            case "now":
                value = self._now
            case _:
                raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        context = self._context
        yield from context.variables
        yield from (f"event.{name}" for name in context.event)
        yield from (f"params.{name}" for name in context.params)
        yield from (f"call.{name}" for name in GETTERS)
        yield from (f"legs.{leg}.{name}" for leg in context.legs for name in GETTERS)
        yield from (
            f"env.{name}" for name, value in self._environment.items() if value is not None
        )
        yield from ("lang", "now")

    def __len__(self) -> int:
        return sum(1 for _ in self)


GETTERS = {
    "callerid": "callerid",
    "clientType": "client_type",
    "customData": "custom_data",
    "displayName": "display_name",
    "id": "id",
    "incoming": "incoming",
    "number": "number",
    "state": "state",
    "toString": "",
    "vad": "vad",
}
"""Getters of a leg -> attribute of its facts; `toString` is put together."""


def _getter(facts: LegFacts, name: str) -> Any:
    if name == "toString":
        return f"call {facts.id} {facts.state}"
    value = getattr(facts, GETTERS[name])
    return str(value) if isinstance(value, str) else value


@cache
def _payload(event: type[Event]) -> tuple[tuple[str, str], ...]:
    return tuple((field, info.alias or field) for field, info in event.model_fields.items())


def fields_of(event: Event) -> dict[str, Any]:
    """Return the payload of an event as plain data under VoxEngine's names."""
    return {alias: _plain(getattr(event, field)) for field, alias in _payload(type(event))}


_SCALARS = frozenset({str, bool, int, float})


def _plain(value: Any) -> Any:
    if type(value) in _SCALARS or isinstance(value, int | float):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value.value if isinstance(value, Enum) else value.wire()
