"""A model that a machine moves and that notes what the machine asks of it."""

from __future__ import annotations

from collections.abc import Collection

from dtmflow.compiling.core import Action, StatePath, Transition


class NotingModel:
    """Guards are names; those in `true` hold."""

    def __init__(self, true: Collection[str] = ()) -> None:
        self.state: str = ""
        self.true = true
        self.notes: list[str] = []

    def allows(self, transition: Transition) -> bool:
        return transition.guard is None or transition.guard in self.true

    def perform(self, actions: tuple[Action, ...]) -> None:
        self.notes += [f"do {action.arguments['text']}" for action in actions]

    def left(self, path: StatePath) -> None:
        self.notes.append(f"left {path}")

    def entered(self, path: StatePath) -> None:
        self.notes.append(f"entered {path}")
