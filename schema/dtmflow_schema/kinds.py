"""The kinds of a state: prompt, menu, gather, connect, http, run.

Each is sugar or work that the state does; what comes of it is a lower-case event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, GetJsonSchemaHandler, Strict, ValidationError, WrapValidator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from dtmflow_schema.actions import Addresses, Identifier
from dtmflow_schema.doing import ActionItem, Document, Transitions, form, read_action
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
    NO_HEADERS,
    Boolean,
    Duration,
    Integer,
    InviteHeaders,
    Json,
    Matches,
    Maybe,
    OneLine,
    Text,
    as_text,
    holds_expression,
)

SOUNDS: Final = ("say", "startPlayback")
"""The actions that a prompt is made of."""
CHOICE: Final = (
    rf"^[0-9*#]+{END}|^/(([0-9#]|\\\*|\\d|\[[0-9*#-]+\])(\{{[0-9]+(,[0-9]*)?\}}|[+*?])?)+/{END}"
)
"""Keys of `choices:`: keys to press, or `/pattern/` of digit classes and repetitions."""
HTTP_METHODS: Final = ("get", "post", "put", "patch", "delete")


class OrExpression:
    """A value that may also be a text with `${...}`."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Let expressions pass."""

        def read(value: object, inner: Callable[[object], object]) -> object:
            return value if holds_expression(value) else inner(value)

        return WrapValidator(read).__get_pydantic_core_schema__(source, handler)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        """Mark the place for the generator."""
        return {**handler(schema), "x-expression": True}


IntegerOrText = Annotated[Integer, OrExpression()]
BooleanOrText = Annotated[Boolean, OrExpression()]
Count = Annotated[Annotated[Integer, Field(ge=0)], OrExpression()]
OneKey = Annotated[Text, Matches(rf"^[0-9*#]{END}", "one key", "wrong_type", numbers=True)]
AtLeastOnce = Annotated[Annotated[Integer, Field(ge=1)], OrExpression()]


def read_sounds(raw: object, at: Place = ()) -> tuple[ActionItem, ...]:
    """Read a prompt: one `say:` or `startPlayback:`, or a list of those."""
    items: list[ActionItem] = []
    found: list[InitErrorDetails] = []
    entries = enumerate(raw) if isinstance(raw, list) else [(None, raw)]
    if raw == []:
        found.append(wrong_type("at least one say or startPlayback", at, raw))
    for index, entry in entries:
        place = at if index is None else (*at, index)
        if not isinstance(entry, Mapping) or len(entry) == 0:
            found.append(wrong_type("say or startPlayback with its value", place, entry))
            continue
        for number, (name, value) in enumerate(entry.items()):
            if name not in SOUNDS:
                kind = Problem.EXTRA_FORBIDDEN
                found.append(unknown_key(kind, (*place, name), str(name), SOUNDS))
                continue
            if number:
                found.append(_several((*place, name), entry))
            item, wrong = read_action(name, value, (*place, name))
            found.extend(wrong)
            items += [] if item is None else [item]
    collect("prompt", found)
    return tuple(items)


def _several(place: Place, raw: object) -> InitErrorDetails:
    message = "several sounds in one mapping have no order; write prompt: with a list"
    return problem(Problem.SEVERAL_ACTIONS, message, place, raw, given=str(place[-1]))


class Sounds(Document):
    """Something to play: `say:`, `startPlayback:`, or `prompt:` with one of those or a list."""

    prompt: tuple[ActionItem, ...]
    """The sounds in order; places are relative to this mapping."""

    @classmethod
    def normalise(cls, data: Mapping[str, Any], found: list[InitErrorDetails]) -> dict[str, Any]:
        """Gather the sounds under `prompt`."""
        given = [name for name in data if name in (*SOUNDS, "prompt")]
        rest = {name: value for name, value in data.items() if name not in given}
        if not given:
            found.append(InitErrorDetails(type="missing", loc=("say",), input=dict(data)))
        found.extend(_several((name,), dict(data)) for name in given[1:])
        rest["prompt"] = ()
        for name in given:
            sounds = data[name] if name == "prompt" else {name: data[name]}
            place = ("prompt",) if name == "prompt" else ()
            try:
                rest["prompt"] += read_sounds(sounds, place)
            except ValidationError as error:
                found.extend(moved(detail) for detail in error.errors(include_url=False))
        return rest

    @classmethod
    def known_keys(cls) -> list[str]:
        """Return the keys with those that a prompt may have."""
        return [*SOUNDS, *super().known_keys()]

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """State the sounds as their keys."""
        found = handler.resolve_ref_schema(handler(schema))
        sounds = {name: {"x-form": name} for name in SOUNDS}
        found["properties"] = {**sounds, **found["properties"], "prompt": {"x-form": "sounds"}}
        found["required"] = [name for name in found["required"] if name != "prompt"]
        found["oneOf"] = [{"required": [name]} for name in (*SOUNDS, "prompt")]
        if not found["required"]:
            del found["required"]
        return found


