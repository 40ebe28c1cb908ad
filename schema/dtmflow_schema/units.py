"""The small types that all declarations share: texts, numbers, durations, digits, headers.

In come plain values as a YAML or JSON reader gives them; out go checked Python values. Nothing
here knows a method, an event or a document.

A scalar that a YAML reader took for a number may carry its source text in an attribute `source`;
a `Text` takes that, so that `0123` keeps its zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetJsonSchemaHandler,
    JsonValue,
    Strict,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    WrapValidator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from dtmflow_schema.base import CallId

END: Final = r"$(?!\n)"
"""End of text in patterns: a bare `$` also matches before a last line break in Python."""

EXPRESSION: Final = r"(^|[^$])\$\{"
"""Pattern that finds `${`; `$${` is a literal."""

_MILLISECONDS: Final = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}
_DURATION: Final = re.compile(rf"^([0-9]+)(ms|s|m|h){END}")

T = TypeVar("T")
IDENTIFIER: Final = rf"^[A-Za-z_][A-Za-z0-9_]*{END}"
"""Names of states, legs, variables and prompts: what expressions can spell."""

OWN_EVENT: Final = rf"^[a-z][a-z0-9_]*{END}"
"""Names of the language's own events and outcomes; those of the reference start upper-case."""

Json: TypeAlias = JsonValue
"""Plain data of any shape."""


def holds_expression(value: object) -> bool:
    """Return whether `value` is a text with a `${...}` in it, so that only run time knows it."""
    return isinstance(value, str) and re.search(EXPRESSION, value) is not None


def as_text(value: object) -> str:
    """Return a scalar as text: numbers as they were written.

    Raises:
        PydanticCustomError: `wrong_type` for what is neither text nor number.
    """
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(getattr(value, "source", value))
    raise PydanticCustomError("wrong_type", "expected {expected}", {"expected": "a text"})


def check_duration(value: object) -> str:
    """Return a time span as written.

    Raises:
        PydanticCustomError: `duration_unit` for a bare number, `wrong_type` for all else.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise PydanticCustomError(
            "wrong_type", "expected {expected}", {"expected": "a duration such as 5s"}
        )
    text = as_text(value)
    if _DURATION.search(text) or holds_expression(value):
        return text
    if re.search(rf"^[0-9]+(\.[0-9]+)?{END}", text):
        raise PydanticCustomError(
            "duration_unit", "a duration needs a unit: write {text}s or {text}ms", {"text": text}
        )
    raise PydanticCustomError(
        "wrong_type", "expected {expected}", {"expected": "a duration such as 5s"}
    )


def _whole(value: object) -> object:
    """Turn 2.0 into 2, as JSON knows one kind of number only."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _given(value: object) -> object:
    if value is None:
        raise PydanticCustomError(
            "wrong_type", "expected a value; leave the key out", {"expected": "a value"}
        )
    return value


