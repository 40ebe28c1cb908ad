"""The statechart of a core on `transitions`; the only module that knows that library.

In: trigger names. Out: calls on a `Model`, in the order of the statechart. One machine per
program, shared by all sessions; it holds no state of any of them.

The library resolves which states are left and entered: all below the innermost state that holds
both the active leaf and the target; a target on the active path is left and entered again. It is
asked once for each leaf and target, because the answer is always the same. What stands here in its
place is the transition itself, whose `do` belongs between leaving and entering, and the look-up of
the states that handle a trigger: a flow has one active leaf, no tree of parallel ones, and the
library warns about each trigger that nobody handles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, cast

from transitions.core import EventData
from transitions.extensions.nesting import (
    HierarchicalMachine,
    NestedEvent,
    NestedEventData,
    NestedState,
    NestedTransition,
)

from dtmflow.compiling.core import END, Action, Core, State, StatePath, Transition

SEPARATOR = "/"


class Model(Protocol):
    """What the machine moves: a session's side of the statechart. Must not trigger from inside."""

    state: str
    """Path of the active leaf state; the machine writes it between leaving and entering."""

    def allows(self, transition: Transition) -> bool:
        """Evaluate the transition's guard."""

    def perform(self, actions: tuple[Action, ...]) -> None:
        """Carry out the `do` of a transition; comes after `left` and before `entered`."""

    def left(self, path: StatePath) -> None:
        """Take notice that a state is left (inner first): its `exit` and timers."""

    def entered(self, path: StatePath) -> None:
        """Take notice that a state is entered (outer first): its `do` and timers."""


def after_trigger(state: StatePath, index: int) -> str:
    """Return the trigger of the timer `after[index]` of a state; the root is ""."""
    return f"after:{state}:{index}"


def done_trigger(state: StatePath) -> str:
    """Return the trigger of the completion `to:` of a state."""
    return f"done:{state}"


class Machine:
    """The machine of one core, whose targets must all be resolved."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._machine = _Hierarchy(
            model=None,
            states=[_declared(core, core.states[path]) for path in _children(core, "")],
            initial=None,
            send_event=True,
            auto_transitions=False,
            ignore_invalid_triggers=True,
        )
        if END not in core.states:
            self._machine.add_state(END)
        for name, source, transition in _table(core):
            leaf = self.leaf(transition.to) if transition.to is not None else ""
            self._machine.add_transition(name, source, transition.to, core=transition, leaf=leaf)

    def enter(self, model: Model) -> None:
        """Enter the initial configuration, from the outermost state to the leaf."""
        path = self.leaf(self._core.initial)
        model.state = path
        for state in lineage(path):
            model.entered(state)

    def leaf(self, path: StatePath) -> StatePath:
        """Return the leaf that is entered when `path` is the target."""
        while (state := self._core.states.get(path)) is not None and state.initial is not None:
            path = state.initial
        return path

    def trigger(self, model: Model, name: str) -> bool:
        """Take the first transition whose guard is true; innermost state first, then outwards.

        Args:
            model: Whose state moves.
            name: `str(Trigger)` of a handler, `after_trigger(...)` or `done_trigger(...)`.

        Returns:
            Whether a transition was taken, internal ones included.
        """
        event = self._machine.events.get(name)
        if event is None or not cast("_Event", event).sources(model.state):
            return False
        return bool(self._machine.trigger_event(model, name))


def lineage(path: StatePath) -> tuple[StatePath, ...]:
    """Return a state's ancestors without the root, outermost first, and the state itself."""
    parts = path.split(SEPARATOR)
    return tuple(SEPARATOR.join(parts[:end]) for end in range(1, len(parts) + 1))


class _State(NestedState):
    separator = SEPARATOR


class _Event(NestedEvent):
    def __init__(self, name: str, machine: Any) -> None:
        super().__init__(name, machine)
        self._sources: dict[StatePath, tuple[StatePath, ...]] = {}

    def sources(self, leaf: StatePath) -> tuple[StatePath, ...]:
        """Return the states that handle this trigger while `leaf` is active, innermost first."""
        found = self._sources.get(leaf)
        if found is None:
            handled = self.transitions  # a defaultdict: asked with `in`, it stays as it is
            found = tuple(path for path in reversed(lineage(leaf)) if path in handled)
            self._sources[leaf] = found
        return found

    def trigger_nested(self, event_data: NestedEventData) -> bool:
        return any(
            transition.execute(event_data)
            for source in self.sources(cast("Model", event_data.model).state)
            for transition in self.transitions[source]
        )


