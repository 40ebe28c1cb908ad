"""The flow test document: steps that lead a flow, and what is expected of it.

`FlowTests.model_validate(data)` gives the normal form; errors as for a flow. Texts may hold
`${each}` and `${each.key}`, which a row of the table fills in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    Strict,
    TypeAdapter,
    ValidationError,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails

from dtmflow_schema.actions import Identifier
from dtmflow_schema.arguments import read_value
from dtmflow_schema.catalogue import EVENTS, FlatField, fields, flat_field
from dtmflow_schema.doing import (
    Document,
    form,
    split_trigger,
)
from dtmflow_schema.expectations import CHECKS, Expected, Requested, read_expected, read_text
from dtmflow_schema.kinds import OrExpression
from dtmflow_schema.problems import (
    Place,
    Problem,
    collect,
    moved,
    problem,
    unknown_key,
    wrong_type,
)
from dtmflow_schema.units import (
    END,
    EXPRESSION,
    IDENTIFIER,
    NO_HEADERS,
    Duration,
    Integer,
    Json,
    Matches,
    Maybe,
    OneLine,
    Text,
    XHeaders,
)

__all__ = [
    "CHECKS",
    "STEP_KINDS",
    "Case",
    "Expected",
    "Fail",
    "Fire",
    "FlowTests",
    "Hear",
    "HttpAnswer",
    "Incoming",
    "Requested",
    "Step",
]

STEP_KINDS: Final[Mapping[str, str]] = {
    "incoming": "A call comes in: `callerid`, `number`, `displayName`, `headers`, `params`.",
    "request": "A flow that is started by a request begins, with these parameters.",
    "fire": "An event happens; fields that are left out have their empty value.",
    "press": "The caller presses keys, one after the other, at once.",
    "hear": "This is playing now: a text, a `/pattern/` in it, or the address of a file.",
    "silence": "Sounds play to their end, then so much time passes.",
    "wait": "So much time passes, while sounds play as long as they take.",
    "answer": "A dialled leg answers.",
    "fail": "A dialled leg fails with a SIP code.",
    "drop": "A leg hangs up; `caller` is the incoming one.",
    "http": "The request that is under way is answered, or fails.",
    "expect": "Actions in this order since the last step that did something, and what holds now: "
    "`state`, `vars`, `outcome`, `dialed`, `requested`.",
}
"""The kinds of a step, and what each does."""
EVENT: Final = rf"^([A-Za-z_][A-Za-z0-9_]*\.)?({'|'.join(EVENTS)}){END}"
"""An event of the reference, of another leg with a prefix."""
LEG: Final = rf"{IDENTIFIER}|{EXPRESSION}"
NOW: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})"
    rf"{END}|{EXPRESSION}"
)

LegName = Annotated[str, Matches(LEG, "the name of a leg", "wrong_type")]
Keys = Annotated[Text, Matches(rf"^[0-9*#]+{END}|{EXPRESSION}", "keys 0-9, * and #", numbers=True)]
Status = Annotated[Annotated[Integer, Field(ge=100, le=599)], OrExpression()]
FailureCode = Annotated[Annotated[Integer, Field(ge=300, le=699)], OrExpression()]


class Incoming(Document):
    """A call comes in."""

    callerid: Text = ""
    """Number of the caller."""
    number: Text = ""
    """Number that was dialled."""
    display_name: Text = Field(default="", alias="displayName")
    """Name of the caller."""
    headers: XHeaders = NO_HEADERS
    """`X-` header fields of the INVITE."""
    params: dict[Identifier, Json] = Field(default={})
    """Parameters of the flow."""


class Fire(Document):
    """An event happens, caused by the far side."""

    event: str
    """Name of the event."""
    leg: str | None = None
    """Leg as written before the dot; None for the primary one."""
    payload: dict[str, Any] = Field(default={})
    """Payload fields by wire name; those left out have their empty value."""


class Hear(Document):
    """What is playing now: the whole text, `/pattern/` or the address of a file."""

    text: str
    """Text, pattern between slashes, or address."""
    leg: str | None = None
    """Leg that hears it; None for any."""


class Fail(Document):
    """A dialled leg is refused."""

    leg: str
    """The leg."""
    code: int | str
    """SIP status code, 300 to 699, or an expression of one."""


_EXCLUSIVE: Final = (
    ("text", "json"),
    *(("error", other) for other in ("status", "json", "text", "headers")),
)
"""Keys of `http:` that do not go together."""


class HttpAnswer(Document):
    """The answer to the outstanding HTTP request, or the error in its place."""

    status: Status = 200
    """Status code, 100 to 599."""
    json_: Maybe[Json] = Field(default=None, alias="json")
    """Body as JSON."""
    text: Maybe[Text] = None
    """Body as text."""
    headers: dict[str, OneLine] = NO_HEADERS
    """Header fields."""
    error: Maybe[Text] = None
    """Why no response arrived."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Forbid two bodies, and an error beside a response."""
        found = handler.resolve_ref_schema(handler(schema))
        found["allOf"] = [{"not": {"required": list(pair)}} for pair in _EXCLUSIVE]
        return found

    @classmethod
    def normalise(cls, data: Mapping[str, Any], found: list[InitErrorDetails]) -> dict[str, Any]:
        """Refuse two bodies, and an error beside a response."""
        for later, earlier in _EXCLUSIVE:
            if later in data and earlier in data:
                message = "{given} cannot be combined with {other}"
                kind = Problem.EXCLUSIVE_PARAMETERS
                found.append(
                    problem(kind, message, (later,), data[later], given=later, other=earlier)
                )
        return dict(data)