@dataclass(frozen=True, slots=True)
class Matches:
    """A text that a pattern finds; stated alike in JSON Schema."""

    pattern: str
    expected: str
    """What such a text is, for messages: "digits"."""
    error: Literal["value_range", "header_name", "wrong_type"] = "value_range"
    numbers: bool = False
    """Whether a plain whole number may be such a text."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Check after the type."""
        return AfterValidator(self._check).__get_pydantic_core_schema__(source, handler)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the pattern."""
        kind: JsonSchemaValue = {"type": "string"}
        if self.numbers:
            kind = {"type": ["string", "integer"], "minimum": 0}
        return {**handler(schema), **kind, "pattern": self.pattern}

    def _check(self, value: str) -> str:
        if re.search(self.pattern, value) is None:
            raise PydanticCustomError(
                self.error,
                "expected {expected}",
                {"expected": self.expected},
            )
        return value


@dataclass(frozen=True, slots=True)
class AtMost:
    """A text of limited length. JSON Schema counts characters, so it lets more bytes pass."""

    limit: int
    unit: Literal["characters", "bytes"] = "characters"

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Check after the type."""
        return AfterValidator(self._check).__get_pydantic_core_schema__(source, handler)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the limit in characters."""
        return {**handler(schema), "maxLength": self.limit}

    def _check(self, value: str) -> str:
        """Count bytes of UTF-8, or characters."""
        if len(value.encode() if self.unit == "bytes" else value) > self.limit:
            expected = f"at most {self.limit} {self.unit}"
            raise PydanticCustomError("value_range", "expected {expected}", {"expected": expected})
        return value


@dataclass(frozen=True, slots=True)
class Literally:
    """A limit on what an author writes. At run time the call answers more with an event."""

    limit: AtMost


@dataclass(frozen=True, slots=True)
class Between:
    """A number from `least` to `most`, both included."""

    least: int
    most: int
    unit: str = ""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Check after the type."""
        return AfterValidator(self._check).__get_pydantic_core_schema__(source, handler)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the limits."""
        return {**handler(schema), "minimum": self.least, "maximum": self.most}

    def _check(self, value: int) -> int:
        if not self.least <= value <= self.most:
            expected = f"{self.least} to {self.most} {self.unit}".strip()
            raise PydanticCustomError("value_range", "expected {expected}", {"expected": expected})
        return value


@dataclass(frozen=True, slots=True)
class Taken:
    """A name that is not free, because the language gives it a meaning."""

    name: str
    meaning: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Check after the type."""
        return AfterValidator(self._check).__get_pydantic_core_schema__(source, handler)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Exclude the name."""
        return {**handler(schema), "not": {"const": self.name}}

    def _check(self, value: str) -> str:
        if value == self.name:
            raise PydanticCustomError(
                "reserved_word", "{given} is {meaning}", {"given": value, "meaning": self.meaning}
            )
        return value


@dataclass(frozen=True, slots=True)
class OneOrList:
    """Either one value of a kind or a list of another.

    The shape decides which, so that an error speaks of what was meant.
    """

    one: Any
    """Type of the single value."""
    item: Any = None
    """Type of the list's entries; a text when it is None."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Dispatch on the shape."""
        item = Text if self.item is None else self.item
        one, several = TypeAdapter(self.one), TypeAdapter(tuple[item, ...])  # type: ignore[valid-type] # known at run time

        def read(value: object, _union: object) -> object:
            chosen = several if isinstance(value, list | tuple) else one
            return chosen.validate_python(value)

        return WrapValidator(read).__get_pydantic_core_schema__(source, handler)


@dataclass(frozen=True, slots=True)
class Optional_:  # noqa: N801 - typing has the plain name
    """Marks a payload field that the Call reference may leave out; it then holds its default."""


Text = Annotated[str, BeforeValidator(as_text), WithJsonSchema({"type": ["string", "number"]})]
"""A text; a plain number is read as it was written."""
Integer = Annotated[int, Strict(), BeforeValidator(_whole)]
"""A whole number; a text such as "5" is none."""
Number = Annotated[float, Strict()]
"""A number; a text such as "5" is none."""
Boolean = Annotated[bool, Strict()]
"""`true` or `false`, and nothing else."""
Maybe = Annotated[T | None, BeforeValidator(_given)]
"""May be left out, then it is None; an explicit null is refused."""
Sometimes = Annotated[T, Optional_()]
"""A payload field that the Call reference may leave out."""

CallReference = Annotated[CallId, Strict()]
"""Another Call: the name of a leg in a flow, its id at run time."""
StatusCode = Annotated[Integer, Between(300, 699)]
"""A SIP final response that is no success: 300 to 699 (RFC 3261 section 7.2)."""
Hertz = Annotated[Integer, Between(0, 4000, "Hz")]
"""A frequency in Hz that a telephone line carries: 0 to 4000."""
Digits = Annotated[
    Text,
    Matches(rf"^[0-9*#p]+{END}", "digits 0-9, *, # and p for a pause", numbers=True),
    BeforeValidator(_whole),
]
"""DTMF symbols to send; `p` is a pause of 3 s."""
_URI: Final = rf"^((sip|sips):)?[^\s@]+@[^\s@]+{END}|^(sip|sips|tel):[^\s@]+{END}"
_AN_ADDRESS: Final = "a SIP URI such as sip:alice@example.org"

