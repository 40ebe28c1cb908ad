"""Cores made by hand, for tests that need no YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dtmflow.compiling.core import (
    Action,
    After,
    Core,
    Handler,
    State,
    StatePath,
    Transition,
    Trigger,
)


def action(text: str) -> Action:
    return Action("log", "", {"text": text}, ())


def transition(to: StatePath | None, *, guard: str | None = None, do: str = "") -> Transition:
    return Transition(guard, (action(do),) if do else (), to, to, ())


def handler(event: str, *transitions: Transition) -> Handler:
    return Handler(Trigger(event), transitions, ())


def state(
    path: StatePath,
    *,
    on: Iterable[Handler] = (),
    after: Iterable[After] = (),
    to: Iterable[Transition] = (),
    initial: StatePath | None = None,
    children: Sequence[StatePath] = (),
) -> State:
    return State(
        path=path,
        parent=path.rpartition("/")[0],
        origin=(),
        on=tuple(on),
        after=tuple(after),
        to=tuple(to),
        initial=initial,
        children=tuple(children),
    )


def core(
    states: Iterable[State], *, on: Iterable[Handler] = (), after: Iterable[After] = ()
) -> Core:
    table: Mapping[StatePath, State] = {each.path: each for each in states}
    return Core(
        name="made",
        start="incoming",
        primary="caller",
        initial=next(iter(table)),
        on=tuple(on),
        after=tuple(after),
        states=table,
        variables={},
        params={},
        returns={},
        legs={},
        prompts={},
    )