@dataclass(frozen=True, slots=True)
class _Way:
    """What the library resolves for a leaf and a target."""

    left: tuple[StatePath, ...]
    entered: tuple[StatePath, ...]


class _Transition(NestedTransition):
    def __init__(
        self, source: str, dest: str | None, *_: object, core: Transition, leaf: StatePath
    ) -> None:
        super().__init__(source, cast("str", dest))  # None is the library's internal transition
        self.core, self.leaf = core, leaf

    def execute(self, event_data: EventData) -> bool:
        model = cast("Model", event_data.model)
        if not model.allows(self.core):
            return False
        if not self.dest:
            model.perform(self.core.do)
            return True
        way = self._way(cast("NestedEventData", event_data), model.state, self.dest)
        for path in way.left:
            model.left(path)
        model.perform(self.core.do)
        model.state = self.leaf
        for path in way.entered:
            model.entered(path)
        return True

    def _way(self, event_data: NestedEventData, leaf: StatePath, target: StatePath) -> _Way:
        ways = cast("_Hierarchy", event_data.machine).ways
        way = ways.get((leaf, target))
        if way is None:
            _, leaving, entering = self._resolve_transition(event_data)
            way = ways[leaf, target] = _Way(_paths(leaving), _paths(entering))
        return way


def _paths(calls: Iterable[Callable[[], object]]) -> tuple[StatePath, ...]:
    """Return the states of the library's calls `scoped_enter(event, names of the parents)`."""
    made = (cast("partial[None]", call) for call in calls)
    return tuple(SEPARATOR.join((*each.args[1], each.func.__self__.name)) for each in made)  # type: ignore[attr-defined] # bound methods of states


class _Hierarchy(HierarchicalMachine):
    state_cls = _State
    event_cls = _Event
    transition_cls = _Transition

    def __init__(self, **options: Any) -> None:
        self.ways: dict[tuple[StatePath, StatePath], _Way] = {}
        super().__init__(**options)

    def _trigger_event(self, event_data: NestedEventData, trigger: str) -> bool:
        """Offer a trigger; all events stand at the root, with whole paths as their sources."""
        return cast("_Event", self.events[trigger]).trigger_nested(event_data)


def _declared(core: Core, state: State) -> dict[str, Any]:
    declared: dict[str, Any] = {"name": state.path.rpartition(SEPARATOR)[2]}
    if state.children:
        declared["children"] = [_declared(core, core.states[path]) for path in state.children]
        if state.initial is not None:
            declared["initial"] = state.initial.rpartition(SEPARATOR)[2]
    return declared


def _children(core: Core, parent: StatePath) -> tuple[StatePath, ...]:
    return tuple(path for path, state in core.states.items() if state.parent == parent)


def _table(core: Core) -> Iterator[tuple[str, StatePath, Transition]]:
    """Yield trigger, source and transition; handlers of the root stand last at each top state."""
    for path, state in core.states.items():
        for handler in state.on:
            yield from _rows(str(handler.trigger), path, handler.transitions)
        for index, after in enumerate(state.after):
            yield from _rows(after_trigger(path, index), path, after.transitions)
        yield from _rows(done_trigger(path), path, state.to)
    for path in _children(core, ""):
        for handler in core.on:
            yield from _rows(str(handler.trigger), path, handler.transitions)
        for index, after in enumerate(core.after):
            yield from _rows(after_trigger("", index), path, after.transitions)


def _rows(
    name: str, source: StatePath, transitions: Iterable[Transition]
) -> Iterator[tuple[str, StatePath, Transition]]:
    for transition in transitions:
        if transition.target is not None and transition.to is None:
            raise ValueError(f"`{transition.target}` in {source or 'the root'} leads nowhere")
        yield name, source, transition
