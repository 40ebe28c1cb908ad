"""The configurations that a core may be in and the edges between them.

A configuration is the path of an active leaf state (there are no parallel states), or `END`. An
edge is one transition that may be taken there: its own, an enclosing state's or the root's, or
one that the language adds (the primary leg hangs up: the flow ends). Guards are taken as open.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from dtmflow.compiling.core import (
    END,
    Action,
    Core,
    State,
    StatePath,
    Transition,
    Trigger,
)
from dtmflow.loading.suggest import closest

ROOT: StatePath = ""
"""Path of the root, whose handlers all states inherit."""


class Cause(Enum):
    """What makes an edge run."""

    START = "start"
    COMPLETION = "to"
    EVENT = "on"
    TIMER = "after"


@dataclass(frozen=True, slots=True)
class Edge:
    """One step from a configuration to a configuration."""

    source: StatePath
    """The leaf that is left; the root for the start of the flow."""
    target: StatePath
    """The leaf that is entered; `source` for an internal transition."""
    cause: Cause
    actions: tuple[Action, ...]
    """In run order: exits of left states, the transition's own, entries of entered states."""
    trigger: Trigger | None = None
    """Set for `Cause.EVENT`."""
    transition: Transition | None = None
    """None for the start and for edges that the language adds."""
    internal: bool = False
    """Whether nothing is left or entered."""


