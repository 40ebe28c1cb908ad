"""Small cores made by hand, for tests of what reads only a core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dtmflow.compiling.core import (
    END,
    Action,
    After,
    Core,
    Handler,
    Later,
    Leg,
    State,
    Transition,
    Trigger,
)


def act(name: str, leg: str = "caller", /, **arguments: object) -> Action:
    return Action(name, leg, arguments, ("do", name))  # type: ignore[arg-type]


def go(to: str | None, *do: Action, guard: str | None = None) -> Transition:
    return Transition(guard, do, to, to, ("to",), target_origin=("to", to or ""))


def lost(target: str, *candidates: str) -> Transition:
    return Transition(None, (), target, None, ("to",), (), ("to",), candidates)


def on(event: str, *transitions: Transition | str, leg: str = "caller") -> Handler:
    own = event[0].islower()
    made = tuple(go(each) if isinstance(each, str) else each for each in transitions)
    return Handler(Trigger(event, "" if own else leg), made, ("on", event))


def after(delay: str, *transitions: Transition | str) -> After:
    made = tuple(go(each) if isinstance(each, str) else each for each in transitions)
    return After(delay, made, ("after", delay))


def state(path: str, *parts: Action | Handler | After | Transition, **settings: object) -> State:
    parent = path.rpartition("/")[0]
    made = State(
        path,
        parent,
        ("states", *path.split("/")),
        do=tuple(part for part in parts if isinstance(part, Action)),
        on=tuple(part for part in parts if isinstance(part, Handler)),
        after=tuple(part for part in parts if isinstance(part, After)),
        to=tuple(part for part in parts if isinstance(part, Transition)),
    )
    return replace(made, **settings)  # type: ignore[arg-type]


def later(kind: str, *outcomes: str, **settings: object) -> Later:
    return Later(kind, settings, outcomes, ("kind",))  # type: ignore[arg-type]


def core(
    *states: State,
    start: str = "incoming",
    primary: str = "caller",
    root: tuple[Handler | After, ...] = (),
    legs: tuple[str, ...] = (),
) -> Core:
    """Make a core; nested states follow from their paths, the first child is the initial one."""
    children: dict[str, list[str]] = {}
    for each in states:
        if each.parent:
            children.setdefault(each.parent, []).append(each.path)
    made: Mapping[str, State] = {
        each.path: replace(
            each,
            children=tuple(children.get(each.path, ())),
            initial=each.initial or next(iter(children.get(each.path, ())), None),
        )
        for each in states
    }
    return Core(
        name="test",
        start=start,
        primary=primary,
        initial=states[0].path if states else END,
        on=tuple(part for part in root if isinstance(part, Handler)),
        after=tuple(part for part in root if isinstance(part, After)),
        states=made,
        variables={},
        params={},
        returns={},
        legs={name: Leg(name, {}, ("legs", name)) for name in (primary, *legs)},
        prompts={},
    )