class Prompt(Sounds):
    """Sounds that the state plays. Outcomes: `ok`, `error`."""

    leg: Maybe[Identifier] = None
    """Leg that hears them; left out, the primary one."""


class Asking(Prompt):
    """What `menu` and `gather` share: a question, and what happens without a good answer."""

    noinput: Maybe[Sounds] = None
    """Played when no key came in time."""
    nomatch: Maybe[Sounds] = None
    """Played when the keys were no good answer; `${input}` holds them."""
    timeout: Maybe[Duration] = None
    """How long to wait for the first key after the prompt."""
    interdigit: Maybe[Duration] = None
    """How long to wait for the next key."""
    retries: Maybe[Count] = None
    """How often the prompt is repeated after the first time, for no-input and no-match alike."""
    bargein: BooleanOrText = True
    """Whether a key interrupts the prompt."""
    typeahead: Literal["keep", "flush"] = "keep"
    """Whether keys pressed before the prompt count; after a no-match they never do."""


class Menu(Asking):
    """A question with a key for each answer. Outcomes: each choice, `exhausted`."""

    choices: Annotated[
        dict[
            Annotated[
                str, Matches(CHOICE, "keys 0-9, * and #, or a /pattern/ of them", "wrong_type")
            ],
            Transitions,
        ],
        form("choices"),
    ]
    """Keys, or a `/pattern/` of digit classes and repetitions, to transitions."""


class Gather(Asking):
    """A question that is answered by a number of digits. Outcomes: `ok`, `exhausted`."""

    into: Identifier
    """Variable that receives the digits."""
    digits: Maybe[AtLeastOnce] = None
    """How many digits; or give `min` and `max`."""
    min: Maybe[AtLeastOnce] = None
    """Fewest digits."""
    max: Maybe[AtLeastOnce] = None
    """Most digits."""
    end: Maybe[OneKey] = None
    """Key that ends the input."""
    valid: Maybe[Annotated[str, Strict()]] = None
    """Condition (CEL) on `input`; where it is false, the answer is a no-match."""

    @classmethod
    def normalise(cls, data: Mapping[str, Any], found: list[InitErrorDetails]) -> dict[str, Any]:
        """Refuse speech input by name."""
        if "speech" in data:
            message = "gather: {given} is reserved until a speech recogniser is there"
            kind = Problem.RESERVED_WORD
            found.append(problem(kind, message, ("speech",), data["speech"], given="speech"))
        for name in ("min", "max"):
            if name in data and "digits" in data:
                kind, message = (
                    Problem.EXCLUSIVE_PARAMETERS,
                    "{given} cannot be combined with {other}",
                )
                found.append(
                    problem(kind, message, (name,), data[name], given=name, other="digits")
                )
        kept = {name: value for name, value in data.items() if name != "speech"}
        return super().normalise(kept, found)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """State that `digits` stands for `min` and `max`."""
        found = super().__get_pydantic_json_schema__(schema, handler)
        found["if"] = {"required": ["digits"]}
        found["then"] = {"properties": {"min": False, "max": False}}
        return found


