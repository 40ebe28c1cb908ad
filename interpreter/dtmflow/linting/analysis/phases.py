"""Where a leg stands on each path: ringing, answered, connected, over.

For one leg at a time, all pairs *(leaf, stand)* that some path leads to are explored, shortest
paths first. An action moves the stand (`answer`), an event moves and narrows it (`Connected`
comes only after `answer`; `PlaybackFinished` only where something can play). What the flow
cannot know, it takes as `UNKNOWN`: on such a leg nothing is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from dtmflow.compiling.core import Action, Core, StatePath, Trigger
from dtmflow.linting.analysis.graph import Cause, Edge, Graph, explore
from dtmflow_schema.base import Phase
from dtmflow_schema.catalogue import METHODS


class Stand(Enum):
    """A phase, with the two waits in between that actions must respect."""

    NONE = "not dialled yet"
    RINGING = "ringing"
    EARLY = "in early media"
    ANSWERING = "answered but not connected yet"
    CONNECTED = "connected"
    ENDING = "being hung up"
    ENDED = "over"
    UNKNOWN = "unknown"


Node = tuple[StatePath, Stand, frozenset[str], frozenset[str]]
"""A leaf, where the leg stands there, the own events that were just emitted, and the events of
sound that an action may have caused on the way."""

_PHASES: Mapping[Stand, frozenset[Phase]] = {
    Stand.NONE: frozenset({Phase.NONE}),
    Stand.RINGING: frozenset({Phase.RINGING}),
    Stand.EARLY: frozenset({Phase.EARLY}),
    Stand.ANSWERING: frozenset({Phase.RINGING, Phase.CONNECTED}),
    Stand.CONNECTED: frozenset({Phase.CONNECTED}),
    Stand.ENDING: frozenset({Phase.ENDED}),
    Stand.ENDED: frozenset({Phase.ENDED}),
}
"""Phases that a method must all allow: between `answer` and `Connected`, before and after."""

_AFTER_METHOD: Mapping[str, Stand] = {
    "answer": Stand.ANSWERING,
    "answerDirect": Stand.ANSWERING,
    "startEarlyMedia": Stand.EARLY,
    "hangup": Stand.ENDING,
    "reject": Stand.ENDING,
    "decline": Stand.ENDING,
}

_LIVE = frozenset({Stand.RINGING, Stand.EARLY, Stand.ANSWERING, Stand.CONNECTED})
_OPEN = frozenset({Stand.RINGING, Stand.EARLY})
_AUDIBLE = frozenset({Stand.EARLY, Stand.ANSWERING, Stand.CONNECTED})

_AFTER_END = frozenset({"RecordStopped", "RecordError"})
"""The only events that follow the end of a leg."""


@dataclass(frozen=True, slots=True)
class Misstep:
    """An action on a leg that cannot take it there."""

    action: Action
    stand: Stand
    path: tuple[StatePath, ...]
    """Leaves from the start to where the action runs; the last is the one it leads into."""


class Phases:
    """The stands of one leg over a whole core."""

    def __init__(self, graph: Graph, leg: str, *, mend: bool = True) -> None:
        """Explore; with `mend`, nothing is known after a misstep, so that it is told once."""
        self._graph, self._core, self._leg, self._mend = graph, graph.core, leg, mend
        self._incoming = self._core.start == "incoming" and leg == self._core.primary
        self._wrong: dict[int, tuple[Action, Stand, Node | None, Edge]] = {}
        self.found: Mapping[Node, tuple[Node, Edge] | None] = {}
        """Every node that some path leads to, with the step that first led there."""
        if graph.start is not None:
            start = graph.start
            stand = self._run(start, self.initial, None)
            known = PLAYING if self._core.start == "sub" else self._caused(start)
            self.found = explore([(start.target, stand, _emitted(start), known)], self.successors)

    @property
    def missteps(self) -> tuple[Misstep, ...]:
        """Each action that is wrong on some path, once, with the shortest such path."""
        return tuple(
            Misstep(action, stand, self._path_through(at, edge))
            for action, stand, at, edge in self._wrong.values()
        )

    def path(self, node: Node) -> tuple[StatePath, ...]:
        """Return the leaves of the shortest path that leads to a found node, itself the last."""
        leaves = [node[0]]
        while (before := self.found[node]) is not None:
            node, edge = before
            if not edge.internal:
                leaves.append(node[0])
        return tuple(reversed(leaves))

    def _path_through(self, at: Node | None, edge: Edge) -> tuple[StatePath, ...]:
        before = self.path(at) if at is not None else ()
        return before if edge.internal else (*before, edge.target)

    def successors(self, node: Node) -> Iterator[tuple[Node, Edge]]:
        """Yield where one step may lead from a node."""
        yield from self._silent(node)
        for edge in self._graph.edges(node[0]):
            for stand in self._after_cause(edge, node):
                pending = _emitted(edge) | (node[2] if _at_once(edge) else frozenset())
                after = self._run(edge, stand, node)
                yield (edge.target, after, pending, node[3] | self._caused(edge)), edge

    def _run(self, edge: Edge, stand: Stand, at: Node | None) -> Stand:
        for action in edge.actions:
            if self.allowed(action, stand):
                stand = self.after_action(action, stand)
            else:
                self._wrong.setdefault(id(action), (action, stand, at, edge))
                if self._mend and stand is not Stand.CONNECTED:
                    stand = Stand.UNKNOWN
        return stand

    @property
    def initial(self) -> Stand:
        """Where the leg stands before anything ran."""
        if self._core.start == "sub":
            return Stand.UNKNOWN
        return Stand.RINGING if self._incoming else Stand.NONE

    def allowed(self, action: Action, stand: Stand) -> bool:
        """Whether the leg can take `action`; a leg that is not dialled is another rule's."""
        command = METHODS.get(action.name)
        if action.leg != self._leg or command is None or action.name == "hangup":
            return True
        if stand in {Stand.NONE, Stand.UNKNOWN}:
            return True
        return _PHASES[stand] <= command.needs

    def after_action(self, action: Action, stand: Stand) -> Stand:
        """Return where the leg stands once `action` ran."""
        if action.name == "dial" and self._leg in action.arguments.values():
            return Stand.RINGING
        if action.leg != self._leg or stand is Stand.UNKNOWN:
            return stand
        if action.name == "hangup" and stand in {Stand.NONE, Stand.ENDED}:
            return stand
        return _AFTER_METHOD.get(action.name, stand)

    def _after_cause(self, edge: Edge, node: Node) -> Iterator[Stand]:
        """Yield where the leg stands when `edge` starts; nothing when it cannot start."""
        leaf, stand, pending, caused = node
        later = any(state.later is not None for state in self._graph.chain(leaf))
        if _own(edge.trigger) and not later and str(edge.trigger) not in pending:
            return  # the graph knows where it may come, here is known after what
        for state in self._graph.chain(leaf):
            if (state.later is not None and state.later.kind == "run") or (
                state.later is not None and self._leg == state.path.rpartition("/")[2]
            ):
                stand = Stand.UNKNOWN
        if edge.trigger == Trigger("fault"):
            yield Stand.UNKNOWN  # nobody can tell how far the actions came
        elif edge.trigger is None or edge.trigger.leg != self._leg:
            yield stand
        elif stand is Stand.UNKNOWN or (
            self._may_come(edge.trigger, stand) and edge.trigger.event not in PLAYING - caused
        ):
            yield self._after_event(edge.trigger, stand)

    def _caused(self, edge: Edge) -> frozenset[str]:
        """Return the events of sound that the actions of an edge may bring on the leg."""
        return frozenset(
            event
            for action in edge.actions
            if action.leg == self._leg
            for event in PLAYING & _CAUSED.get(action.name, frozenset())
        )

    def _may_come(self, trigger: Trigger, stand: Stand) -> bool:
        if stand in {Stand.UNKNOWN, Stand.NONE} or trigger.event in _AFTER_END:
            return True
        connectable = {Stand.ANSWERING} if self._incoming else {Stand.ANSWERING, *_OPEN}
        possible = {
            "Connected": connectable,
            "Disconnected": {*_LIVE, Stand.ENDING},
            "Failed": set() if self._incoming else {*_OPEN, Stand.ENDING},
        }
        return stand in possible.get(
            trigger.event, _AUDIBLE if trigger.event in PLAYING else _LIVE
        )

    def _after_event(self, trigger: Trigger, stand: Stand) -> Stand:
        match trigger.event:
            case "Connected":
                return Stand.CONNECTED
            case "Disconnected" | "Failed":
                return Stand.ENDED
            case "AudioStarted" if not self._incoming and stand is Stand.RINGING:
                return Stand.EARLY
        return stand

    def _silent(self, node: Node) -> Iterator[tuple[Node, Edge]]:
        """Yield the move that happens although no handler takes it: the leg gets connected.

        That a leg ends unseen is not followed: a rule of its own asks for the handler.
        """
        leaf, stand, _, caused = node
        connected = Trigger("Connected", self._leg)
        if not self._may_come(connected, stand) or stand in {Stand.UNKNOWN, Stand.NONE}:
            return
        handled = any(
            edge.trigger == connected and edge.transition is not None and not edge.transition.guard
            for edge in self._graph.edges(leaf)
        )
        if not handled and not self._graph.is_final(leaf) and not self._graph.passes(leaf):
            edge = Edge(leaf, leaf, Cause.EVENT, (), connected, internal=True)
            yield (leaf, Stand.CONNECTED, frozenset(), caused), edge


