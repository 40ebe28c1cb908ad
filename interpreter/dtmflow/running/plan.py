"""What the step looks up about a program again and again, worked out once. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from dtmflow.compiling.core import Core, Handler
from dtmflow.compiling.program import Program


@dataclass(frozen=True, slots=True)
class Plan:
    """Facts of a program."""

    triggers: frozenset[str]
    """Events that some handler waits for; all others change nothing but facts of the leg."""
    secrets: tuple[str, ...]
    """Names of secret variables."""
    order: dict[str, int]
    """Position of each state in the document, the root first."""


_plans: WeakKeyDictionary[Program, Plan] = WeakKeyDictionary()


def plan_of(program: Program) -> Plan:
    """Return the plan of a program, the same each time."""
    plan = _plans.get(program)
    if plan is None:
        plan = _plans[program] = _make(program.core)
    return plan


def _make(core: Core) -> Plan:
    declared = (*core.variables.items(), *core.returns.items())
    return Plan(
        triggers=frozenset(str(handler.trigger) for handler in _handlers(core)),
        secrets=tuple(name for name, variable in declared if variable.secret),
        order={path: index for index, path in enumerate(("", *core.states))},
    )


def _handlers(core: Core) -> Iterator[Handler]:
    yield from core.on
    for state in core.states.values():
        yield from state.on
