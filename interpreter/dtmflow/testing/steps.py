"""The steps of a flow test that make something happen, and `hear`.

One function per step, registered under its name; what the flow did is compared elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from dtmflow.diagnostics import Path
from dtmflow.testing.results import show_value
from dtmflow.testing.values import BadValueError, matches, seconds, text
from dtmflow.testing.world import World
from dtmflow_schema.base import Event
from dtmflow_schema.catalogue import EVENTS
from dtmflow_schema.scenario import Fire, Hear, Incoming

Act: TypeAlias = Callable[[World, Any], None]


class DifferentError(Exception):
    """Something else happened than was expected."""

    def __init__(self, expected: str, happened: str) -> None:
        self.expected, self.happened = expected, happened
        self.at: Path = ()
        """Where it is written, below the value of the step."""
        super().__init__(f"expected {expected}, happened {happened}")


def incoming(world: World, value: Incoming) -> None:
    """`incoming: {callerid, number, displayName, headers, params}`: a call comes in."""
    world.incoming(
        callerid=text(value.callerid),
        number=text(value.number),
        display_name=text(value.display_name),
        headers={name: text(field) for name, field in value.headers.items()},
        params=value.params,
    )


def fire(world: World, value: Fire) -> None:
    """`fire: Event` or `fire: {leg.Event: {field: value}}`: an event comes."""
    _only_primary(world, value.leg)
    event = EVENTS[value.event]
    names = _python_names(event)
    fields = {names[name]: field for name, field in value.payload.items()}
    try:
        event(**fields)
    except ValueError as problem:
        raise BadValueError(f"{value.event} with {show_value(value.payload)}: {problem}") from None
    world.fire(event, fields)


@cache
def _python_names(event: type[Event]) -> Mapping[str, str]:
    return {info.alias or name: name for name, info in event.model_fields.items()}


def press(world: World, value: Any) -> None:
    """`press: "123"`: keys are pressed at once, one after the other."""
    world.press(text(value))


def silence(world: World, value: Any) -> None:
    """`silence: 5s`: prompts end, then time passes."""
    world.silence(seconds(value))


def wait(world: World, value: Any) -> None:
    """`wait: 5s`: time passes."""
    world.wait(seconds(value))


def drop(world: World, value: Any) -> None:
    """`drop: caller`: the caller hangs up."""
    _only_primary(world, text(value))
    world.drop()


DOING: Mapping[str, Act] = {
    "incoming": incoming,
    "fire": fire,
    "press": press,
    "silence": silence,
    "wait": wait,
    "drop": drop,
}
"""Steps that make something happen, by name."""


def hear(world: World, value: Hear) -> None:
    """`hear: text`: what plays now is this text, matches this `/regex/`, or is this file.

    Raises:
        DifferentError: something else plays, or nothing.
    """
    _only_primary(world, value.leg)
    wanted = text(value.text)
    playing = world.call.playback.what if world.call and world.call.playback else None
    if playing is not None and matches(wanted, playing):
        return
    if playing is not None:
        happened = show_value(playing)
    elif world.call is not None and world.call.heard:
        happened = f"silence; the last sound was {show_value(world.call.heard[-1])}"
    else:
        happened = "silence; nothing has been played"
    raise DifferentError(f"to hear {show_value(wanted)}", happened)


def _only_primary(world: World, leg: str | None) -> None:
    primary = world.program.core.primary
    if leg not in {None, primary}:
        raise BadValueError(f"there is no leg `{leg}`: only `{primary}` can run yet")
