"""The core: a flow with all sugar rewritten, every name resolved, every element with its origin.

Runtime, rules, tests and graph read this and nothing richer. Values only, no behaviour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from dtmflow.diagnostics import Path

Plain: TypeAlias = "bool | int | float | str | tuple[Plain, ...] | Mapping[str, Plain] | None"
"""Plain data; strings may hold `${...}`."""

StatePath: TypeAlias = str
"""Absolute path of a state, `/` between levels: `main/play`. The root is ""."""

END: StatePath = "end"
"""The built-in final state (`final: ok`)."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a handler waits for: a call event of a leg, or an own (lower-case) event."""

    event: str
    """`ToneReceived`; or lower-case: `fault`, `ok`, `exhausted`, a name of `emit`."""
    leg: str = ""
    """Leg of a call event, never empty for one; empty for own events."""

    def __str__(self) -> str:
        return f"{self.leg}.{self.event}" if self.leg else self.event


@dataclass(frozen=True, slots=True)
class Action:
    """One Call method on a leg, or one session action (`leg` is "")."""

    name: str
    """`say`, `stopPlayback`, ... or `set`, `dial`, `bridge`, `unbridge`, `log`, `emit`."""
    leg: str
    arguments: Mapping[str, Plain]
    """Flattened, under VoxEngine's names. `set`: variable -> value; `log`: text; `emit`: event;
    `dial`: leg and overrides; `bridge`, `unbridge`: legs."""
    origin: Path
    """Where the action stands in the source: its key, or the bare name; for generated ones, the
    sugar that made it."""
    places: Mapping[str, Path] = field(default_factory=dict)
    """Where the author wrote each argument; none for what sugar generated."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One guarded entry of a handler, a timer or a completion list."""

    guard: str | None
    """CEL text of `if:`; None is always true."""
    do: tuple[Action, ...]
    target: str | None
    """As written; None is internal: timers keep running, nothing is left or entered."""
    to: StatePath | None
    """Resolved target; None when internal or unresolvable."""
    origin: Path
    guard_origin: Path = ()
    """Where the expression of the guard stands."""
    target_origin: Path = ()
    """Where the target stands."""
    candidates: tuple[StatePath, ...] = ()
    """Set when the target is ambiguous (F110): the states that bear the name."""


@dataclass(frozen=True, slots=True)
class Handler:
    """An entry of `on:`: transitions in document order, first true guard wins."""

    trigger: Trigger
    transitions: tuple[Transition, ...]
    origin: Path
    """The event's key."""


@dataclass(frozen=True, slots=True)
class After:
    """An entry of `after:`: fires once per entry of its state."""

    delay: str
    """Duration as written (`5s`, `2m`, `500ms`) or a `${...}` of one."""
    transitions: tuple[Transition, ...]
    origin: Path


@dataclass(frozen=True, slots=True)
class Later:
    """A state kind that the core keeps whole: `connect`, `http` or `run`."""

    kind: str
    settings: Mapping[str, Plain]
    outcomes: tuple[str, ...]
    """Lower-case events it may end with."""
    origin: Path


@dataclass(frozen=True, slots=True)
class State:
    """A node of the statechart."""

    path: StatePath
    parent: StatePath
    origin: Path
    """The state's key in the source; for generated states, the key of the sugar's state."""
    do: tuple[Action, ...] = ()
    exit: tuple[Action, ...] = ()
    on: tuple[Handler, ...] = ()
    after: tuple[After, ...] = ()
    to: tuple[Transition, ...] = ()
    """Completion: taken when the state's own work is done, which is its `do`. A state with nested
    ones has none (S108): only an event or a timer leads out of it."""
    initial: StatePath | None = None
    children: tuple[StatePath, ...] = ()
    final: str | None = None
    """Outcome name of a final state."""
    later: Later | None = None
    generated: bool = False
    """Made by sugar, not written by the author."""
    must_hear: bool = False
    """Whether what is played here has to be heard."""
    sugar: str = ""
    """`prompt`, `menu` or `gather` when this state was written with that kind."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A declared variable, parameter or return value."""

    name: str
    type: str
    """string, int, number, bool, phone or object."""
    default: Plain
    secret: bool
    origin: Path
    generated: bool = False
    """Made by sugar, such as the counter of a menu."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A declared or implied leg."""

    name: str
    settings: Mapping[str, Plain]
    origin: Path


@dataclass(frozen=True, slots=True)
class Written:
    """An expression of the author's that sugar wove into a longer or other text."""

    text: str
    """As the author wrote it; `input` still stands for the keys that were pressed."""
    kind: str
    """`guard` (a bare expression), `template` (text with `${...}`) or `duration`."""
    type: str = ""
    """Type that it must have, as in `Variable.type`; "" for any."""
    input: bool = False
    """Whether `input` may stand in it."""


@dataclass(frozen=True, slots=True)
class Core:
    """The whole flow."""

    name: str
    start: str
    """`incoming`, `request` or `sub`."""
    primary: str
    """Name of the primary leg."""
    initial: StatePath
    on: tuple[Handler, ...]
    """Root handlers, inherited by all states."""
    after: tuple[After, ...]
    states: Mapping[StatePath, State]
    """Every state in document order, parents before children; without the built-in `end`."""
    variables: Mapping[str, Variable]
    params: Mapping[str, Variable]
    returns: Mapping[str, Variable]
    legs: Mapping[str, Leg]
    prompts: Mapping[str, Mapping[str, str]]
    """Prompt id -> language -> text; the language of a prompt without a map is ""."""
    prompt_origins: Mapping[str, Path] = field(default_factory=dict)
    """Where each prompt's id stands."""
    description: str = ""
    """What the flow is for."""
    written: Mapping[Path, Written] = field(default_factory=dict)
    """By place in the source, for checks and messages: what sugar has rewritten."""