SipUri = Annotated[Text, Matches(_URI, _AN_ADDRESS)]
"""An address: `sip:`, `sips:` or `tel:` URI, or `user@host` (RFC 3261 section 19.1)."""
Address = Annotated[Text, Matches(rf"{_URI}|{EXPRESSION}", _AN_ADDRESS)]
"""A `SipUri`, or an expression of one."""
Duration = Annotated[
    str,
    BeforeValidator(check_duration),
    WithJsonSchema({"type": "string", "pattern": rf"^[0-9]+(ms|s|m|h){END}|{EXPRESSION}"}),
]
"""A time span with its unit (`500ms`, `5s`, `2m`, `1h`), or an expression of one."""


def duration_ms(text: str) -> int:
    """Return the milliseconds of `500ms`, `5s`, `2m` or `1h`.

    Raises:
        ValueError: for any other text.
    """
    found = _DURATION.search(text)
    if found is None:
        raise ValueError(f"{text!r} is no duration; write it with a unit, such as 5s")
    return int(found[1]) * _MILLISECONDS[found[2]]


def _header_name(name: object) -> str:
    text = as_text(name)
    if re.search(X_HEADER, text) is None:
        raise PydanticCustomError(
            "header_name", "a header name must start with X-", {"given": text}
        )
    return text


def _one_line(text: str) -> str:
    if re.search(ONE_LINE, text) is None:
        raise PydanticCustomError(
            "value_range", "expected {expected}", {"expected": "a text on one line"}
        )
    return text


def _invite_headers(value: object) -> object:
    """Check VI-CallTimeout, the one name without X-, before the others."""
    if isinstance(value, dict) and "VI-CallTimeout" in value:
        timeout = value["VI-CallTimeout"]
        plain = isinstance(timeout, str) and re.search(CALL_TIMEOUT, timeout)
        number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
        inside = number and float(timeout).is_integer() and 10 <= timeout <= 400
        if not (plain or inside or holds_expression(timeout)):
            wrong = PydanticCustomError(
                "value_range", "expected {expected}", {"expected": "10 to 400 seconds"}
            )
            raise ValidationError.from_exception_data(
                "headers",
                [InitErrorDetails(type=wrong, loc=("VI-CallTimeout",), input=timeout)],
            )
    return value


ONE_LINE: Final = rf"^[^\r\n]*{END}"
X_HEADER: Final = rf"^[Xx]-[A-Za-z0-9!#$%&'*+.^_`|~-]+{END}"
CALL_TIMEOUT: Final = rf"^([1-9][0-9]|[1-3][0-9][0-9]|400){END}"
INVITE_HEADER: Final = rf"{X_HEADER}|^VI-CallTimeout{END}"

OneLine = Annotated[
    Text,
    AfterValidator(_one_line),
    WithJsonSchema({"type": ["string", "number"], "pattern": ONE_LINE}),
]
"""A text without line breaks."""
HeaderValue = Annotated[
    Text,
    AtMost(200, "bytes"),
    AfterValidator(_one_line),
    WithJsonSchema({"type": ["string", "number"], "maxLength": 200, "pattern": ONE_LINE}),
]
"""Value of a header field: one line, at most 200 bytes."""
HeaderName = Annotated[
    str, BeforeValidator(_header_name), WithJsonSchema({"type": "string", "pattern": X_HEADER})
]
XHeaders = dict[HeaderName, HeaderValue]
"""SIP header fields of our own; names start with `X-`."""
NO_HEADERS: Final[dict[str, str]] = {}
NO_SCHEME: Final[dict[str, JsonValue]] = {}
InviteHeaders = Annotated[
    dict[
        Annotated[Text, Matches(INVITE_HEADER, "a name that starts with X-", "header_name")],
        HeaderValue,
    ],
    BeforeValidator(_invite_headers),
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"pattern": INVITE_HEADER},
            "properties": {
                "VI-CallTimeout": {
                    "type": ["string", "integer"],
                    "pattern": rf"{CALL_TIMEOUT}|{EXPRESSION}",
                    "minimum": 10,
                    "maximum": 400,
                }
            },
            "additionalProperties": {
                "type": ["string", "number"],
                "maxLength": 200,
                "pattern": ONE_LINE,
            },
        }
    ),
]
"""As `XHeaders`; `VI-CallTimeout` (10 to 400 seconds, default 60) may be among them."""
PayloadHeaders = dict[str, Text]
"""The `X-` header fields of the message behind an event, `{}` if it had none."""
