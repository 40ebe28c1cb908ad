"""What may be wrong with a document, in types that speak, each at the place in the source.

Errors of pydantic come in; errors of the types below come out, with `given`, `allowed` and
`expected` in their context. A place is the path of keys and indexes as the author wrote them: for
a short form it stops at the scalar. `extra_forbidden` and `missing` keep pydantic's names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

M = TypeVar("M", bound=BaseModel)
Place = tuple[str | int, ...]


class Problem(StrEnum):
    """Types of errors that documents raise."""

    EXTRA_FORBIDDEN = "extra_forbidden"
    """A key that is not known here. `allowed`: those that are."""
    MISSING = "missing"
    """A required key is not there; the place ends with it."""
    UNKNOWN_ACTION = "unknown_action"
    UNKNOWN_EVENT = "unknown_event"
    UNKNOWN_PARAMETER = "unknown_parameter"
    MISSING_ARGUMENT = "missing_argument"
    """The place is the action; `given` is the argument that is not there."""
    WRONG_TYPE = "wrong_type"
    """`expected` says what the value should be."""
    VALUE_RANGE = "value_range"
    """`expected` says which values are good."""
    EXCLUSIVE_PARAMETERS = "exclusive_parameters"
    HEADER_NAME = "header_name"
    LISTENER_METHOD = "listener_method"
    GETTER_AS_ACTION = "getter_as_action"
    TWO_KINDS = "two_kinds"
    """The place is the second kind."""
    SEVERAL_ACTIONS = "several_actions"
    """The place is the second action of the mapping."""
    UNSUPPORTED_VERSION = "unsupported_version"
    DURATION_UNIT = "duration_unit"
    """`text` is the bare number."""
    RESERVED_WORD = "reserved_word"
    """A word that a later version will give a meaning."""


_EXPECTED: Final[Mapping[str, str]] = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "a text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_LIMITS: Final[Mapping[str, str]] = {
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
    "greater_than": "more than {gt}",
    "less_than": "less than {lt}",
    "too_short": "at least {min_length} entries",
    "too_long": "at most {max_length} entries",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
}
_KEEP: Final = frozenset(Problem)


def problem(
    kind: Problem, message: str, place: Place, found: object, /, **context: Any
) -> InitErrorDetails:
    """Return one error; `message` may name context entries in braces."""
    error = PydanticCustomError(kind.value, message, context)
    return InitErrorDetails(type=error, loc=place, input=found)


def moved(error: ErrorDetails, prefix: Place = ()) -> InitErrorDetails:
    """Return an error in our types, at its place below `prefix`."""
    kind, context = error["type"], dict(error.get("ctx", {}))
    place = prefix + tuple(part for part in error["loc"] if part != "[key]")
    if kind in _KEEP and kind != Problem.MISSING:
        return problem(Problem(kind), error["msg"], place, error["input"], **context)
    if kind == Problem.MISSING:
        return InitErrorDetails(type="missing", loc=place, input=error["input"])
    if kind in _LIMITS:
        expected = _LIMITS[kind].format(**context)
        return _expecting(Problem.VALUE_RANGE, expected, place, error["input"])
    expected = _EXPECTED.get(kind) or str(context.get("expected", "another value"))
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", expected)
        given = str(getattr(error["input"], "source", error["input"]))
        facts = {"expected": expected.replace("'", ""), "given": given, "allowed": allowed}
        message = "expected {expected}"
        return problem(Problem.WRONG_TYPE, message, place, error["input"], **facts)
    return _expecting(Problem.WRONG_TYPE, expected, place, error["input"])


def wrong_type(expected: str, place: Place = (), given: object = None) -> InitErrorDetails:
    """Return the error that a value is not what was expected."""
    return _expecting(Problem.WRONG_TYPE, expected, place, given)


def unknown_key(
    kind: Problem, place: Place, given: str, allowed: Iterable[str]
) -> InitErrorDetails:
    """Return the error that a name is not known at its place."""
    what = {
        Problem.UNKNOWN_ACTION: "unknown action {given}",
        Problem.UNKNOWN_EVENT: "unknown event {given}",
        Problem.UNKNOWN_PARAMETER: "unknown argument {given}",
    }.get(kind, "unknown key {given}")
    return problem(kind, what, place, given, given=given, allowed=list(allowed))


def collect(title: str, found: list[InitErrorDetails]) -> None:
    """Raise all that was found, if anything.

    Raises:
        pydantic.ValidationError: with every error.
    """
    if found:
        raise ValidationError.from_exception_data(title, found)


def attempt(read: Callable[[], M], found: list[InitErrorDetails], place: Place = ()) -> M | None:
    """Return what `read` makes, or None after adding its errors to `found`."""
    try:
        return read()
    except ValidationError as error:
        found.extend(moved(detail, place) for detail in error.errors(include_url=False))
        return None


def _expecting(kind: Problem, expected: str, place: Place, given: object) -> InitErrorDetails:
    return problem(kind, "expected {expected}", place, given, expected=expected)
