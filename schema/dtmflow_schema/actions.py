"""The session actions: the only verbs of our own, beside the Call methods.

They act on the session, never on one leg, so they take no leg prefix.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field

from dtmflow_schema.base import Value
from dtmflow_schema.catalogue import FlatField, flat_field
from dtmflow_schema.units import (
    IDENTIFIER,
    NO_HEADERS,
    OWN_EVENT,
    Address,
    Boolean,
    Duration,
    InviteHeaders,
    Json,
    Matches,
    Maybe,
    OneOrList,
    Text,
)

Identifier = Annotated[str, Matches(IDENTIFIER, "a name of letters, digits and _", "wrong_type")]
Addresses = Annotated[Address | tuple[Address, ...], OneOrList(Address, Address)]
"""One address, or a list of them."""


class SessionAction(Value):
    """An action on the session. Class keywords: `name` and `shorthand`, as for a command."""

    action_name: ClassVar[str] = ""
    shorthand: ClassVar[str | None] = None
    registry: ClassVar[dict[str, type[SessionAction]]] = {}

    @classmethod
    def __pydantic_init_subclass__(
        cls, *, name: str = "", shorthand: str | None = None, **kwargs: Any
    ) -> None:
        """Register the action under its name."""
        super().__pydantic_init_subclass__(**kwargs)
        if name:
            cls.action_name, cls.shorthand = name, shorthand
            cls.registry[name] = cls


class Set(SessionAction, name="set"):
    """Give variables a value: `set: {tries: "${tries + 1}"}`."""

    values: dict[Identifier, Json]
    """Variable to value. In a flow they stand directly under `set:`."""


class Dial(SessionAction, name="dial", shorthand="leg"):
    """Place a call on an outgoing leg: `dial: agent`. What is given here overrides the leg's."""

    leg: Identifier
    """The leg, declared under `legs:` or named here first."""
    to: Maybe[Addresses] = None
    """Address to call, or several."""
    from_: Maybe[Text] = Field(default=None, alias="from")
    """Number to show to the callee."""
    timeout: Maybe[Duration] = None
    """How long to ring."""
    amd: Maybe[Boolean] = None
    """Whether an answering machine is told from a human."""
    headers: InviteHeaders = NO_HEADERS
    """Header fields of the INVITE."""
    strategy: Maybe[Literal["all", "order"]] = None
    """Several addresses ring all at once, or one after the other in order."""


class Bridge(SessionAction, name="bridge", shorthand="legs"):
    """Let two legs hear each other: `bridge: [caller, agent]`."""

    legs: Annotated[tuple[Identifier, ...], Field(min_length=2, max_length=2)]
    """The two legs."""


class Unbridge(SessionAction, name="unbridge", shorthand="legs"):
    """Undo `bridge`."""

    legs: Annotated[tuple[Identifier, ...], Field(min_length=2, max_length=2)]
    """The two legs."""


class Log(SessionAction, name="log", shorthand="text"):
    """Write a line into the journal."""

    text: Text
    """The line."""


class Emit(SessionAction, name="emit", shorthand="event"):
    """Raise an event of the flow's own, handled after the actions of this step."""

    event: Annotated[str, Matches(OWN_EVENT, "a lower-case event name", "wrong_type")]
    """Name of the event, in lower case."""


SESSION_ACTIONS: Final[Mapping[str, type[SessionAction]]] = SessionAction.registry
"""The six session actions by name."""


def session_fields(action: type[SessionAction]) -> Mapping[str, FlatField]:
    """Return the arguments of a session action; those of `set` are any variables."""
    return {
        info.alias or name: flat_field(info.alias or name, info)
        for name, info in action.model_fields.items()
    }
