"""What can be wrong with an expression, read out of CEL's report.

CEL reports as text, several errors at once, each with line and column (code points from 1). Out
come `Problem`s with an offset, a length and a kind that a rule can tell apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from dtmflow.errors import ExpressionError


class Kind(StrEnum):
    """What sort of problem it is."""

    SYNTAX = "syntax"
    UNKNOWN_NAME = "unknown_name"
    UNKNOWN_FIELD = "unknown_field"
    """A known namespace (`event`, `call`, `legs`, ...) without such a field."""
    UNKNOWN_FUNCTION = "unknown_function"
    TYPE_MISMATCH = "type_mismatch"
    """An operator or function does not take operands of these types."""
    NOT_BOOLEAN = "not_boolean"
    """A guard whose value is neither true nor false."""
    BAD_VALUE = "bad_value"
    """A literal that can never work, such as wrong opening hours."""
    TOO_COMPLEX = "too_complex"
    """Longer or deeper nested than the limits, or too much work when evaluated."""
    UNSET = "unset"
    """Evaluation: a name or a field of unknown data has no value."""
    FAILED = "failed"
    """Evaluation: division by zero, overflow, a wrong value."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an expression."""

    kind: Kind
    message: str
    """One line in the flow author's words."""
    offset: int
    """Characters from the start of the text that was given to the compiler."""
    length: int = 0
    """Characters to mark; 0 where nothing stands (something is missing)."""
    name: str = ""
    """The unknown name, qualified; or the operator or function that does not fit."""
    types: tuple[str, ...] = ()
    """Types of the operands that do not fit, as CEL names them: `string`, `list(int)`."""


class CompileError(ExpressionError):
    """An expression or template cannot be compiled; holds every problem, in order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(problems[0].message, offset=problems[0].offset)

    @property
    def kind(self) -> Kind:
        """Return the kind of the first problem."""
        return self.problems[0].kind


class EvaluationError(ExpressionError):
    """An expression has no value: it becomes a `fault` of the flow."""

    def __init__(self, message: str, kind: Kind = Kind.FAILED) -> None:
        self.kind = kind
        super().__init__(message)


NAMESPACES = frozenset({"event", "params", "call", "legs", "prompts", "env"})
"""First parts of qualified names."""

_ERROR = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '\((.*)\)'$")
_OPERAND = re.compile(r"expression of type '([^']*)' cannot be the operand of a select")
_EXPECTING = re.compile(
    r"^Syntax error: (mismatched input|extraneous input|missing .*? at) '(.*?)'"
)
_RESERVED = re.compile(r"reserved identifier: (\w+)")
_CONSTANTS = frozenset({"in", "true", "false", "null"})
_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|[=!<>]=|&&|\|\||\S")
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.DOTALL)
_OPERATORS = {"@in": "in", "!_": "!", "-_": "-", "_?_:_": "? :", "_[_]": "[]"}


def read_report(text: str, report: str) -> CompileError:
    """Turn CEL's error text for the expression `text` into a `CompileError`."""
    starts = [0]
    starts += [at + 1 for at, character in enumerate(text) if character == "\n"]
    problems = []
    for line, column, message in _ERROR.findall(report):
        if int(line) < 1:
            break
        offset = min(starts[min(int(line), len(starts)) - 1] + int(column) - 1, len(text))
        problems.append(_problem(text, offset, message.removesuffix(" [INVALID_ARGUMENT]")))
    problems.sort(key=lambda problem: problem.offset)
    if any(problem.kind is Kind.SYNTAX for problem in problems):
        problems = problems[:1]  # after the first syntax error the parser only guesses
    if not problems:
        message = "the expression is too long or too deeply nested"
        if "recursion" not in report and "limit" not in report:
            message = report.partition(": ")[2] or report
        problems.append(Problem(Kind.TOO_COMPLEX, message, 0, len(text)))
    return CompileError(tuple(problems))


