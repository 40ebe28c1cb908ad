"""The flow document: what an author writes, checked and in normal form.

`Flow.model_validate(data)` takes plain data as a YAML reader gives it. All errors come at once, in
the types of `problems`, at the places of the source. Short forms are gone afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    PrivateAttr,
    ValidationError,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from dtmflow_schema.actions import Addresses, Identifier
from dtmflow_schema.doing import Actions, Document, Handlers, Timers, Transitions, form
from dtmflow_schema.kinds import BooleanOrText, Connect, Gather, Http, Menu, PromptKind, RunKind
from dtmflow_schema.problems import Problem, problem, wrong_type
from dtmflow_schema.units import (
    END,
    NO_HEADERS,
    OWN_EVENT,
    Boolean,
    Duration,
    InviteHeaders,
    Json,
    Matches,
    Maybe,
    Taken,
    Text,
    as_text,
)

VERSION: Final = 1
"""The version of the language."""
KINDS: Final = ("prompt", "menu", "gather", "connect", "http", "run")
"""The kinds of a state, of which it has at most one."""
RESERVED: Final = ("conference", "queue", "parallel")
"""Words of a later version."""
TYPES: Final = ("string", "int", "number", "bool", "phone", "object")
"""Types of variables, parameters and return values."""
_DEFAULTS: Final[tuple[tuple[list[str], str | list[str]], ...]] = (
    (["string", "phone"], ["string", "number"]),
    (["int"], "integer"),
    (["number"], "number"),
    (["bool"], "boolean"),
)
"""Types of variables with the JSON type of their default."""
TypeName = Literal["string", "int", "number", "bool", "phone", "object"]
LANGUAGE: Final = rf"^[A-Za-z]{{2,3}}(-[A-Za-z0-9]+)*{END}"
"""A language tag (BCP 47)."""


class Variable(Document):
    """A variable, parameter or return value."""

    type: TypeName
    """Type; where only a default is given, the type of that."""
    default: Json = None
    """Value at the start."""
    secret: Boolean = False
    """Whether its value is masked in journals and traces."""
    _declared: bool = PrivateAttr(default=True)

    @property
    def has_default(self) -> bool:
        """Whether a default was given."""
        return "default" in self.model_fields_set

    @property
    def short(self) -> bool:
        """Whether it was written without a mapping."""
        return not self._declared

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Let a default stand for the type, and hold it against the type."""
        found = handler.resolve_ref_schema(handler(schema))
        found["properties"]["default"] = {"x-form": "given"}
        del found["required"]
        found["anyOf"] = [{"required": ["type"]}, {"required": ["default"]}]
        found["allOf"] = [
            {
                "if": {"required": ["type"], "properties": {"type": {"enum": names}}},
                "then": {"properties": {"default": {"type": fits}}},
            }
            for names, fits in _DEFAULTS
        ]
        return found

    @classmethod
    def normalise(cls, data: Mapping[str, Any], found: list[InitErrorDetails]) -> dict[str, Any]:
        """Derive the type from the default, and hold the default against the type."""
        normal = dict(data)
        if "default" not in data:
            return normal
        default = data["default"]
        if default is None:
            found.append(wrong_type("a value", ("default",), default))
            return normal
        kind = normal.setdefault("type", type_of(default))
        expected = expected_of(kind, default) if isinstance(kind, str) else None
        if expected is not None:
            found.append(wrong_type(expected, ("default",), default))
        elif kind in ("string", "phone"):
            normal["default"] = as_text(default)
        return normal


