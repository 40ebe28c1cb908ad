"""The statechart of a core on `transitions`; the only module that knows that library.

In: trigger names. Out: calls on a `Model`, in the order of the statechart. One machine per
program, shared by all sessions; it holds no state of any of them.
"""

from __future__ import annotations

from typing import Protocol

from dtmflow.compiling.core import Action, Core, StatePath, Transition


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
    """The machine of one core."""

    def __init__(self, core: Core) -> None:
        self.core = core

    def enter(self, model: Model) -> None:
        """Enter the initial configuration, from the outermost state to the leaf."""
        raise NotImplementedError

    def trigger(self, model: Model, name: str) -> bool:
        """Take the first transition whose guard is true; innermost state first, then outwards.

        Args:
            model: Whose state moves.
            name: `str(Trigger)` of a handler, `after_trigger(...)` or `done_trigger(...)`.

        Returns:
            Whether a transition was taken, internal ones included.
        """
        raise NotImplementedError
