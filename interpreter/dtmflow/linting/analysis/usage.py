"""Which names of a core are read, and which only written.

Texts are searched, not compiled, so that a flow with a broken expression still tells what it
uses: a name is read where it stands in a guard or in `${...}`, outside quotes and not after a dot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dtmflow.compiling.core import Core, Plain
from dtmflow.diagnostics import Path
from dtmflow.linting.analysis.graph import every_action, every_transition
from dtmflow_schema import flow as source

_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.DOTALL)
_NAME = re.compile(r"(?<![\w.])([A-Za-z_]\w*)(?:\s*\.\s*([A-Za-z_]\w*))?")
_SLOT = re.compile(r"\$\{(.*?)\}", re.DOTALL)
_LEG_KEYS = frozenset({"leg", "legs", "call", "dial"})


@dataclass(frozen=True, slots=True)
class Usage:
    """What a core reads, by kind of name."""

    variables: frozenset[str]
    params: frozenset[str]
    prompts: frozenset[str]
    legs: frozenset[str]
    env: frozenset[str]
    """Environment variables."""
    written: frozenset[str]
    """Variables that something assigns."""
    whole: frozenset[str]
    """Namespaces that an expression uses as a whole or with a computed field."""


def names_read(expression: str) -> set[tuple[str, str]]:
    """Return the names of an expression, each with the field that follows it ("" without)."""
    bare = _QUOTED.sub('""', expression)
    return {(match[1], match[2] or "") for match in _NAME.finditer(bare)}


def usage(core: Core) -> Usage:
    """Collect what every guard, template and action of a core uses."""
    read: set[tuple[str, str]] = set()
    for expression in _expressions(core):
        read |= names_read(expression)
    legs = {field for name, field in read if name == "legs"} | set(_legs(core))
    spaces = {name for name, field in read if not field}
    return Usage(
        variables=frozenset(name for name, _ in read),
        params=frozenset(field for name, field in read if name == "params"),
        prompts=frozenset(field for name, field in read if name == "prompts"),
        legs=frozenset(legs),
        env=frozenset(field for name, field in read if name == "env"),
        written=frozenset(_written(core)),
        whole=frozenset(spaces & {"params", "prompts", "legs"}),
    )


def _expressions(core: Core) -> Iterator[str]:
    for entry in every_transition(core):
        if entry.guard:
            yield entry.guard
    for text in _texts(core):
        # a `}` inside quotes or a map cuts a slot short; what follows is then read as well
        for match in _SLOT.finditer(text):
            yield match[1]
            yield text[match.end() :] if match[1].count('"') % 2 or "{" in match[1] else ""


def _texts(core: Core) -> Iterator[str]:
    for action in every_action(core):
        yield from _strings(action.arguments)
    for state in core.states.values():
        if state.later is not None:
            yield from _strings(state.later.settings)
        yield from (timer.delay for timer in state.after)
    for written in core.written.values():
        yield written.text if written.kind != "guard" else f"${{{written.text}}}"
    yield from (timer.delay for timer in core.after)
    for leg in core.legs.values():
        yield from _strings(leg.settings)
    for texts in core.prompts.values():
        yield from texts.values()


def _strings(value: Plain) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _strings(item)


def _written(core: Core) -> Iterator[str]:
    for action in every_action(core):
        if action.name == "set":
            yield from action.arguments
    for state in core.states.values():
        if state.later is not None and isinstance(into := state.later.settings.get("into"), str):
            yield into


def _legs(core: Core) -> Iterator[str]:
    """Yield legs that actions, handlers and kinds name."""
    yield core.primary
    for action in every_action(core):
        yield action.leg
        if not action.leg:
            yield from _strings(action.arguments)
        else:
            yield from (str(value) for key, value in action.arguments.items() if key in _LEG_KEYS)
    for handler in (*core.on, *(each for state in core.states.values() for each in state.on)):
        yield handler.trigger.leg
    for state in core.states.values():
        if state.later is not None:
            yield from _strings(state.later.settings)


def assignments(core: Core) -> Iterator[tuple[str, Path, bool]]:
    """Yield what the author assigns: the name, its place, and whether it is the key there."""
    for action in every_action(core):
        if action.name == "set":
            yield from ((name, path, path[-1] == name) for name, path in action.places.items())
    for state in core.states.values():
        if state.later is not None and isinstance(into := state.later.settings.get("into"), str):
            yield into, (*state.later.origin, "into"), False


def gathered(states: Mapping[str, source.State], place: Path = ()) -> Iterator[tuple[str, Path]]:
    """Yield what each `gather` assigns; in the core it is no author's assignment any more."""
    for name, state in states.items():
        path: Path = (*place, "states", name)
        if state.gather is not None:
            yield state.gather.into, (*path, "gather", "into")
        yield from gathered(state.states, path)
