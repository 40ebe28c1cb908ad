"""What a flow test expects: actions in their order, and checks on where the flow stands.

In comes the value of `expect:`; out come single expectations, each with its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, PrivateAttr, TypeAdapter, ValidationError
from pydantic_core import InitErrorDetails

from dtmflow_schema.actions import Identifier
from dtmflow_schema.arguments import ABSENT
from dtmflow_schema.doing import Document, read_action
from dtmflow_schema.kinds import HTTP_METHODS
from dtmflow_schema.problems import Place, Problem, collect, moved, problem, wrong_type
from dtmflow_schema.units import NO_HEADERS, Json, Maybe, Text, as_text

CHECKS: Final = ("state", "dialed", "vars", "outcome", "requested")
"""What `expect:` holds against, besides actions; several may share a mapping."""


class Requested(Document):
    """The latest HTTP request. Only what is named is compared."""

    method: str
    """`get`, `post`, ...; in a test it is the key of the address."""
    url: str
    """Address."""
    json_: Maybe[Json] = Field(default=None, alias="json")
    """Body as JSON."""
    text: Maybe[Text] = None
    """Body as text."""
    headers: dict[str, Text] = NO_HEADERS
    """Header fields."""


class Expected(Document):
    """One thing that is expected."""

    kind: str
    """`action`, or one of `state`, `dialed`, `vars`, `outcome`, `requested`."""
    value: Any = None
    """For checks: text, mapping of variables, or `Requested`."""
    name: str = ""
    """For an action: its name."""
    leg: str | None = None
    """For an action: leg as written before the dot."""
    arguments: dict[str, Any] | None = None
    """For an action: arguments to compare; None for a bare name, which matches any."""
    _at: Place = PrivateAttr(default=())

    @property
    def at(self) -> Place:
        """Place of its key, relative to the value of `expect:`."""
        return self._at


def read_expected(raw: object) -> tuple[Expected, ...]:
    """Read the value of `expect:`: an action, checks, or a list of those."""
    found: list[InitErrorDetails] = []
    items: list[Expected] = []
    entries = enumerate(raw) if isinstance(raw, list) else [(None, raw)]
    if raw == []:
        found.append(wrong_type("an action or a check", (), raw))
    for index, entry in entries:
        at: Place = () if index is None else (index,)
        if isinstance(entry, str):
            _expect_action(entry, ABSENT, at, items, found)
        elif not isinstance(entry, Mapping) or not entry:
            found.append(wrong_type("an action or a check", at, entry))
        else:
            _expect_mapping(entry, at, items, found)
    collect("expect", found)
    return tuple(items)


def _expect_mapping(
    entry: Mapping[str, object],
    at: Place,
    items: list[Expected],
    found: list[InitErrorDetails],
) -> None:
    acted = [name for name in entry if name not in CHECKS]
    if acted and len(entry) > 1:
        message = "an action stands alone in its mapping; make it a list"
        place = (*at, acted[-1])
        found.append(
            problem(Problem.SEVERAL_ACTIONS, message, place, dict(entry), given=str(acted[-1]))
        )
    for name, value in entry.items():
        if name in CHECKS:
            _expect_check(name, value, (*at, name), items, found)
        else:
            _expect_action(name, value, (*at, name), items, found)


def _expect_check(
    name: str, value: object, at: Place, items: list[Expected], found: list[InitErrorDetails]
) -> None:
    try:
        read = _CHECKED[name].validate_python(value)
    except ValidationError as error:
        found.extend(moved(detail, at) for detail in error.errors(include_url=False))
        return
    item = Expected.model_construct(kind=name, value=read)
    item._at = at  # noqa: SLF001 - the reader fills its own item
    items.append(item)


def _expect_action(
    name: object,
    value: object,
    at: Place,
    items: list[Expected],
    found: list[InitErrorDetails],
) -> None:
    action, wrong = read_action(name, value, at, partial=True)
    found.extend(wrong)
    if action is not None:
        item = Expected.model_construct(
            kind="action",
            name=action.method,
            leg=action.leg,
            arguments=None if value is ABSENT else action.arguments,
        )
        item._at = at  # noqa: SLF001 - the reader fills its own item
        items.append(item)


def read_text(raw: object, place: Place) -> str:
    """Return a text; its error stands at `place`."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise ValidationError.from_exception_data("text", [wrong_type("a text", place, raw)])
    return as_text(raw)


def _read_requested(raw: object) -> object:
    """Split the key of the address into method and address."""
    if not isinstance(raw, Mapping):
        return raw
    given = [name for name in raw if name in HTTP_METHODS]
    if len(given) != 1 or "method" in raw or "url" in raw:
        expected = "one of " + ", ".join(HTTP_METHODS) + " with its address"
        raise ValidationError.from_exception_data("requested", [wrong_type(expected, (), raw)])
    rest = {name: value for name, value in raw.items() if name not in given}
    return {**rest, "method": given[0], "url": read_text(raw[given[0]], (given[0],))}


_TEXT: Final = TypeAdapter[Any](Text)
_CHECKED: Final[Mapping[str, TypeAdapter[Any]]] = {
    "state": _TEXT,
    "dialed": _TEXT,
    "outcome": _TEXT,
    "vars": TypeAdapter(dict[Identifier, Json]),
    "requested": TypeAdapter(Annotated[Requested, BeforeValidator(_read_requested)]),
}