class Graph:
    """Edges of one core, computed on demand and kept."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self._edges: dict[StatePath, tuple[Edge, ...]] = {}
        self.start = self._entry()
        """The edge into the first configuration; None when `initial` names no state."""
        self._after: Mapping[str, frozenset[StatePath]] | None = None
        self._after = dict(self._after_emit())
        self._edges.clear()  # made while every own event counted as possible
        self.reachable = frozenset(self._reach())
        """Leaves that some path from the start leads to, `END` among them."""

    def _entry(self) -> Edge | None:
        if self.core.initial not in self.core.states:
            return None
        leaf, actions = self.enter(self.core.initial, ())
        return Edge(ROOT, leaf, Cause.START, actions)

    def _reach(self) -> Iterable[StatePath]:
        return () if self.start is None else self.reached_from([self.start.target])

    def reached_from(self, leaves: Iterable[StatePath]) -> Iterable[StatePath]:
        """Return the leaves that paths from some leaves lead to, themselves included."""
        return explore(leaves, lambda leaf: ((edge.target, edge) for edge in self.edges(leaf)))

    def _at_once_from(self, leaves: Iterable[StatePath]) -> Iterable[StatePath]:
        """Return the leaves that follow without waiting: by completions, own events, faults."""
        return explore(
            leaves,
            lambda leaf: (
                (edge.target, edge)
                for edge in self.edges(leaf)
                if edge.cause is Cause.COMPLETION
                or (edge.trigger is not None and not edge.trigger.leg)
            ),
        )

    def _after_emit(self) -> Iterator[tuple[str, frozenset[StatePath]]]:
        """Yield each own event with the leaves in which it may come: at once after an `emit`."""
        if self.start is None:
            return
        emitting: dict[str, set[StatePath]] = {}
        edges = [edge for leaf in self.core.states for edge in self.edges(leaf)]
        for edge in (self.start, *edges):
            for action in edge.actions:
                if action.name == "emit":
                    for event in action.arguments.values():
                        emitting.setdefault(str(event), set()).add(edge.target)
        for event, leaves in emitting.items():
            yield event, frozenset(self._at_once_from(leaves))

    def chain(self, leaf: StatePath) -> tuple[State, ...]:
        """Return the leaf and its enclosing states, innermost first, without the root."""
        states: list[State] = []
        while leaf in self.core.states:
            states.append(self.core.states[leaf])
            leaf = states[-1].parent
        return tuple(states)

    def enter(
        self, target: StatePath, active: tuple[StatePath, ...]
    ) -> tuple[StatePath, tuple[Action, ...]]:
        """Return the leaf that entering `target` ends in, and the entry actions on the way.

        `active` are states that stay active, so their entry actions do not run.
        """
        if target not in self.core.states:
            return END, ()
        path = list(reversed(self.chain(target)))
        while path[-1].children:
            inner = path[-1].initial
            if inner not in path[-1].children:
                inner = path[-1].children[0]
            path.append(self.core.states[inner])
        actions = tuple(
            action for state in path if state.path not in active for action in state.do
        )
        return path[-1].path, actions

    def is_final(self, leaf: StatePath) -> bool:
        """Whether the flow ends in `leaf`."""
        return leaf not in self.core.states or self.core.states[leaf].final is not None

    def passes(self, leaf: StatePath) -> bool:
        """Whether `leaf` is left at once, by an unguarded completion, and never waits."""
        state = self.core.states.get(leaf)
        return (
            state is not None
            and state.later is None
            and any(entry.guard is None for entry in state.to)
        )

    def edges(self, leaf: StatePath) -> tuple[Edge, ...]:
        """Return every edge that may be taken in `leaf`, in the order in which they are tried."""
        if leaf not in self._edges:
            self._edges[leaf] = () if self.is_final(leaf) else tuple(self._edges_of(leaf))
        return self._edges[leaf]

    def _edges_of(self, leaf: StatePath) -> Iterator[Edge]:
        chain = self.chain(leaf)
        for entry in _until_unguarded(chain[0].to if not chain[0].children else ()):
            yield from self._follow(leaf, entry, Cause.COMPLETION)
        passes = self.passes(leaf)
        for edge in self._event_edges(leaf, chain):
            # What `do` emits, and its faults, come before the completion; no other event does.
            if not passes or (edge.trigger is not None and not edge.trigger.leg):
                yield edge
        if passes:
            return
        for timers in [*(state.after for state in chain), self.core.after]:
            for timer in timers:
                for entry in _until_unguarded(timer.transitions):
                    yield from self._follow(leaf, entry, Cause.TIMER)

    def _event_edges(self, leaf: StatePath, chain: tuple[State, ...]) -> Iterator[Edge]:
        settled: set[Trigger] = set()
        for handlers in [*(state.on for state in chain), self.core.on]:
            settled_here: set[Trigger] = set()
            for handler in handlers:
                if handler.trigger in settled or not self._may_come(handler.trigger, leaf, chain):
                    continue
                for entry in _until_unguarded(handler.transitions):
                    yield from self._follow(leaf, entry, Cause.EVENT, handler.trigger)
                    if entry.guard is None:
                        settled_here.add(handler.trigger)
            settled |= settled_here
        for event in ("Disconnected", "Failed"):
            trigger = Trigger(event, self.core.primary)
            if trigger not in settled:
                yield Edge(leaf, END, Cause.EVENT, (), trigger)

    def _may_come(self, trigger: Trigger, leaf: StatePath, chain: tuple[State, ...]) -> bool:
        """Whether an event may come in a leaf: an own event needs something that raises it."""
        return (
            bool(trigger.leg)
            or trigger.event == "fault"
            or any(state.later is not None for state in chain)
            or self._after is None
            or leaf in self._after.get(trigger.event, ())
        )

    def _follow(
        self,
        leaf: StatePath,
        entry: Transition,
        cause: Cause,
        trigger: Trigger | None = None,
    ) -> Iterator[Edge]:
        if entry.target is None and entry.to is None:
            yield Edge(leaf, leaf, cause, entry.do, trigger, entry, internal=True)
            return
        for target in self.targets(entry):
            kept = self._kept(leaf, target)
            left = [state for state in self.chain(leaf) if state.path not in kept]
            exits = tuple(action for state in left for action in state.exit)
            inner, entries = self.enter(target, kept)
            actions = (*exits, *entry.do, *entries)
            yield Edge(leaf, inner, cause, actions, trigger, entry)

    def _kept(self, leaf: StatePath, target: StatePath) -> tuple[StatePath, ...]:
        """Return the states that stay active: those around both; a re-entered one is left."""
        around = {state.path for state in self.chain(target)[1:]}
        return tuple(state.path for state in self.chain(leaf) if state.path in around)

    def targets(self, entry: Transition) -> tuple[StatePath, ...]:
        """Return where a transition may lead: unclear names are taken for what they resemble."""
        if entry.to is not None:
            return (entry.to,)
        if entry.candidates:
            return entry.candidates
        return resembling(entry.target or "", self.core.states)


def resembling(name: str, states: Iterable[StatePath]) -> tuple[StatePath, ...]:
    """Return the path of the state whose name or path comes closest to `name`, if any does."""
    known: dict[str, StatePath] = {}
    for path in states:
        known.setdefault(path.rpartition("/")[2], path)
        known.setdefault(path, path)
    match = closest(name, known)
    return (known[match],) if match else ()


def _until_unguarded(entries: tuple[Transition, ...]) -> Iterator[Transition]:
    """Yield the entries that can be taken: none after the first without a guard."""
    for entry in entries:
        yield entry
        if entry.guard is None:
            return


def every_action(core: Core) -> Iterator[Action]:
    """Yield each action of the core, wherever it stands."""
    for transition in every_transition(core):
        yield from transition.do
    for state in core.states.values():
        yield from state.do
        yield from state.exit


def every_transition(core: Core) -> Iterator[Transition]:
    """Yield each transition of the core: root's first, then by state."""
    for handler in core.on:
        yield from handler.transitions
    for timer in core.after:
        yield from timer.transitions
    for state in core.states.values():
        yield from state.to
        for handler in state.on:
            yield from handler.transitions
        for timer in state.after:
            yield from timer.transitions


Node = TypeVar("Node", bound=Hashable)


def explore(
    starts: Iterable[Node],
    successors: Callable[[Node], Iterable[tuple[Node, Edge]]],
) -> dict[Node, tuple[Node, Edge] | None]:
    """Visit all that can be reached, breadth first; map each node to how it was first reached."""
    found: dict[Node, tuple[Node, Edge] | None] = dict.fromkeys(starts)
    queue = list(found)
    for node in queue:
        for following, edge in successors(node):
            if following not in found:
                found[following] = (node, edge)
                queue.append(following)
    return found