class Connect(Document):
    """Dial, wait for an answer and bridge. Outcomes: `ok busy noanswer declined failed`."""

    to: Addresses
    """Address to call, or several."""
    from_: Maybe[Text] = Field(default=None, alias="from")
    """Number to show to the callee."""
    timeout: Maybe[Duration] = None
    """How long to ring."""
    amd: Maybe[BooleanOrText] = None
    """Whether an answering machine is told from a human."""
    headers: InviteHeaders = NO_HEADERS
    """Header fields of the INVITE."""
    ringback: Maybe[Literal["US", "RU"]] = None
    """Country of the tone that is heard meanwhile."""
    strategy: Maybe[Literal["all", "order"]] = None
    """Several addresses ring all at once, or one after the other in order."""
    leg: Maybe[Identifier] = None
    """Leg to be connected; left out, the primary one."""


class Http(Document):
    """One HTTP request. Outcomes: `ok` (a response arrived), `error`."""

    method: str
    """`get`, `post`, `put`, `patch` or `delete`; in a flow it is the key of the address."""
    url: Text
    """Address."""
    headers: dict[str, OneLine] = NO_HEADERS
    """Header fields."""
    json_: Maybe[Json] = Field(default=None, alias="json")
    """Body, sent as JSON."""
    text: Maybe[Text] = None
    """Body, sent as it is."""
    timeout: Maybe[Duration] = None
    """How long to wait for the response."""
    into: Maybe[Identifier] = None
    """Variable that receives the JSON of the response."""

    @classmethod
    def normalise(cls, data: Mapping[str, Any], found: list[InitErrorDetails]) -> dict[str, Any]:
        """Split the key of the address into method and address."""
        given = [name for name in data if name in HTTP_METHODS]
        rest = {name: value for name, value in data.items() if name not in given}
        for name in ("method", "url"):
            if name in rest:
                kind = Problem.EXTRA_FORBIDDEN
                found.append(unknown_key(kind, (name,), name, cls.known_keys()))
        if not given:
            found.append(InitErrorDetails(type="missing", loc=("get",), input=dict(data)))
        for name in given[1:]:
            message = "one request has one method; {given} is the second"
            kind = Problem.EXCLUSIVE_PARAMETERS
            found.append(problem(kind, message, (name,), data[name], given=name, other=given[0]))
        if "json" in data and "text" in data:
            found.append(
                problem(
                    Problem.EXCLUSIVE_PARAMETERS,
                    "{given} cannot be combined with {other}",
                    ("text",),
                    data["text"],
                    given="text",
                    other="json",
                )
            )
        rest["method"], rest["url"] = "get", ""
        if given:
            rest["method"] = given[0]
            try:
                rest["url"] = as_text(data[given[0]])
            except PydanticCustomError:
                found.append(wrong_type("an address", (given[0],), data[given[0]]))
        return rest

    @classmethod
    def known_keys(cls) -> list[str]:
        """Return the keys with the methods in place of `method` and `url`."""
        return [
            *HTTP_METHODS,
            *(key for key in super().known_keys() if key not in ("method", "url")),
        ]

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """State the methods as keys."""
        found = handler.resolve_ref_schema(handler(schema))
        own = found["properties"]
        url = {**own.pop("url"), "description": "Address of the request."}
        del own["method"]
        found["properties"] = {**dict.fromkeys(HTTP_METHODS, url), **own}
        del found["required"]
        found["oneOf"] = [{"required": [name]} for name in HTTP_METHODS]
        found["not"] = {"required": ["json", "text"]}
        return found


class Run(Document):
    """Another flow, run as a part of this one. Outcomes: the names of its final states."""

    flow: Text
    """File of the flow, relative to this one."""
    params: dict[str, Json] = Field(default={})
    """Its parameters."""


def read_prompt(raw: object, handler: Callable[[object], object]) -> object:
    """Read the kind `prompt`, which may be a list as well."""
    if isinstance(raw, list):
        return Prompt.model_construct(prompt=read_sounds(raw))
    return handler(raw)


def read_run(raw: object, handler: Callable[[object], object]) -> object:
    """Read the kind `run`, which may be a file name as well."""
    return Run.model_construct(flow=raw) if isinstance(raw, str) else handler(raw)


PromptKind = Annotated[Prompt, WrapValidator(read_prompt), form("prompt")]
RunKind = Annotated[Run, WrapValidator(read_run), form("run")]
