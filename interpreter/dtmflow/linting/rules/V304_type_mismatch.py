"""Values of types that do not go together.

Why: types are known before a call comes. A tone is text, so comparing it with a number could
never be true; a text cannot be counted with. A variable keeps the type of its default, so that a
text cannot be assigned to a number; what a `gather` gives is digits, and never true or false.

Bad:

    if: event.tone == 1

Good:

    if: event.tone == "1"

Fix (unsafe): write the constant as the type beside it: quoted, unquoted, or with a point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.expressions.problems import Kind
from dtmflow.expressions.types import Type
from dtmflow.linting.analysis.expressions import Finding, findings, mending, quoted
from dtmflow.linting.analysis.graph import every_action
from dtmflow.linting.analysis.usage import gathered
from dtmflow.linting.analysis.words import UNUSABLE
from dtmflow.linting.registry import Subject, rule
from dtmflow_schema.flow import expected_of

_WHOLE, _DECIMAL = r"-?\d+(?![\w.])", r"-?\d+\.\d+"
_IN_QUOTES = r"\"-?\d+(?:\.\d+)?\"|'-?\d+(?:\.\d+)?'"
_CONSTANTS: Mapping[tuple[str, str], str] = {
    ("string", "int"): _WHOLE,
    ("string", "double"): _DECIMAL,
    ("int", "string"): _IN_QUOTES,
    ("double", "string"): _IN_QUOTES,
    ("double", "int"): _WHOLE,
}
"""By type of a name and of the constant beside it: how that constant is written."""
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_NAME = r"(?<![\w.])[A-Za-z_][\w.]*(?:\([^()]*\))?"


@dataclass(frozen=True, slots=True)
class _Constant:
    """A constant of the wrong type beside a name."""

    name: str
    offset: int
    raw: str
    kind: str
    """Type of the name."""

    def better(self, subject: Subject, found: Finding) -> str:
        value = self.raw.strip("\"'")
        if self.kind == "string":
            return quoted(subject.document, found.site.typed, value)
        return f"{value}.0" if self.kind == "double" and "." not in value else value


@rule("V304", "type-mismatch", Level.ERROR)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report each mismatch, with the constant to write where one is at hand."""
    for found in findings(subject, Kind.TYPE_MISMATCH):
        constant = _constant(found)
        if constant is None:
            yield subject.report(found.span, found.problem.message, help=_help(found))
            continue
        better = constant.better(subject, found)
        change = (constant.offset, len(constant.raw), better)
        title = f"write `{better}`"
        kind = Type(constant.kind).word
        yield subject.report(
            found.span,
            f"{found.problem.message}: `{constant.name}` is {kind}",
            help=title,
            fix=mending(subject.document, found.site.typed, [change], title, safe=False),
        )
    yield from _assigned(subject)
    yield from _gathered(subject)


def _assigned(subject: Subject) -> Iterator[Diagnostic]:
    """Report constants that a variable cannot hold."""
    core = subject.core
    declared = {**core.variables, **core.returns}
    for action in every_action(core):
        for name, place in action.places.items() if action.name == "set" else ():
            value, variable = action.arguments[name], declared.get(name)
            if variable is None or name in UNUSABLE or (isinstance(value, str) and "${" in value):
                continue
            expected = expected_of(variable.type, value)
            if expected is not None:
                yield subject.report(
                    place,
                    f"`{name}` takes {expected}",
                    help=f"it is declared as `{variable.type}`",
                )


def _gathered(subject: Subject) -> Iterator[Diagnostic]:
    """Report variables of gathers that cannot hold digits."""
    core = subject.core
    for name, path in gathered(subject.flow.states):
        variable = core.variables.get(name) or core.returns.get(name)
        if variable is not None and variable.type == "bool":
            yield subject.report(
                path,
                f"`{name}` takes true or false, and a gather gives digits",
                help="declare it as `string` or `int`",
            )


def _constant(found: Finding) -> _Constant | None:
    """Find the constant whose type does not fit the name on the operator's other side."""
    problem, text = found.problem, found.site.typed.text
    if len(problem.types) != 2:
        return None
    left_type, right_type = problem.types
    compares = problem.name in _COMPARISONS
    before, at = text[: problem.offset], problem.offset + problem.length
    if wanted := _wanted(left_type, right_type, compares=compares):
        name, constant = (
            re.search(rf"({_NAME})\s*$", before),
            re.match(rf"\s*({wanted})", text[at:]),
        )
        if name and constant:
            return _Constant(_last(name[1]), at + constant.start(1), constant[1], left_type)
    if wanted := _wanted(right_type, left_type, compares=compares):
        constant, name = (
            re.search(rf"({wanted})\s*$", before),
            re.match(rf"\s*({_NAME})", text[at:]),
        )
        if name and constant:
            return _Constant(_last(name[1]), constant.start(1), constant[1], right_type)
    return None


def _wanted(of_name: str, of_constant: str, *, compares: bool) -> str | None:
    """Return the pattern of a constant to mend; in arithmetic only the decimal point is sure."""
    if compares or of_name == "double":
        return _CONSTANTS.get((of_name, of_constant))
    return None


def _last(name: str) -> str:
    return name if "(" in name else name.rpartition(".")[2]


def _help(found: Finding) -> str:
    problem = found.problem
    if problem.name == "+" and "string" in problem.types:
        return "make it text with `string(...)`, or insert it with `${...}`"
    if {"int", "double"} == set(problem.types):
        return "turn the whole number into one with decimals: `double(...)`"
    if problem.name == "!":
        return '`!` turns true and false; compare other values, as in `!= ""`'
    return ""
