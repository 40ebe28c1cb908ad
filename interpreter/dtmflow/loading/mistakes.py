"""One mistake in a document, as a model tells it and as the author reads it.

Knows the types of error that the models of `dtmflow_schema` raise, and for each its code, its
place, its words and its repair.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pydantic_core import ErrorDetails, PydanticCustomError

from dtmflow.diagnostics import Diagnostic, Edit, Fix, Level, Path, Span
from dtmflow.loading import nodes
from dtmflow.loading.document import Document
from dtmflow.loading.listing import as_list
from dtmflow.loading.suggest import closest
from dtmflow_schema.problems import Problem, moved

CODES: Final[Mapping[str, str]] = {
    Problem.EXTRA_FORBIDDEN: "S101",
    Problem.RESERVED_WORD: "S101",
    Problem.UNKNOWN_ACTION: "S102",
    Problem.UNKNOWN_EVENT: "S103",
    Problem.UNKNOWN_PARAMETER: "S104",
    Problem.MISSING_ARGUMENT: "S105",
    Problem.WRONG_TYPE: "S106",
    Problem.VALUE_RANGE: "S107",
    Problem.EXCLUSIVE_PARAMETERS: "S108",
    Problem.HEADER_NAME: "S109",
    Problem.LISTENER_METHOD: "S110",
    Problem.GETTER_AS_ACTION: "S111",
    Problem.TWO_KINDS: "S112",
    Problem.SEVERAL_ACTIONS: "S113",
    Problem.UNSUPPORTED_VERSION: "S114",
    Problem.MISSING: "S115",
    Problem.DURATION_UNIT: "Y108",
}
_KEYS: Final = frozenset({Problem.EXTRA_FORBIDDEN, Problem.UNKNOWN_PARAMETER})
OTHER_WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("play", "playback", "playFile", "audio"), "startPlayback"),
    **dict.fromkeys(("speak", "tts", "announce"), "say"),
    **dict.fromkeys(("stop", "stopSay"), "stopPlayback"),
    **dict.fromkeys(("accept", "pickup"), "answer"),
    **dict.fromkeys(("disconnect", "bye", "drop", "terminate"), "hangup"),
    **dict.fromkeys(("transfer", "refer"), "transferTo"),
    "call": "dial",
    "assign": "set",
    "print": "log",
    "dtmf": "sendDigits",
    "busy": "reject",
}
"""What others call the actions."""
_NO_ACTIONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("wait", "sleep", "pause", "delay"), "waiting is `after:`, beside `do:`"),
    **dict.fromkeys(("goto", "to", "next", "jump"), "where to go stands in `to:`, beside `do:`"),
    **dict.fromkeys(
        ("if", "else", "switch", "when"),
        "a condition stands in a list of entries: `to: [{ if: ..., to: ... }, ...]`",
    ),
    **{
        kind: f"`{kind}` is a kind of state: write it beside `do:`"
        for kind in ("prompt", "menu", "gather", "connect", "http", "run")
    },
}
"""What is no action, and where it stands instead."""
_AT_KEY: Final = frozenset(
    {
        *("S101", "S102", "S103", "S104", "S105", "S108", "S109", "S110", "S111"),
        *("S112", "S113", "S115"),
    }
)
_KEYS_PRESSED: Final = re.compile(r"[0-9*#]+")
_MEANT: Final = {"yes": "true", "on": "true", "true": "true", "y": "true", "no": "false",
                 "off": "false", "false": "false", "n": "false"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mistake:
    """An error of a model, with its place and its facts."""

    kind: Problem
    path: Path
    given: str
    """The name that was written, or the name that is missing."""
    allowed: tuple[str, ...]
    """Names that could stand there."""
    expected: str
    """What should stand there, in words."""
    other: str
    """The second name that is involved."""
    value: object
    """What stands at the place."""
    message: str
    """The model's own words."""

    @classmethod
    def of(cls, details: ErrorDetails) -> Mistake:
        """Read one entry of `ValidationError.errors()`."""
        error = moved(details)
        path: Path = tuple(error["loc"])
        last = str(path[-1]) if path else ""
        kind, facts, message = Problem.MISSING, {}, ""
        if isinstance(error["type"], PydanticCustomError):
            kind = Problem(error["type"].type)
            facts, message = dict(error["type"].context or {}), error["type"].message()
        else:
            path = path[:-1]
        return cls(
            kind=kind,
            path=path,
            given=str(facts.get("given", last)),
            allowed=tuple(str(name) for name in facts.get("allowed", ())),
            expected=str(facts.get("expected", "")),
            other=str(facts.get("other", "")),
            value=error["input"],
            message=message,
        )

    @property
    def code(self) -> str:
        """The code of its finding."""
        return CODES[self.kind]

    @property
    def meant(self) -> str | None:
        """The allowed name that the given one was probably meant to be."""
        other = OTHER_WORDS.get(self.given) if self.kind is Problem.UNKNOWN_ACTION else None
        return other if other in self.allowed else closest(self.given, self.allowed)