def _own(trigger: Trigger | None) -> bool:
    return trigger is not None and not trigger.leg and trigger.event != "fault"


def _at_once(edge: Edge) -> bool:
    """Whether an edge is taken before any event from outside, so that emitted events wait."""
    return edge.cause is Cause.COMPLETION or (edge.trigger is not None and not edge.trigger.leg)


def _emitted(edge: Edge) -> frozenset[str]:
    events = (action.arguments.get("event") for action in edge.actions if action.name == "emit")
    return frozenset(str(event) for event in events)


_CAUSED: Mapping[str, frozenset[str]] = {
    name: frozenset(event.event_name for event in (*command.emits, *command.enables))
    for name, command in METHODS.items()
}
"""Events that a method brings about or switches on."""


def _playing() -> frozenset[str]:
    """Return `ToneReceived` and the events of methods that need sound on the leg."""
    sound = frozenset({Phase.EARLY, Phase.CONNECTED})
    caused = {
        event
        for name, command in METHODS.items()
        if command.needs <= sound
        for event in _CAUSED[name]
    }
    return frozenset(caused | {"ToneReceived"}) - {"Disconnected", "Failed"} - _AFTER_END


PLAYING = _playing()
"""Events that come only where the leg carries sound, as the catalogue tells."""


def legs(core: Core) -> tuple[str, ...]:
    """Return the legs of a core, the primary one first."""
    return tuple(dict.fromkeys((core.primary, *core.legs)))
