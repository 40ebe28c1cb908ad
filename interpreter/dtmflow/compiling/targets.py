"""Targets of transitions: from the name an author writes to the path of a state."""

from __future__ import annotations

from collections.abc import Iterable

from dtmflow.compiling.core import END, StatePath

SEPARATOR = "/"


class Targets:
    """The states of a flow by their names."""

    def __init__(self, paths: Iterable[StatePath]) -> None:
        self._paths = frozenset(paths)
        self._named: dict[str, list[StatePath]] = {}
        for path in sorted(self._paths):
            self._named.setdefault(path.rpartition(SEPARATOR)[2], []).append(path)

    def resolve(
        self, target: str, state: StatePath
    ) -> tuple[StatePath | None, tuple[StatePath, ...]]:
        """Resolve a target written in `state` ("" is the root of the flow).

        A short name is looked up among the siblings of the state, then outward level by level;
        failing that it is the only state of that name anywhere. A name with `/` counts from the
        root. `end` is built in.

        Returns:
            The path, or None; and, when the name is ambiguous, the states that bear it.
        """
        if SEPARATOR in target:
            return (target if target in self._paths else None), ()
        level = state
        while level:
            level = level.rpartition(SEPARATOR)[0]
            path = join(level, target)
            if path in self._paths:
                return path, ()
        if target in self._paths:
            return target, ()
        if target == END:
            return END, ()
        bearers = self._named.get(target, [])
        if len(bearers) == 1:
            return bearers[0], ()
        return None, tuple(bearers)

    def shortest(self, path: StatePath, state: StatePath) -> str:
        """Return the shortest text that `resolve` takes for `path` in `state`."""
        short = path.rpartition(SEPARATOR)[2]
        return short if self.resolve(short, state)[0] == path else path


def join(parent: StatePath, name: str) -> StatePath:
    """Return the path of a state below `parent` ("" is the root)."""
    return f"{parent}{SEPARATOR}{name}" if parent else name
