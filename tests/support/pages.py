"""Rule pages as tests: their examples, completed to whole flows."""

from __future__ import annotations

import re
from textwrap import dedent, indent
from typing import Literal

from dtmflow_schema.doing import ACTION_NAMES
from dtmflow_schema.flow import Flow, State

_KEY = re.compile(r"[\"']?([A-Za-z_%]\w*)")
_STATE = {*State.known_keys(), "choices", "timeout"}
_RINGING = "  ringing: {{ do: answer, on: {{ Connected: {} }} }}\n"


def examples(page: str, kind: Literal["Bad", "Good"]) -> list[str]:
    """Return the indented blocks that follow `Bad:` or `Good:` on a rule's page."""
    part = re.split(rf"^{kind}:.*$", page, maxsplit=1, flags=re.MULTILINE)[1]
    part = re.split(r"^\S", part, maxsplit=1, flags=re.MULTILINE)[0]
    blocks = re.findall(r"(?:^    .*\n?|^\n)+", part, re.MULTILINE)
    return [dedent(block).strip("\n") + "\n" for block in blocks if block.strip()]


def whole(example: str) -> str:
    """Return a whole flow around an example, which may be as little as one argument."""
    first = _first(example)
    if re.search(r"^(%YAML|version:|name:)", example, re.MULTILINE):
        return example if "states:" in example else example + _states("  main: { to: end }\n")
    ours = first in Flow.known_keys() and first not in State.known_keys()
    if ours or first in ("states", "stats"):
        rest = "" if re.search(r"^stat", example, re.MULTILINE) else _states("")
        return f"version: 1\n{example}{rest}"
    head = 'version: 1\nvars: { tries: 0, name: "" }\n'
    return head + _states(_as_states(example, first))


def _first(example: str) -> str:
    line = next(line for line in example.splitlines() if not line.startswith("#"))
    found = _KEY.match(line)
    assert found, line
    return found[1]


def _states(states: str) -> str:
    states = states or "  main: { to: end }\n"
    begin = re.search(r"^  (\w+)", states, re.MULTILINE)
    assert begin
    ringing = "" if "  ringing:" in states else _RINGING.format(begin[1])
    return f"states:\n{ringing}{states}"


def _as_states(example: str, first: str) -> str:
    """Return an example as states, indented below `states:`."""
    if first in _STATE:
        if first in ("choices", "timeout"):
            more = "" if first == "choices" else 'choices: { "1": end }\n'
            example = f"menu:\n  say: Press a key.\n{indent(example + more, '  ')}"
            example += "on: { exhausted: end }\n"
        return "  main:\n" + indent(example, "    ")
    if first in ACTION_NAMES:
        return "  main:\n    do:\n" + indent(_items(example), "      ") + "    to: end\n"
    if first == "if":
        entry = indent(example, "          ").lstrip()
        return (
            "  main:\n    do: { handleTones: true }\n    on:\n      ToneReceived:\n"
            f"        - {entry}          to: end\n"
        )
    return indent(example, "  ")


def _items(example: str) -> str:
    """Return top-level entries as items of a list."""
    return "".join(
        f"- {line}" if not line.startswith((" ", "\n")) else f"  {line}"
        for line in example.splitlines(keepends=True)
    )