def type_of(value: object) -> str:
    """Return the type that a default gives its variable."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, float):
        return "number"
    return "string" if isinstance(value, str) else "object"


def expected_of(kind: str, value: object) -> str | None:
    """Return what a default should be where it does not fit its type, else None."""
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        "string": (isinstance(value, str) or number, "a text"),
        "phone": (isinstance(value, str) or number, "a text"),
        "int": (number and whole, "a whole number"),
        "number": (number, "a number"),
        "bool": (isinstance(value, bool), "true or false"),
    }.get(kind, (True, ""))
    return None if fits[0] else fits[1]


def _read_declaration(raw: object) -> object:
    """Read a parameter or return value: a type name, or a mapping."""
    if isinstance(raw, str):
        if raw not in TYPES:
            expected = f"{', '.join(TYPES[:-1])} or {TYPES[-1]}"
            facts = {"expected": expected, "given": raw, "allowed": list(TYPES)}
            wrong = problem(Problem.WRONG_TYPE, "expected {expected}", (), raw, **facts)
            raise ValidationError.from_exception_data("type", [wrong])
        return _short({"type": raw})
    return raw


def _read_variable(raw: object) -> object:
    """Read a variable: its default, or a mapping."""
    if isinstance(raw, Mapping | Variable):
        return raw
    if raw is None:
        raise PydanticCustomError("wrong_type", "expected {expected}", {"expected": "a value"})
    return _short({"type": type_of(raw), "default": raw})


def _short(facts: dict[str, Any]) -> Variable:
    variable = Variable.model_construct(set(facts), **facts)
    variable._declared = False  # noqa: SLF001 - the reader fills its own item
    return variable


class Leg(Document):
    """A named outgoing leg; `dial:` calls it."""

    to: Maybe[Addresses] = None
    """Address to call, or several."""
    from_: Maybe[Text] = Field(default=None, alias="from")
    """Number to show to the callee."""
    timeout: Maybe[Duration] = None
    """How long to ring."""
    amd: Maybe[BooleanOrText] = None
    """Whether an answering machine is told from a human."""
    headers: InviteHeaders = NO_HEADERS
    """Header fields of the INVITE."""
    strategy: Maybe[Literal["all", "order"]] = None
    """Several addresses ring all at once, or one after the other in order."""


def _read_texts(raw: object) -> object:
    """Read a prompt of the catalogue: a text, or a mapping of languages to texts."""
    if not isinstance(raw, Mapping):
        return {"": as_text(raw)}
    if not raw or "" in raw:
        raise PydanticCustomError(
            "wrong_type", "expected {expected}", {"expected": "languages with their texts"}
        )
    return raw


def _read_version(raw: object) -> object:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise PydanticCustomError(
            "wrong_type", "expected {expected}", {"expected": f"the number {VERSION}"}
        )
    if raw != VERSION:
        raise PydanticCustomError(
            "unsupported_version",
            "version {given} is not supported; this is version {supported}",
            {"given": raw, "supported": VERSION},
        )
    return int(raw)


def _read_requires(raw: object) -> object:
    text = as_text(raw)
    if raw != VERSION and text not in ("1", "1.0"):
        raise PydanticCustomError(
            "unsupported_version",
            "the flow requires version {given}; this is version {supported}",
            {"given": text, "supported": "1.0"},
        )
    return text


_EXCLUDES: Final[Mapping[str, tuple[str, ...]]] = {
    "states": ("to",),
    "final": ("on", "after", "to", "initial", "states", *KINDS),
}
"""Keys of a state with those that have no meaning beside them."""


def _excluded(data: Mapping[str, Any], first: str, second: str) -> InitErrorDetails:
    """Return the error for two keys that exclude each other; the later one is marked."""
    later, earlier = sorted((first, second), key=list(data).index, reverse=True)
    message = "{given} cannot be combined with {other}"
    kind = Problem.EXCLUSIVE_PARAMETERS
    return problem(kind, message, (later,), data[later], given=later, other=earlier)


class State(Document):
    """A state: what it does when entered, what it waits for, where it goes."""

    do: Actions = ()
    """Done on entry."""
    exit: Actions = ()
    """Done when the state is left."""
    on: Handlers = Field(default={})
    """Event to transition. Other legs as `leg.Event`; lower-case names are outcomes."""
    after: Timers = Field(default={})
    """Duration to transition; timers start on entry and die with the state."""
    to: Transitions = ()
    """Where to go when the state's own work is done: a target, or a guarded list."""
    initial: Maybe[Identifier] = None
    """Nested state to begin with; left out, the first one."""
    states: States = Field(default={})
    """Nested states."""
    final: Maybe[Annotated[str, Matches(OWN_EVENT, "a lower-case name", "wrong_type")]] = None
    """Ends the flow with this outcome."""
    must_hear: Boolean = False
    """Whether what is played here has to be heard, so that playback errors need a handler."""
    prompt: Maybe[PromptKind] = None
    """Play sounds."""
    menu: Maybe[Menu] = None
    """Ask for a key."""
    gather: Maybe[Gather] = None
    """Ask for digits."""
    connect: Maybe[Connect] = None
    """Dial and bridge."""
    http: Maybe[Http] = None
    """Send an HTTP request."""
    run: Maybe[RunKind] = None
    """Run another flow."""

    @property
    def kind(self) -> str | None:
        """Name of the state's kind, if it has one."""
        return next((name for name in KINDS if getattr(self, name) is not None), None)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """State which keys exclude each other."""
        found = handler.resolve_ref_schema(handler(schema))
        kinds = {name: (*KINDS[at + 1 :], "states") for at, name in enumerate(KINDS)}
        found["allOf"] = [
            {
                "if": {"required": [first]},
                "then": {"properties": dict.fromkeys(others, False)},
            }
            for first, others in {**kinds, **_EXCLUDES}.items()
        ]
        return found

    @classmethod
    def normalise(cls, data: Mapping[str, Any], found: list[InitErrorDetails]) -> dict[str, Any]:
        """Refuse a second kind, keys that exclude each other, words without a meaning yet."""
        given = [name for name in data if name in KINDS]
        for second in given[1:]:
            message = "a state has one kind; {given} is the second beside {other}"
            kind = Problem.TWO_KINDS
            found.append(
                problem(kind, message, (second,), data[second], given=second, other=given[0])
            )
        kinds = dict.fromkeys(given[:1], ("states",))
        for first, others in {**kinds, **_EXCLUDES}.items():
            both = [name for name in data if name in others] if first in data else []
            found.extend(_excluded(data, first, name) for name in both)
        reserved = [name for name in data if name in RESERVED]
        for name in reserved:
            message = "{given} is reserved for a later version"
            found.append(problem(Problem.RESERVED_WORD, message, (name,), data[name], given=name))
        return {name: value for name, value in data.items() if name not in reserved}