class Step(Document):
    """One step of a test."""

    kind: str
    """One of `STEP_KINDS`; its key stands at (index, kind) below `steps:`."""
    value: Any
    """`incoming` Incoming, `request` dict, `fire` Fire, `hear` Hear, `fail` Fail, `http`
    HttpAnswer, `expect` tuple of Expected; texts for press, silence, wait, answer, drop."""


def _read_fire(raw: object) -> Fire:
    """Read an event name, or one event with its payload."""
    if isinstance(raw, str):
        _known_event(raw, ())
        leg, event = split_trigger(raw)
        return Fire.model_construct(event=event, leg=leg or None, payload={})
    if not isinstance(raw, Mapping) or len(raw) != 1:
        raise ValidationError.from_exception_data("fire", [wrong_type("one event", (), raw)])
    key, payload = next(iter(raw.items()))
    _known_event(key, (key,))
    leg, event = split_trigger(key)
    if not isinstance(payload, Mapping):
        raise ValidationError.from_exception_data(
            "fire", [wrong_type("a mapping of payload fields", (key,), payload)]
        )
    return Fire.model_construct(
        event=event, leg=leg or None, payload=_payload(event, key, payload)
    )


def _known_event(key: object, place: Place) -> None:
    if not isinstance(key, str) or re.search(EVENT, key) is None:
        given = split_trigger(str(key))[1]
        raise ValidationError.from_exception_data(
            "fire", [unknown_key(Problem.UNKNOWN_EVENT, place, given, EVENTS)]
        )


def _payload(event: str, key: str, raw: Mapping[str, object]) -> dict[str, Any]:
    known = payload_fields(event)
    found: list[InitErrorDetails] = []
    values: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in known:
            kind = Problem.UNKNOWN_PARAMETER
            found.append(unknown_key(kind, (key, name), str(name), known))
            continue
        values[name], wrong = read_value(known[name], value, (key, name))
        found.extend(wrong)
    collect("fire", found)
    return values


def payload_fields(event: str) -> Mapping[str, FlatField]:
    """Return the payload fields of an event that a test may set."""
    common = ("call", "name", "id")
    declared = fields(EVENTS[event]).items()
    return {name: flat_field(name, info) for name, info in declared if name not in common}


def _read_hear(raw: object) -> Hear:
    """Read a text, or one leg with its text."""
    if isinstance(raw, Mapping):
        leg, text = _one_leg(raw, "hear")
        return Hear.model_construct(text=read_text(text, (leg,)), leg=leg)
    return Hear.model_construct(text=read_text(raw, ()), leg=None)


