"""Fields of `event` and other namespaces: which there are, and which only some events have."""

from __future__ import annotations

from collections.abc import Iterable

from dtmflow.compiling.causes import START, TIMER, Cause
from dtmflow.expressions.problems import Problem
from dtmflow.expressions.types import Scope
from dtmflow.linting.analysis.expressions import Site

_EVERYWHERE = ("call", "id", "name")
"""Fields that all call events have; listed last."""


def known_fields(scope: Scope, space: str) -> tuple[str, ...]:
    """Return the fields of a namespace (`event`, `legs.agent`), its own before the common ones."""
    found = dict.fromkeys(
        name.removeprefix(f"{space}.").partition(".")[0]
        for name in scope
        if name.startswith(f"{space}.")
    )
    if space != "event":
        return tuple(found)
    return tuple(sorted(found, key=lambda name: name in _EVERYWHERE))


def event_words(causes: Iterable[Cause]) -> str:
    """Return "in `ToneReceived`", or what is at hand in place of an event."""
    every = list(causes)
    named = [f"`{each.event}`" for each in every if each not in (START, TIMER)]
    if not named:
        return "here: a timer has no payload" if TIMER in every else "here: no event is at hand"
    return f"in {' and '.join(dict.fromkeys(named))}"


def missing_in(site: Site, problem: Problem) -> tuple[Cause, ...]:
    """Return the events without a field that others have; nothing where no event has it."""
    without = tuple(each for each in site.typed.events if problem.name not in each.scope)
    return without if len(without) < len(site.typed.events) else ()


def without_words(causes: Iterable[Cause]) -> str:
    """Return the causes that lack a field: "`Connected` and a timer"."""
    words = dict.fromkeys(
        "the start of the flow"
        if each == START
        else "a timer"
        if each == TIMER
        else f"`{each.event}`"
        for each in causes
    )
    return " and ".join(words)
