"""What ties fields of one value together: exclusive, required, or unavailable ones.

A constraint is stated once and used three ways: on a Python value, on the flat arguments of an
action, and in JSON Schema. This room must not know any concrete method or parameter type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

from pydantic import GetJsonSchemaHandler, ValidationError, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from dtmflow_schema.base import Value


class Constraint(Protocol):
    """A rule over the fields of one value, under their wire names."""

    def broken(self, given: Mapping[str, object]) -> Iterator[InitErrorDetails]:
        """Yield what is wrong with the given fields; the place is relative to the value."""

    def json_schema(self) -> JsonSchemaValue:
        """Return the same rule in JSON Schema."""


@dataclass(frozen=True, slots=True)
class Excludes:
    """Two switches that must not both be on."""

    first: str
    second: str

    def broken(self, given: Mapping[str, object]) -> Iterator[InitErrorDetails]:
        """Yield an error at the switch that was written second."""
        if given.get(self.first) is True and given.get(self.second) is True:
            later = [name for name in given if name in (self.first, self.second)][1]
            earlier = self.first if later == self.second else self.second
            yield _exclusive("{given} cannot be combined with {other}", later, earlier, given)

    def json_schema(self) -> JsonSchemaValue:
        """Forbid both being true."""
        both = (self.first, self.second)
        on = {name: {"const": True} for name in both}
        return {"not": {"required": list(both), "properties": on}}


@dataclass(frozen=True, slots=True)
class Requires:
    """A field that means nothing unless a switch is on."""

    field: str
    switch: str

    def broken(self, given: Mapping[str, object]) -> Iterator[InitErrorDetails]:
        """Yield an error at the field."""
        if self.field in given and given.get(self.switch, False) is False:
            yield _exclusive("{given} needs {other}: true", self.field, self.switch, given)

    def json_schema(self) -> JsonSchemaValue:
        """Demand the switch with the field."""
        off = {"not": {"const": False}}
        then = {"required": [self.switch], "properties": {self.switch: off}}
        return {"if": {"required": [self.field]}, "then": then}


@dataclass(frozen=True, slots=True)
class OnlyElsewhere:
    """A switch that the reference offers in another place than this one."""

    field: str
    place: str

    def broken(self, given: Mapping[str, object]) -> Iterator[InitErrorDetails]:
        """Yield an error at the switch."""
        if given.get(self.field) is True:
            yield _exclusive("{given} is offered by {other} only", self.field, self.place, given)

    def json_schema(self) -> JsonSchemaValue:
        """Forbid the switch being true."""
        return {"properties": {self.field: {"not": {"const": True}}}}


@dataclass(frozen=True, slots=True)
class AtLeastOne:
    """Fields of which one is needed, any of them."""

    fields: tuple[str, ...]

    def broken(self, given: Mapping[str, object]) -> Iterator[InitErrorDetails]:
        """Yield an error at the value."""
        if not any(name in given for name in self.fields):
            yield InitErrorDetails(
                type=PydanticCustomError(
                    "missing_argument",
                    "one of {choice} is needed",
                    {
                        "given": self.fields[0],
                        "allowed": list(self.fields),
                        "choice": ", ".join(self.fields),
                    },
                ),
                loc=(),
                input=dict(given),
            )

    def json_schema(self) -> JsonSchemaValue:
        """Demand one of them."""
        return {"anyOf": [{"required": [name]} for name in self.fields]}


def broken(rules: Sequence[Constraint], given: Mapping[str, object]) -> list[InitErrorDetails]:
    """Return everything that the rules find."""
    return [problem for rule in rules for problem in rule.broken(given)]


class Constrained(Value):
    """A value whose fields depend on each other."""

    constraints: ClassVar[tuple[Constraint, ...]] = ()

    @model_validator(mode="after")
    def _hold(self) -> Self:
        given = {
            type(self).model_fields[name].alias or name: getattr(self, name)
            for name in self.model_fields_set
        }
        if problems := broken(self.constraints, given):
            raise ValidationError.from_exception_data(type(self).__name__, problems)
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the rules."""
        found = handler.resolve_ref_schema(handler(schema))
        if cls.constraints:
            found["allOf"] = [rule.json_schema() for rule in cls.constraints]
        return found


def _exclusive(message: str, name: str, other: str, given: Mapping[str, Any]) -> InitErrorDetails:
    return InitErrorDetails(
        type=PydanticCustomError(
            "exclusive_parameters",
            message,
            {"given": name, "other": other},
        ),
        loc=(name,),
        input=given[name],
    )
