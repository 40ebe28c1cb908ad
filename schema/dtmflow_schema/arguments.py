"""The arguments of an action as a flow writes them: flat, by name, or one scalar for the first.

The one place that knows how `${...}` is treated: a text that holds an expression is known at run
time only, so it is exempt from the checks of type and range wherever it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails

from dtmflow_schema import catalogue
from dtmflow_schema.catalogue import FlatField
from dtmflow_schema.constraints import Constraint, broken
from dtmflow_schema.problems import Place, Problem, moved, problem, unknown_key, wrong_type
from dtmflow_schema.units import Literally, holds_expression


class Absent:
    """Stands for the arguments of an action that is only a name."""


ABSENT: Final = Absent()


@dataclass(frozen=True)
class Signature:
    """What an action takes."""

    name: str
    fields: Mapping[str, FlatField]
    shorthand: str | None = None
    constraints: tuple[Constraint, ...] = ()

    @property
    def bare(self) -> bool:
        """Whether the action may stand without arguments."""
        return not any(field.required for field in self.fields.values()) and not any(
            list(rule.broken({})) for rule in self.constraints
        )


@cache
def signature(method: str) -> Signature:
    """Return what a Call method takes."""
    return Signature(
        name=method,
        fields=catalogue.flat_fields(method),
        shorthand=catalogue.METHODS[method].shorthand,
        constraints=catalogue.flat_constraints(method),
    )


@dataclass(frozen=True)
class Arguments:
    """What came of reading: plain data under VoxEngine's names, and everything that is wrong."""

    values: dict[str, Any]
    problems: list[InitErrorDetails]
    scalar: bool
    """Whether the short form was used, so that the argument stands where the action stands."""


def read(takes: Signature, raw: object, *, partial: bool = False) -> Arguments:
    """Check the arguments of an action; places are relative to the action's value.

    `partial` leaves out what is missing or belongs together, for tests that name some only.
    """
    scalar = False
    if raw is ABSENT:
        given: Mapping[str, object] = {}
    elif isinstance(raw, Mapping):
        given = raw
    elif takes.shorthand is not None and raw is not None:
        given, scalar = {takes.shorthand: raw}, True
    elif raw is None and not partial and any(field.required for field in takes.fields.values()):
        given = {}
    else:
        expected = f"a mapping with {_listing(takes.fields)}" if takes.fields else "no arguments"
        return Arguments({}, [wrong_type(expected, (), raw)], scalar)
    found: list[InitErrorDetails] = []
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in takes.fields:
            found.append(unknown_key(Problem.UNKNOWN_PARAMETER, (name,), str(name), takes.fields))
            continue
        place = () if scalar else (name,)
        values[name], wrong = read_value(takes.fields[name], value, place)
        found.extend(wrong)
    if not partial:
        found.extend(_missing(takes, given))
        found.extend(broken(takes.constraints, given))
    return Arguments(values, found, scalar)


def read_value(
    field: FlatField, raw: object, place: Place
) -> tuple[object, list[InitErrorDetails]]:
    """Return the checked value of an argument as plain data, and what is wrong with it.

    Where an expression stands inside, the value is returned as it was given.
    """
    adapter = adapter_of(field.field)
    try:
        checked = adapter.validate_python(raw, by_alias=True, by_name=False)
    except ValidationError as error:
        wrong = error.errors(include_url=False)
        kept = [detail for detail in wrong if not _exempt(detail)]
        return raw, [_named(field, detail, place) for detail in kept]
    return adapter.dump_python(checked, mode="json", by_alias=True, exclude_unset=True), []


def _exempt(detail: ErrorDetails) -> bool:
    """Return whether only run time knows: an expression as a value, not as a key."""
    return holds_expression(detail["input"]) and "[key]" not in detail["loc"]


_adapters: Final[dict[int, tuple[object, TypeAdapter[Any]]]] = {}


def adapter_of(info: Any) -> TypeAdapter[Any]:
    """Return the reader of a field, made once; fields live as long as the program.

    Stricter than the command itself where a limit holds for literals only.
    """
    if id(info) not in _adapters:
        kind = info.annotation
        if info.metadata:
            checks = [
                each.limit if isinstance(each, Literally) else each for each in info.metadata
            ]
            kind = Annotated[(info.annotation, *checks)]
        _adapters[id(info)] = (info, TypeAdapter(kind))
    return _adapters[id(info)][1]


def _missing(takes: Signature, given: Mapping[str, object]) -> list[InitErrorDetails]:
    inside = any(name in given and field.in_parameters for name, field in takes.fields.items())
    return [
        problem(
            Problem.MISSING_ARGUMENT,
            "{action} needs {given}",
            (),
            dict(given),
            given=name,
            action=takes.name,
            allowed=list(takes.fields),
        )
        for name, field in takes.fields.items()
        if name not in given and (field.required or (inside and field.required_inside))
    ]


def _named(field: FlatField, detail: ErrorDetails, place: Place) -> InitErrorDetails:
    """Turn an unknown key inside an argument into an unknown parameter, with the known ones."""
    if detail["type"] != Problem.EXTRA_FORBIDDEN:
        return moved(detail, place)
    model = catalogue.model_in(field.field.annotation)
    for part in detail["loc"][:-1]:
        if model is not None and isinstance(part, str):
            model = catalogue.model_in(catalogue.fields(model)[part].annotation)
    known = catalogue.fields(model) if model is not None else {}
    name = str(detail["loc"][-1])
    return unknown_key(Problem.UNKNOWN_PARAMETER, place + detail["loc"], name, known)


def _listing(fields: Mapping[str, FlatField]) -> str:
    return ", ".join(fields)