def _some(states: dict[str, State]) -> dict[str, State]:
    if not states:
        raise PydanticCustomError(
            "value_range", "expected {expected}", {"expected": "at least one state"}
        )
    return states


States = Annotated[
    dict[Annotated[Identifier, Taken("end", "the built-in final state")], State],
    BeforeValidator(_some),
    form("states"),
]
Declaration = Annotated[Variable, BeforeValidator(_read_declaration), form("declaration")]
DeclaredVariable = Annotated[Variable, BeforeValidator(_read_variable), form("variable")]
Language = Annotated[str, Matches(rf"{LANGUAGE}|^{END}", "a language such as en", "wrong_type")]
CataloguePrompt = Annotated[
    dict[Language, Text], BeforeValidator(_read_texts), form("catalogue_prompt")
]


class Flow(Document):
    """A flow."""

    version: Annotated[int, BeforeValidator(_read_version), WithJsonSchema({"const": VERSION})]
    """Version of the language; always 1."""
    name: Text = ""
    """Name of the flow."""
    description: Text = ""
    """What it is for."""
    start: Literal["incoming", "request", "sub"] = "incoming"
    """How it starts: with a call, by a request, or through `run` of another flow."""
    primary: Maybe[Identifier] = None
    """Leg that actions without a prefix mean, where no call comes in."""
    requires: Maybe[
        Annotated[
            str,
            BeforeValidator(_read_requires),
            WithJsonSchema({"enum": ["1.0", "1", VERSION]}),
        ]
    ] = None
    """Least version of the language that it needs."""
    params: dict[Identifier, Declaration] = Field(default={})
    """What the flow is given: type names, or mappings with `type` and `default`."""
    returns: dict[Identifier, Declaration] = Field(default={})
    """What it gives back to the flow that ran it."""
    vars: dict[Identifier, DeclaredVariable] = Field(default={})
    """Variables: a default, or a mapping with `type`, `default`, `secret`."""
    legs: dict[Annotated[Identifier, Taken("caller", "the incoming leg")], Leg] = Field(default={})
    """Outgoing legs. The incoming one is `caller`."""
    prompts: dict[Identifier, CataloguePrompt] = Field(default={})
    """Texts by name and language; a text for all languages stands under ""."""
    initial: Maybe[Identifier] = None
    """State to begin with; left out, the first one."""
    on: Handlers = Field(default={})
    """Handlers that all states inherit."""
    after: Timers = Field(default={})
    """Timers of the whole flow."""
    states: States
    """The states."""


State.model_rebuild()
Flow.model_rebuild()
