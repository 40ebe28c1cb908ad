"""What every value of the catalogue is: `Value`, `Event` and `Command`, with their registries.

A Call method is a frozen `Command`, a CallEvent a frozen `Event`; class keywords carry the facts
that are not fields. This module must not know any concrete method or event.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar, Generic, NewType, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

CallId = NewType("CallId", str)
"""Identifies one Call; unique within the process, unlike a SIP Call-ID."""

R = TypeVar("R", covariant=True)  # noqa: PLC0105 - short, as `Command[R]` reads


class CallState(StrEnum):
    """The state that `Call.state()` returns."""

    ALERTING = "ALERTING"
    PROGRESSING = "PROGRESSING"
    CONNECTED = "CONNECTED"
    TERMINATED = "TERMINATED"


class Phase(StrEnum):
    """Where a leg stands, as far as preconditions of methods care."""

    NONE = "none"
    """Not dialled yet."""
    RINGING = "ringing"
    """An INVITE is open and no media flows."""
    EARLY = "early"
    """Early media: we may play, the call is not answered."""
    CONNECTED = "connected"
    ENDED = "ended"


RINGING = frozenset({Phase.RINGING})
UNANSWERED = frozenset({Phase.RINGING, Phase.EARLY})
MEDIA = frozenset({Phase.EARLY, Phase.CONNECTED})
CONNECTED = frozenset({Phase.CONNECTED})
LIVE = frozenset({Phase.RINGING, Phase.EARLY, Phase.CONNECTED})


class MethodKind(StrEnum):
    """How a flow reaches a Call method."""

    ACTION = "action"
    """An action under `do:`."""
    GETTER = "getter"
    """A property in expressions: `call.callerid`."""
    LISTENER = "listener"
    """Compiled away: `on:` takes its place."""


class Value(BaseModel):
    """A frozen value with VoxEngine's names on the wire and snake_case in Python."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        alias_generator=to_camel,
        use_attribute_docstrings=True,
    )

    def __init_subclass__(cls, **_facts: object) -> None:
        """Let class keywords pass; `__pydantic_init_subclass__` takes them when fields exist."""
        super().__init_subclass__()

    def wire(self) -> dict[str, Any]:
        """Return the fields that were given, under their VoxEngine names, as plain data."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Event(Value):
    """A CallEvent.

    Class keywords: `name` (as in `on:`) and `string` (value of its `name` field).
    """

    event_name: ClassVar[str] = ""
    """Name as written under `on:`, for example `ToneReceived`."""
    string_value: ClassVar[str] = ""
    """What the payload's `name` field holds, for example `Call.ToneReceived`."""
    registry: ClassVar[dict[str, type[Event]]] = {}

    call: CallId = CallId("")
    """The Call that raised the event."""
    name: str = ""
    """The event's string value, for example `Call.ToneReceived`."""
    id: CallId = CallId("")
    """The id of that Call."""

    @classmethod
    def __pydantic_init_subclass__(
        cls, *, name: str = "", string: str = "", **kwargs: Any
    ) -> None:
        """Register the event under its name."""
        super().__pydantic_init_subclass__(**kwargs)
        if name:
            cls.event_name, cls.string_value = name, string or f"Call.{name}"
            cls.registry[name] = cls

    def model_post_init(self, _context: object, /) -> None:
        """Fill the `name` field, which is the same in every event of a class."""
        object.__setattr__(self, "name", self.string_value)

    def wire(self) -> dict[str, Any]:
        """Return the whole payload under VoxEngine's names, as plain data."""
        return self.model_dump(mode="json", by_alias=True)


class Command(Value, Generic[R]):
    """A Call method with its arguments; `R` is what the method returns.

    Class keywords: `name` (VoxEngine's), `kind`, `emits` (events it causes), `needs` (phases of
    the leg in which it may be called), `shorthand` (field that a scalar in YAML fills),
    `enables` (events that fire only after it), `replaced_by` (when deprecated), `readable`
    (whether expressions may read it as a property of the call; every getter may).
    """

    method_name: ClassVar[str] = ""
    kind: ClassVar[MethodKind] = MethodKind.ACTION
    emits: ClassVar[tuple[type[Event], ...]] = ()
    enables: ClassVar[tuple[type[Event], ...]] = ()
    needs: ClassVar[frozenset[Phase]] = frozenset(Phase)
    shorthand: ClassVar[str | None] = None
    replaced_by: ClassVar[str | None] = None
    readable: ClassVar[bool] = False
    registry: ClassVar[dict[str, type[Command[Any]]]] = {}

    @classmethod
    def __pydantic_init_subclass__(
        cls,
        *,
        name: str = "",
        kind: MethodKind = MethodKind.ACTION,
        emits: tuple[type[Event], ...] = (),
        enables: tuple[type[Event], ...] = (),
        needs: frozenset[Phase] | None = None,
        shorthand: str | None = None,
        replaced_by: str | None = None,
        readable: bool = False,
        **kwargs: Any,
    ) -> None:
        """Register the method under its name."""
        super().__pydantic_init_subclass__(**kwargs)
        if name:
            cls.method_name, cls.kind, cls.emits, cls.enables = name, kind, emits, enables
            cls.needs = frozenset(Phase) if needs is None else needs
            cls.shorthand, cls.replaced_by = shorthand, replaced_by
            cls.readable = readable or kind is MethodKind.GETTER
            cls.registry[name] = cls


# pydantic makes the variant once, and on older Pythons it tokenizes the source from the line that
# asked: a line inside a class statement would break the import of the first module that has one.
_WITHOUT_RESULT = Command[None]
