"""Values of a test file: rows of a table put in place, and comparison with what happened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

_EACH = re.compile(r"\$?\$\{\s*each(?:\.([A-Za-z_][A-Za-z0-9_]*))?\s*\}")
_DURATION = re.compile(r"([0-9]+)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class BadValueError(Exception):
    """A value in a test file that cannot be used; the message says why."""


def filled(value: Any, row: Any) -> Any:
    """Put a row of `each:` into a value: `${each}` and `${each.key}`; whole ones keep their type.

    What holds none of them is returned as it is.

    Raises:
        BadValueError: the row has no such key, or is no mapping.
    """
    if isinstance(value, str):
        return _filled_text(value, row) if "${" in value else value
    if isinstance(value, Mapping):
        return {filled(key, row): filled(inner, row) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [filled(inner, row) for inner in value]
    if isinstance(value, BaseModel):
        fields = {name: field for name, field in value if field}
        new = {name: filled(field, row) for name, field in fields.items()}
        changed = {name: field for name, field in new.items() if field is not fields[name]}
        return value.model_copy(update=changed) if changed else value
    return value


def _filled_text(value: str, row: Any) -> Any:
    whole = _EACH.fullmatch(value)
    if whole is not None and not value.startswith("$$"):
        return _cell(row, whole[1])
    return _EACH.sub(lambda found: _inserted(found, row), value)


def _inserted(found: re.Match[str], row: Any) -> str:
    if found[0].startswith("$$"):
        return found[0][1:]
    return text(_cell(row, found[1]))


def _cell(row: Any, key: str | None) -> Any:
    if key is None:
        return row
    if not isinstance(row, Mapping):
        raise BadValueError(f"`each.{key}`: the rows are no mappings")
    if key not in row:
        raise BadValueError(f"`each.{key}`: the row has {', '.join(row) or 'no keys'}")
    return row[key]


def text(value: Any) -> str:
    """Return a scalar as it was written: an unquoted `0123` keeps its zero."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(getattr(value, "source", value))


def seconds(value: Any) -> float:
    """Return a duration in seconds.

    Raises:
        BadValueError: it is none.
    """
    found = _DURATION.fullmatch(text(value))
    if found is None:
        raise BadValueError(f"{text(value)!r} is no duration; write 5s or 500ms")
    return int(found[1]) * _SECONDS[found[2]]


def same(expected: Any, happened: Any) -> bool:
    """Compare a value of a test file with one of a running flow.

    Where the flow holds text, an unquoted number of the test counts as it was written.
    """
    if isinstance(happened, str):
        return not isinstance(expected, Mapping | list | tuple) and text(expected) == happened
    if isinstance(happened, bool) or isinstance(expected, bool):
        return expected is happened
    if isinstance(happened, Mapping):
        return (
            isinstance(expected, Mapping)
            and expected.keys() == happened.keys()
            and all(same(inner, happened[key]) for key, inner in expected.items())
        )
    if isinstance(happened, list | tuple):
        return (
            isinstance(expected, list | tuple)
            and len(expected) == len(happened)
            and all(map(same, expected, happened))
        )
    return bool(expected == happened)


def matches(expected: str, happened: str) -> bool:
    """Compare a text: `/regex/` is searched, all else is the whole text.

    Raises:
        BadValueError: the regular expression is wrong.
    """
    pattern = regex(expected)
    if pattern is None:
        return expected.strip() == happened.strip()
    return pattern.search(happened) is not None


def regex(value: str) -> re.Pattern[str] | None:
    """Return the pattern of `/regex/`, None for a plain text.

    Raises:
        BadValueError: the regular expression is wrong.
    """
    if len(value) < 3 or not (value.startswith("/") and value.endswith("/")):
        return None
    try:
        return re.compile(value[1:-1])
    except re.error as problem:
        raise BadValueError(f"{value} is no regular expression: {problem}") from None
