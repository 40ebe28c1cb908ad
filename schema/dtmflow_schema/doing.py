"""What a flow does and when: actions, transitions, handlers, timers.

In come the short forms of the language, out comes one normal form. Each item remembers where it
stood in the source (`at`), relative to the value that it was read from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    Strict,
    ValidationError,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from dtmflow_schema.actions import SESSION_ACTIONS, session_fields
from dtmflow_schema.arguments import ABSENT, Absent, Arguments, Signature, read, signature
from dtmflow_schema.base import MethodKind
from dtmflow_schema.catalogue import EVENTS, METHODS, actions
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
    IDENTIFIER,
    OWN_EVENT,
    Duration,
    Maybe,
    Text,
)

ACTION_NAMES: Final = (*actions(), *SESSION_ACTIONS)
"""Everything that may stand under `do:`, without leg prefixes."""

EVENT_KEY: Final = rf"^([A-Za-z_][A-Za-z0-9_]*\.)?({'|'.join(EVENTS)}){END}|{OWN_EVENT}"
"""Keys of `on:`: an event of the reference, of another leg with a prefix, or an own one."""


def form(name: str) -> WithJsonSchema:
    """Return the mark that the JSON Schema of a place is the named one of `jsonschema.FORMS`."""
    return WithJsonSchema({"x-form": name})


class Document(BaseModel):
    """A mapping in a document. Unknown keys are errors that list the known ones."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, validate_by_name=False
    )

    @model_validator(mode="wrap")
    @classmethod
    def _collect(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Add what `extra` finds to what the fields find, and name the known keys."""
        if isinstance(data, cls):
            return data
        if not isinstance(data, Mapping):
            raise ValidationError.from_exception_data(
                cls.__name__, [wrong_type("a mapping", (), data)]
            )
        found: list[InitErrorDetails] = []
        normal = cls.normalise(data, found)
        made: Self | None = None
        try:
            made = handler(normal)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                if detail["type"] == Problem.EXTRA_FORBIDDEN and len(detail["loc"]) == 1:
                    name = str(detail["loc"][0])
                    found.append(
                        unknown_key(Problem.EXTRA_FORBIDDEN, (name,), name, cls.known_keys())
                    )
                else:
                    found.append(moved(detail))
        collect(cls.__name__, found)
        assert made is not None  # noqa: S101 - or errors were found
        return made

    @classmethod
    def normalise(
        cls,
        data: Mapping[str, Any],
        found: list[InitErrorDetails],  # noqa: ARG003 - for subclasses
    ) -> dict[str, Any]:
        """Return the source in normal form; what is wrong across its keys goes into `found`."""
        return dict(data)

    @classmethod
    def known_keys(cls) -> list[str]:
        """Return the keys that an author may write here."""
        return [info.alias or name for name, info in cls.model_fields.items()]


class ActionItem(Document):
    """One action: a Call method on a leg, or a session action."""

    leg: str | None = None
    """Leg as written before the dot; None for the leg of the place."""
    method: str
    """Call method or session action."""
    arguments: dict[str, Any] = Field(default={})
    """Flat arguments under VoxEngine's names, as plain data. `set`: variable to value."""
    _at: Place = PrivateAttr(default=())
    _scalar: bool = PrivateAttr(default=False)

    @property
    def at(self) -> Place:
        """Place of the action's key, or of the bare name, in the value that it was read from."""
        return self._at

    @property
    def scalar(self) -> bool:
        """Whether the short form was used: the one argument stands where the action stands."""
        return self._scalar

    def argument_at(self, name: str) -> Place:
        """Return the place of an argument, relative as `at` is."""
        return self._at if self._scalar else (*self._at, name)


class Transition(Document):
    """One guarded entry of a handler, a timer or a completion."""

    if_: Maybe[Annotated[str, Strict()]] = Field(default=None, alias="if")
    """Condition (CEL); left out, always true."""
    do: Actions = ()
    """What is done on the way."""
    to: Maybe[Target] = None
    """Where to go; left out, the transition is internal: timers keep running."""
    _at: Place = PrivateAttr(default=())
    _short: bool = PrivateAttr(default=False)

    @property
    def at(self) -> Place:
        """Place of the entry in the value that it was read from: () or (index,)."""
        return self._at

    @property
    def short(self) -> bool:
        """Whether it was written as a bare target, so that the target stands at `at`."""
        return self._short


def read_action(
    name: object, raw: object, at: Place, *, partial: bool = False
) -> tuple[ActionItem | None, list[InitErrorDetails]]:
    """Read one action: its name and the value that stands beside it.

    `partial` is for tests, which may name some arguments only.
    """
    text = str(name)
    leg, dot, method = text.rpartition(".")
    wrong_leg = dot and re.search(IDENTIFIER, leg) is None
    declared = METHODS.get(method)
    if declared is not None and declared.kind is MethodKind.LISTENER:
        message = "{given} is not for flows; use on:"
        return None, [problem(Problem.LISTENER_METHOD, message, at, name, given=method)]
    if declared is not None and declared.kind is MethodKind.GETTER:
        message = "{given} is a property of the call; use ${call.{given}}"
        return None, [problem(Problem.GETTER_AS_ACTION, message, at, name, given=method)]
    if wrong_leg or (declared is None and (dot or text not in SESSION_ACTIONS)):
        return None, [unknown_key(Problem.UNKNOWN_ACTION, at, method or text, ACTION_NAMES)]
    result = _read_set(raw) if text == "set" else read(signature_of(method), raw, partial=partial)
    found = [_below(detail, at) for detail in result.problems]
    item = ActionItem.model_construct(leg=leg or None, method=method, arguments=result.values)
    item._at, item._scalar = at, result.scalar  # noqa: SLF001 - the reader fills its own item
    return item, found


def read_actions(raw: object) -> tuple[ActionItem, ...]:
    """Read the value of `do:` or `exit:`: a name, one mapping, or a list of those."""
    if isinstance(raw, tuple) and all(isinstance(item, ActionItem) for item in raw):
        return raw
    items: list[ActionItem] = []
    found: list[InitErrorDetails] = []
    entries = enumerate(raw) if isinstance(raw, list) else [(None, raw)]
    for index, entry in entries:
        at: Place = () if index is None else (index,)
        for name, value, place in _written(entry, at, found):
            item, wrong = read_action(name, value, place)
            found.extend(wrong)
            if item is not None:
                items.append(item)
    collect("actions", found)
    return tuple(items)


def _written(
    entry: object, at: Place, found: list[InitErrorDetails]
) -> list[tuple[object, object | Absent, Place]]:
    """Return the actions of one entry as (name, value, place); there should be one."""
    if isinstance(entry, str):
        return [(entry, ABSENT, at)]
    if not isinstance(entry, Mapping) or not entry:
        found.append(wrong_type("an action", at, entry))
        return []
    if len(entry) > 1:
        second = list(entry)[1]
        found.append(
            problem(
                Problem.SEVERAL_ACTIONS,
                "several actions in one mapping have no order; make it a list",
                (*at, second),
                entry,
                given=str(second),
            )
        )
    return [(name, value, (*at, name)) for name, value in entry.items()]


def _read_set(raw: object) -> Arguments:
    """Read `set:`, whose arguments are any variables."""
    if not isinstance(raw, Mapping) or not raw:
        return Arguments(
            {}, [wrong_type("a mapping of variables to values", (), raw)], scalar=False
        )
    found = [
        wrong_type("a name of letters, digits and _", (name,), name)
        for name in raw
        if re.search(IDENTIFIER, str(name)) is None
    ]
    found += [wrong_type("a value", (name,), None) for name, value in raw.items() if value is None]
    return Arguments(dict(raw), found, scalar=False)


def signature_of(method: str) -> Signature:
    """Return what an action takes, a Call method or a session action."""
    action = SESSION_ACTIONS.get(method)
    if action is None:
        return signature(method)
    return Signature(method, session_fields(action), action.shorthand)


def _below(detail: InitErrorDetails, at: Place) -> InitErrorDetails:
    return {**detail, "loc": at + tuple(detail.get("loc", ()))}


def read_transitions(raw: object, _handler: Callable[[object], object]) -> object:
    """Read a target, one entry, or a list of those."""
    if isinstance(raw, tuple) and all(isinstance(item, Transition) for item in raw):
        return raw
    if not isinstance(raw, list):
        return (_read_transition(raw, ()),)
    items: list[Transition] = []
    found: list[InitErrorDetails] = []
    if not raw:
        found.append(
            problem(
                Problem.VALUE_RANGE, "expected {expected}", (), raw, expected="at least one entry"
            )
        )
    for index, entry in enumerate(raw):
        try:
            items.append(_read_transition(entry, (index,)))
        except ValidationError as error:
            found.extend(moved(detail, (index,)) for detail in error.errors(include_url=False))
    collect("transitions", found)
    return tuple(items)


def _read_transition(raw: object, at: Place) -> Transition:
    if isinstance(raw, Mapping):
        made = Transition.model_validate(raw)
    elif isinstance(raw, str | int | float) and not isinstance(raw, bool) and raw != "":
        made = Transition.model_construct(to=str(getattr(raw, "source", raw)))
        made._short = True  # noqa: SLF001 - the reader fills its own item
    else:
        expected = "a target, or a mapping with if, do, to"
        raise ValidationError.from_exception_data("transition", [wrong_type(expected, (), raw)])
    made._at = at  # noqa: SLF001 - the reader fills its own item
    return made


def split_trigger(key: str) -> tuple[str, str]:
    """Return leg and event of a key of `on:`; the leg is "" when none is written."""
    leg, _, event = key.rpartition(".")
    return leg, event


def _some_text(text: str) -> str:
    if not text:
        raise PydanticCustomError("wrong_type", "expected {expected}", {"expected": "a target"})
    return text


def _event_key(key: object) -> object:
    if not isinstance(key, str) or re.search(EVENT_KEY, key) is None:
        given = split_trigger(str(key))[1]
        raise PydanticCustomError(
            "unknown_event", "unknown event {given}", {"given": given, "allowed": list(EVENTS)}
        )
    return key


Target = Annotated[
    Text,
    AfterValidator(_some_text),
    WithJsonSchema({"type": ["string", "number"], "minLength": 1}),
]
"""Where a transition goes: a short name, or a path with `/`."""
Actions = Annotated[tuple[ActionItem, ...], BeforeValidator(read_actions), form("actions")]
"""Value of `do:` and `exit:`."""
Transitions = Annotated[
    tuple[Transition, ...], WrapValidator(read_transitions), form("transitions")
]
"""Value of a handler, a timer, a choice, or `to:` of a state."""
Handlers = Annotated[
    dict[Annotated[str, BeforeValidator(_event_key)], Transitions], form("handlers")
]
"""Value of `on:`."""
Timers = Annotated[dict[Duration, Transitions], form("timers")]
"""Value of `after:`."""

Transition.model_rebuild()
