"""How findings name states: as the author does."""

from __future__ import annotations

from collections.abc import Iterable

from dtmflow.compiling.core import END, Core, StatePath


def authored(core: Core, path: StatePath) -> StatePath:
    """Return the path of the state that the author wrote; a generated one stands for it."""
    while path in core.states and core.states[path].generated and core.states[path].parent:
        path = core.states[path].parent
    return path


def shown(core: Core, path: StatePath) -> str:
    """Return the short name of a state, or its path where several states bear the name."""
    path = authored(core, path)
    name = path.rpartition("/")[2]
    bearers = sum(
        1
        for other, state in core.states.items()
        if other.rpartition("/")[2] == name and not state.generated
    )
    return name if bearers <= 1 else path


def listed(core: Core, paths: Iterable[StatePath], *, last: str = "and") -> str:
    """Return states as text: "`a`, `b` and `c`"."""
    names = list(dict.fromkeys(f"`{shown(core, path)}`" for path in paths))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def route(core: Core, paths: Iterable[StatePath]) -> str:
    """Return a path through states as text: "`a` -> `b`"; steps within sugar are left out."""
    steps: list[str] = []
    for path in paths:
        step = f"`{shown(core, path)}`"
        within = path in core.states and core.states[path].generated
        if not (steps and within and steps[-1] == step):
            steps.append(step)
    return " -> ".join(steps)


def targets(core: Core) -> list[str]:
    """Return what a target may say: short names, then paths of nested states, then `end`."""
    written = [path for path, state in core.states.items() if not state.generated]
    short = dict.fromkeys(path.rpartition("/")[2] for path in written)
    return [*short, *(path for path in written if "/" in path), END]
