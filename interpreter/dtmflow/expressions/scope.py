"""Which names an expression may use, by where it stands.

Bare names are variables; everything else is qualified: `params.x`, `event.tone`, `call.number`,
`legs.agent.state`, `prompts.welcome`, `env.X`; `input`, `lang` and `now` are built in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dtmflow.expressions.types import OF_VARIABLE, Scope, Type
from dtmflow_schema.catalogue import EVENTS, getters, payload_types, result_type

_OF_PYTHON: Mapping[type, Type] = {
    str: Type.STRING,
    int: Type.INT,
    float: Type.DOUBLE,
    bool: Type.BOOL,
    list: Type.LIST,
    dict: Type.MAP,
}
"""Types of the catalogue's plain data."""

GETTERS: Scope = {name: _OF_PYTHON[result_type(method)] for name, method in getters().items()}
"""The pure getters of a Call and `customData`, as properties of `call` and `legs.<leg>`."""

RESERVED = frozenset(
    {"call", "end", "env", "event", "input", "lang", "legs", "now", "params", "prompts"}
)
"""Names that no variable may bear."""

TYPE_NAMES = frozenset(
    {
        *("bool", "bytes", "double", "dyn", "int", "list"),
        *("map", "null_type", "string", "type", "uint"),
    }
)
"""Types of CEL, which are values there: no variable may bear their names either."""

NO_EVENT: Scope = {}
"""What `event` holds for a timer, or at the start of a flow: nothing."""

FAULT: Scope = {
    "event.action": Type.STRING,
    "event.reason": Type.STRING,
    "event.line": Type.INT,
}
"""Payload of `fault`."""

OUTCOMES: Mapping[tuple[str, str], Scope] = {
    ("http", "ok"): {
        "event.status": Type.INT,
        "event.text": Type.STRING,
        "event.json": Type.DYN,
        "event.headers": Type.MAP,
    },
    ("http", "error"): {"event.reason": Type.STRING},
    ("connect", "ok"): {},
    ("connect", "busy"): {"event.code": Type.INT, "event.reason": Type.STRING},
    ("connect", "noanswer"): {"event.code": Type.INT, "event.reason": Type.STRING},
    ("connect", "declined"): {"event.code": Type.INT, "event.reason": Type.STRING},
    ("connect", "failed"): {"event.code": Type.INT, "event.reason": Type.STRING},
}
"""Payloads of the outcomes of state kinds."""


@dataclass(frozen=True)
class Names:
    """What a flow declares, as expressions see it."""

    variables: Mapping[str, str] = field(default_factory=dict)
    """Name -> declared type, of variables and return values."""
    params: Mapping[str, str] = field(default_factory=dict)
    legs: Iterable[str] = ()
    prompts: Iterable[str] = ()
    env: Iterable[str] = ()
    """Environment variables that the project allows."""

    def scope(self) -> dict[str, Type]:
        """Return every name that is known everywhere in the flow."""
        known = {
            name: OF_VARIABLE.get(kind, Type.DYN)
            for name, kind in self.variables.items()
            if name not in TYPE_NAMES
        }
        known |= {
            f"params.{name}": OF_VARIABLE.get(kind, Type.DYN) for name, kind in self.params.items()
        }
        known |= {f"call.{getter}": kind for getter, kind in GETTERS.items()}
        known |= {
            f"legs.{leg}.{getter}": kind for leg in self.legs for getter, kind in GETTERS.items()
        }
        known |= {f"prompts.{name}": Type.STRING for name in self.prompts}
        known |= {f"env.{name}": Type.STRING for name in self.env}
        return known | {"lang": Type.STRING, "now": Type.TIMESTAMP}


def event_scope(event: str) -> Scope:
    """Return `event.<field>` with types for a Call event, `fault` or an event of our own."""
    if event == "fault":
        return {**FAULT, "event.name": Type.STRING}
    if event[:1].islower():
        return {"event.name": Type.STRING}
    if event not in EVENTS:
        return NO_EVENT
    payload = payload_types(EVENTS[event])
    return {f"event.{name}": _OF_PYTHON[kind] for name, kind in payload.items()}


def shared(scopes: Iterable[Scope]) -> Scope:
    """Return the names that all scopes have with one type: what is sure to be there."""
    every = list(scopes)
    if not every:
        return NO_EVENT
    first, *rest = every
    return {
        name: kind for name, kind in first.items() if all(each.get(name) == kind for each in rest)
    }
