"""A value outside its range.

Why: the real platform refuses it; so does the flow, before any call. The same goes for a `gather`
whose `min` is above its `max`.

Bad:

    monitorMediaStatistics: { monitor: true, interval: 1 }

Good:

    monitorMediaStatistics: { monitor: true, interval: 5 }

Fix: none; only the author knows the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dtmflow.diagnostics import Diagnostic, Level, Path
from dtmflow.linting.registry import Subject, rule
from dtmflow_schema.flow import State


@rule("S107", "value-range", Level.ERROR)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report what takes two values to see; single ones are validated before."""
    yield from _gathers(subject, subject.flow.states, ())


def _gathers(subject: Subject, states: Mapping[str, State], at: Path) -> Iterator[Diagnostic]:
    for name, state in states.items():
        path: Path = (*at, "states", name)
        least, most = getattr(state.gather, "min", None), getattr(state.gather, "max", None)
        if isinstance(least, int) and isinstance(most, int) and least > most:
            yield subject.report(
                (*path, "gather", "max"),
                f"no answer has at least {least} and at most {most} digits",
            )
        yield from _gathers(subject, state.states, path)
