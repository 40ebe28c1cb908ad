"""Which function of a line carries out which Call method: the table behind its capabilities.

A line makes one `Dispatch`, its family modules register their handlers with `@table.handles(Say)`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from dtmflow.errors import CallError
from dtmflow_schema.base import Command, MethodKind

C = TypeVar("C")
R = TypeVar("R")


class Dispatch(Generic[C]):
    """Handlers of one kind of call, by command class."""

    def __init__(self, line: str) -> None:
        self.line = line
        """Name of the line, for messages."""
        self._handlers: dict[type[Command[Any]], Callable[[C, Any], Any]] = {}

    def handles(
        self, command: type[Command[R]]
    ) -> Callable[[Callable[[C, Any], R]], Callable[[C, Any], R]]:
        """Register the decorated function as the handler of `command`."""

        def register(handler: Callable[[C, Any], R]) -> Callable[[C, Any], R]:
            if command in self._handlers:
                raise ValueError(f"{command.__name__} has two handlers on the {self.line} line")
            self._handlers[command] = handler
            return handler

        return register

    def do(self, call: C, command: Command[R]) -> R:
        """Run the handler of a command.

        Raises:
            CallError: the line has no handler for it, or the handler refuses.
        """
        handler = self._handlers.get(type(command))
        if handler is None:
            raise CallError(f"the {self.line} line cannot do {command.method_name}")
        result: R = handler(call, command)
        return result

    def handler(self, command: type[Command[Any]]) -> Callable[[C, Any], Any] | None:
        """Return the handler of a command class, or None."""
        return self._handlers.get(command)

    @property
    def commands(self) -> frozenset[type[Command[Any]]]:
        """Every command class with a handler."""
        return frozenset(self._handlers)

    def missing(self) -> tuple[str, ...]:
        """Return the names of declared actions and getters without a handler, sorted."""
        return tuple(
            sorted(
                name
                for name, command in Command.registry.items()
                if command.kind is not MethodKind.LISTENER and command not in self._handlers
            )
        )