def unexplained(mistakes: Sequence[Mistake]) -> list[Mistake]:
    """Leave out keys that are only missing because they are misspelt beside the gap."""
    misspelt = {
        (mistake.path[:-1], mistake.meant) for mistake in mistakes if mistake.kind in _KEYS
    }
    return [
        mistake
        for mistake in mistakes
        if mistake.kind not in (Problem.MISSING, Problem.MISSING_ARGUMENT)
        or (mistake.path, mistake.given) not in misspelt
    ]


def finding(document: Document, mistake: Mistake) -> Diagnostic:
    """Say a mistake in the author's words, with its place and its repair."""
    around = document.node(mistake.path[:-1])
    if mistake.kind in _KEYS and isinstance(around, nodes.Mapping):
        # A key that stands there already was not meant.
        free = tuple(name for name in mistake.allowed if name not in around.entries)
        mistake = replace(mistake, allowed=free)
    swallowed = _swallowed(document, mistake)
    if swallowed is not None:
        return swallowed
    span = _place(document, mistake)
    message, help_ = _WORDS[mistake.code](mistake)
    fix = _repair(document, mistake, span)
    return Diagnostic(mistake.code, Level.ERROR, message, document.file, span, help_, fix)


def _swallowed(document: Document, mistake: Mistake) -> Diagnostic | None:
    """Return the finding for a value that vanished in a comment: `end: #`."""
    node = document.node(mistake.path)
    if mistake.value is not None or not isinstance(node, nodes.Scalar) or node.value:
        return None
    rest = document.text[node.end :].split("\n", 1)[0]
    if not rest.strip().startswith("#") or rest.strip().startswith("# "):
        return None
    at = node.end + rest.index("#")
    span = document.lines.span(at, at + 1)
    fix = Fix("Quote the `#`", (Edit(span, '"#"'),)) if rest.strip() == "#" else None
    message = '`#` started a comment here; write `"#"`'
    return Diagnostic("Y102", Level.ERROR, message, document.file, span, "quote it", fix)


def _place(document: Document, mistake: Mistake) -> Span:
    path = mistake.path
    node = document.node(path)
    around = document.node(path[:-1])
    named = isinstance(around, nodes.Mapping) and bool(path) and str(path[-1]) in around.entries
    bare = bool(path) and path[-1] in ("do", "exit") and mistake.code != "S115"
    if named and not bare and _is_about_key(mistake, node):
        return document.span(path, key=True)
    if mistake.code in _AT_KEY and isinstance(node, nodes.Mapping) and node.entries:
        # Of a whole mapping the first key is marked: the mapping may be the whole file.
        key = next(iter(node.entries.values()))[0]
        return document.lines.span(key.start, key.end)
    return document.span(path)


def _is_about_key(mistake: Mistake, node: nodes.Node | None) -> bool:
    if mistake.code in _AT_KEY:
        return True
    same = isinstance(node, nodes.Scalar) and node.value == mistake.value
    return isinstance(mistake.value, str) and mistake.value == mistake.path[-1] and not same


def _did_you_mean(mistake: Mistake) -> str:
    if mistake.meant is not None:
        return f"did you mean `{mistake.meant}`?"
    known = ", ".join(f"`{name}`" for name in mistake.allowed)
    listed = f"there are {known}" if known else ""
    if mistake.kind is Problem.UNKNOWN_ACTION:
        listed = f"schema/reference/methods.md lists all {len(mistake.allowed)}"
        return _NO_ACTIONS.get(mistake.given, listed)
    if mistake.kind is Problem.UNKNOWN_EVENT:
        if _KEYS_PRESSED.fullmatch(mistake.given):
            return "keys stand under `choices:` of a `menu`, or are `event.tone` of `ToneReceived`"
        if mistake.given[1:].islower():
            return "events of your own begin with a lower-case letter"
        return f"schema/reference/events.md lists all {len(mistake.allowed)}"
    return listed


def _unknown(what: str) -> Callable[[Mistake], tuple[str, str]]:
    return lambda mistake: (f"{what.format(mistake.given)}", _did_you_mean(mistake))


def _missing_argument(mistake: Mistake) -> tuple[str, str]:
    if mistake.message.startswith("one of"):
        names = ", ".join(f"`{name}`" for name in mistake.allowed)
        return f"one of {names} is required", ""
    return f"`{mistake.given}` is required", ""