def _problem(text: str, offset: int, message: str) -> Problem:
    if match := _UNDECLARED.match(message):
        return _undeclared(text, offset, match[1])
    if match := _OVERLOAD.match(message):
        return _mismatch(text, offset, match[1], _split(match[2]))
    if match := _OPERAND.match(message):
        field = _TOKEN.match(text, offset + 1)
        name = field[0] if field else ""
        wording = f"`{name}` cannot be read here: what stands before the dot is {_word(match[1])}"
        return Problem(Kind.UNKNOWN_FIELD, wording, offset + 1, len(name), name, (match[1],))
    return _syntax(text, offset, message)


def _undeclared(text: str, offset: int, name: str) -> Problem:
    if text[offset : offset + 1] == "(":
        start = offset - len(text[:offset].rstrip()[-len(name) :])
        start = text.rfind(name, 0, offset) if name in text[:offset] else start
        return Problem(
            Kind.UNKNOWN_FUNCTION, f"there is no function `{name}`", start, len(name), name
        )
    root, dot, field = name.partition(".")
    if dot and root in NAMESPACES:
        last = field.rpartition(".")[2]
        start = text.find(last, offset)
        return Problem(
            Kind.UNKNOWN_FIELD,
            f"`{root}` has no field `{field}` here",
            start if start >= 0 else offset,
            len(last),
            name,
        )
    if root in NAMESPACES:
        wording = f"`{root}` cannot stand alone: write `{root}.` and a field"
        return Problem(Kind.UNKNOWN_NAME, wording, offset, len(root), name)
    if dot:  # CEL reports the last dot; what is unknown is the first part
        start = text.rfind(root, 0, offset)
        offset = start if start >= 0 else offset
    return Problem(Kind.UNKNOWN_NAME, f"there is no `{root}`", offset, len(root), root)


def _mismatch(text: str, offset: int, operator: str, types: tuple[str, ...]) -> Problem:
    plain = _OPERATORS.get(operator, operator.strip("_"))
    token = _TOKEN.match(text, offset)
    length = len(token[0]) if token else 1
    if text[offset : offset + 1] == "(" and plain.isidentifier():
        before = text[:offset].rstrip()
        if before.endswith(plain):
            offset, length = len(before) - len(plain), len(plain)
    words = " and ".join(_word(name) for name in types)
    wording = f"`{plain}` does not work with {words}"
    return Problem(Kind.TYPE_MISMATCH, wording, offset, length, plain, types)


def _syntax(text: str, offset: int, message: str) -> Problem:
    token = _TOKEN.match(text, offset)
    found = token[0] if token else ""
    if offset >= len(text):
        wording = "the expression ends too early"
    elif "token recognition error" in message:
        wording = f"`{found}` means nothing here"
        if found in {'"', "'"}:
            wording = "the text in quotes has no end"
    elif found in _CONSTANTS and text[:offset].endswith("."):
        wording = (
            f'`{found}` is a word of the language: write `["{found}"]` in place of `.{found}`'
        )
    elif reserved := _RESERVED.search(message):
        wording = f"`{reserved[1]}` is a reserved word of the language"
    elif _EXPECTING.match(message):
        wording = f"did not expect `{found}` here"
    else:
        wording = message.removeprefix("Syntax error: ")
    return Problem(Kind.SYNTAX, wording, offset, len(found), found)


def _split(types: str) -> tuple[str, ...]:
    """Split `string, list(map(a, b))` at its outer commas."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(types):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(types[start:at].strip())
            start = at + 1
    return tuple(part for part in (*parts, types[start:].strip()) if part)


_CEL_WORDS = {
    "string": "text",
    "int": "a whole number",
    "double": "a number with decimals",
    "bool": "true or false",
    "google.protobuf.Timestamp": "a point in time",
    "timestamp": "a point in time",
    "duration": "a length of time",
    "google.protobuf.Duration": "a length of time",
    "dyn": "data of unknown type",
    "null": "null",
}


def _word(name: str) -> str:
    if name.startswith("list"):
        return "a list"
    if name.startswith("map"):
        return "an object"
    return _CEL_WORDS.get(name, name)