def _read_fail(raw: object) -> Fail:
    """Read one leg with the code of its refusal."""
    if not isinstance(raw, Mapping):
        raise ValidationError.from_exception_data(
            "fail", [wrong_type("a leg with a status code", (), raw)]
        )
    leg, code = _one_leg(raw, "fail")
    try:
        return Fail.model_construct(leg=leg, code=_FAILURE.validate_python(code))
    except ValidationError as error:
        wrong = [moved(detail, (leg,)) for detail in error.errors(include_url=False)]
        raise ValidationError.from_exception_data("fail", wrong) from None


def _one_leg(raw: Mapping[str, object], title: str) -> tuple[str, object]:
    if len(raw) != 1:
        raise ValidationError.from_exception_data(title, [wrong_type("one leg", (), raw)])
    leg, value = next(iter(raw.items()))
    if re.search(LEG, str(leg)) is None:
        wrong = wrong_type("the name of a leg", (leg,), leg)
        raise ValidationError.from_exception_data(title, [wrong])
    return str(leg), value


def _read_step(raw: object) -> object:
    """Read a step: one key with its value."""
    if isinstance(raw, Step):
        return raw
    if not isinstance(raw, Mapping) or not raw:
        raise ValidationError.from_exception_data("step", [wrong_type("a step", (), raw)])
    found: list[InitErrorDetails] = []
    step: Step | None = None
    for number, (kind, value) in enumerate(raw.items()):
        if kind not in STEP_KINDS:
            extra = Problem.EXTRA_FORBIDDEN
            found.append(unknown_key(extra, (kind,), str(kind), STEP_KINDS))
            continue
        if number:
            message = "several steps in one mapping have no order; make it a list"
            several = Problem.SEVERAL_ACTIONS
            found.append(problem(several, message, (kind,), dict(raw), given=str(kind)))
        try:
            read = _STEPS[kind].validate_python(value)
        except ValidationError as error:
            found.extend(moved(detail, (kind,)) for detail in error.errors(include_url=False))
            continue
        step = Step.model_construct(kind=kind, value=read)
    collect("step", found)
    return step


def _read_row(raw: object) -> object:
    """Check a row of the table: a scalar, or a mapping of names to scalars."""
    found: list[InitErrorDetails] = []
    if isinstance(raw, Mapping):
        for name, value in raw.items():
            if re.search(IDENTIFIER, str(name)) is None:
                found.append(wrong_type("a name of letters, digits and _", (name,), name))
            if not isinstance(value, str | int | float | bool):
                found.append(wrong_type("a text, number or true or false", (name,), value))
    elif not isinstance(raw, str | int | float | bool):
        found.append(wrong_type("a value, or a mapping of values", (), raw))
    collect("row", found)
    return raw


def _reader(read: Any) -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[Any, BeforeValidator(read)])


_FAILURE: Final = TypeAdapter[int | str](FailureCode)
_DURATION: Final = TypeAdapter[Any](Duration)
_LEG: Final = TypeAdapter[Any](LegName)
_STEPS: Final[Mapping[str, TypeAdapter[Any]]] = {
    "incoming": TypeAdapter(Incoming),
    "request": TypeAdapter(dict[Identifier, Json]),
    "fire": _reader(_read_fire),
    "press": TypeAdapter(Keys),
    "hear": _reader(_read_hear),
    "silence": _DURATION,
    "wait": _DURATION,
    "answer": _LEG,
    "fail": _reader(_read_fail),
    "drop": _LEG,
    "http": TypeAdapter(HttpAnswer),
    "expect": _reader(read_expected),
}
Row = Annotated[Any, BeforeValidator(_read_row), form("row")]
StepItem = Annotated[Step, BeforeValidator(_read_step), form("step")]


class Case(Document):
    """One test."""

    name: Text
    """What it shows, as a sentence."""
    now: Maybe[Annotated[str, Strict(), Matches(NOW, "a date and time with its zone")]] = None
    """Time at the start, for example `2026-03-04T10:00:00+01:00`."""
    each: Maybe[tuple[Row, ...]] = None
    """Rows of a table: the test runs once for each. `${each}`, `${each.key}` name its values."""
    steps: tuple[StepItem, ...]
    """The steps, in order."""


class FlowTests(Document):
    """Tests of a flow."""

    flow: Text
    """File of the flow, relative to this one."""
    tests: tuple[Case, ...]
    """The tests."""
