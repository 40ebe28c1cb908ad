"""The statechart of a core on `transitions`; the only module that knows that library.

In: trigger names. Out: calls on a `Model`, in the order of the statechart. One machine per
program, shared by all sessions; it holds no state of any of them.

The library resolves which states are left and entered: all below the innermost state that holds
both the active leaf and the target; a target on the active path is left and entered again. What
stands here in its place is the transition itself, because its `do` belongs between leaving and
entering, and the look-up of triggers, because the library warns about each one nobody handles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol, cast

from transitions.core import EventData
from transitions.extensions.nesting import (
    HierarchicalMachine,
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
        self._handled: dict[str, set[StatePath]] = {}
        for name, source, transition in _table(core):
            self._handled.setdefault(name, set()).add(source)
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
        handled = self._handled.get(name)
        if handled is None or handled.isdisjoint(lineage(model.state)):
            return False
        return bool(self._machine.trigger_event(model, name))


def lineage(path: StatePath) -> tuple[StatePath, ...]:
    """Return a state's ancestors without the root, outermost first, and the state itself."""
    parts = path.split(SEPARATOR)
    return tuple(SEPARATOR.join(parts[:end]) for end in range(1, len(parts) + 1))


class _State(NestedState):
    separator = SEPARATOR

    def enter(self, event_data: EventData) -> None:
        cast("Model", event_data.model).entered(self.name)

    def exit(self, event_data: EventData) -> None:
        cast("Model", event_data.model).left(self.name)


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
        if self.dest is None:
            model.perform(self.core.do)
            return True
        _, leaving, entering = self._resolve_transition(cast("NestedEventData", event_data))
        for leave in leaving:
            leave()
        model.perform(self.core.do)
        model.state = self.leaf
        for enter in entering:
            enter()
        return True


class _Hierarchy(HierarchicalMachine):
    state_cls = _State
    transition_cls = _Transition


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