def _missing_key(mistake: Mistake) -> tuple[str, str]:
    help_ = "write `version: 1` first" if mistake.given == "version" else ""
    return f"the key `{mistake.given}` is required", help_


def _expected(mistake: Mistake) -> tuple[str, str]:
    message = f"expected {mistake.expected}, found {_describe(mistake.value)}"
    if mistake.meant is not None:
        return message, f"did you mean `{mistake.meant}`?"
    bare = mistake.value is None and mistake.expected.startswith(("a mapping with", "no arg"))
    return message, "leave out the `:` where there is nothing to say" if bare else ""


def _unknown_key(mistake: Mistake) -> tuple[str, str]:
    if mistake.kind is Problem.RESERVED_WORD:
        return mistake.message, ""
    return f"unknown key `{mistake.given}`", _did_you_mean(mistake)


def _exclusive(mistake: Mistake) -> tuple[str, str]:
    message = mistake.message
    for name in (mistake.given, mistake.other):
        message = message.replace(name, f"`{name}`", 1) if name else message
    return message.replace("`: true", ": true`"), _why_exclusive({mistake.given, mistake.other})


def _why_exclusive(names: set[str]) -> str:
    if "final" in names:
        return "a final state ends the flow as soon as it is entered"
    if names == {"to", "states"}:
        return "the nested states say where to go"
    return "make it two states" if "states" in names else ""


_WORDS: Final[Mapping[str, Callable[[Mistake], tuple[str, str]]]] = {
    "S101": _unknown_key,
    "S102": _unknown("`{}` is not a Call method"),
    "S103": _unknown("`{}` is not an event of the Call reference"),
    "S104": _unknown("unknown parameter `{}`"),
    "S105": _missing_argument,
    "S106": _expected,
    "S107": _expected,
    "S108": _exclusive,
    "S109": lambda m: (
        (f"`{m.given}` is no name of a header", "letters, digits and `-` may stand in it")
        if m.given.startswith(("X-", "x-"))
        else (f"the name of the header `{m.given}` must start with `X-`", "")
    ),
    "S110": lambda m: (f"`{m.given}` has no place in a flow", "use `on:`"),
    "S111": lambda m: (
        f"`{m.given}` is a property and does nothing",
        f"read it in a text or condition: `${{call.{m.given.rpartition('.')[2]}}}`",
    ),
    "S112": lambda m: (_exclusive(m)[0], "make it two states"),
    "S113": lambda _: ("several actions in one mapping have no order", "make it a list"),
    "S114": lambda m: (
        (m.message, "")
        if m.path[-1] == "requires"
        else (f"version {_written(m.value)} is not supported", "write `version: 1`")
    ),
    "S115": _missing_key,
    "Y108": lambda m: (
        f"a duration needs a unit: write {_written(m.value)}s or {_written(m.value)}ms",
        "",
    ),
}


def _repair(  # noqa: PLR0911 - one per repair
    document: Document, mistake: Mistake, span: Span
) -> Fix | None:
    code = mistake.code
    if code in ("S101", "S102", "S103", "S104"):
        meant = mistake.meant
        written = document.lines.slice(span)
        if meant is None or mistake.given not in written:
            return None
        text = written.replace(mistake.given, meant, 1)
        return Fix(f"Write `{meant}`", (Edit(span, text),), safe=False)
    if code == "S106":
        return _typed(document, mistake, span)
    if code == "S109" and not mistake.given.startswith(("X-", "x-")):
        return Fix("Put `X-` in front", (Edit(span, _prefixed(document.lines.slice(span))),))
    if code == "S113":
        return as_list(document, mistake.path[:-1])
    if code == "S115" and mistake.given == "version" and isinstance(document.root, nodes.Mapping):
        at = document.root.start
        if not document.text.startswith("{", at):
            here = document.lines.span(at, at)
            return Fix("Add `version: 1`", (Edit(here, "version: 1\n"),))
    if code == "Y108":
        return Fix("Make it seconds", (Edit(span, f"{_written(mistake.value)}s"),))
    return None


def _typed(document: Document, mistake: Mistake, span: Span) -> Fix | None:
    if not isinstance(document.node(mistake.path), nodes.Scalar):
        return None
    meant = mistake.meant
    if mistake.expected == "true or false":
        meant = _MEANT.get(str(mistake.value).casefold())
    return Fix(f"Write `{meant}`", (Edit(span, meant),), safe=False) if meant else None


def _prefixed(written: str) -> str:
    quote = written[:1] if written[:1] in {'"', "'"} else ""
    return f"{quote}X-{written[len(quote) :]}"


def _written(value: object) -> str:
    return str(getattr(value, "source", value))


def _describe(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = _written(value)
    shown = text if len(text) <= 40 else f"{text[:39]}…"
    return f"the text `{shown}`" if isinstance(value, str) else shown
