"""States pass on to each other without ever waiting.

Why: `to:` is taken at once, so a cycle of completions would spin for ever; at run time it ends in
a fault after 100 steps. A loop that counts is allowed: a guard in the cycle reads a variable that
the cycle sets.

Bad:

    check: { to: retry }
    retry: { to: check }

Good:

    check: { to: [{ if: tries < 3, to: retry }, end] }
    retry: { do: { set: { tries: "${tries + 1}" } }, to: check }
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.linting.analysis.completion import spins
from dtmflow.linting.analysis.derived import graph
from dtmflow.linting.analysis.names import authored, listed
from dtmflow.linting.registry import Subject, rule


@rule("F105", "loop-without-wait", Level.ERROR, whole=True)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report each cycle once, at its first state."""
    core = subject.core
    for group in spins(subject.derive(graph)):
        states = [authored(core, leaf) for leaf in group]
        if len(states) == 1:
            message = (
                f"{listed(core, states)} leads to itself without waiting and would spin forever"
            )
        else:
            message = (
                f"{listed(core, states)} lead to each other without waiting and would spin forever"
            )
        yield subject.report(
            core.states[states[0]].origin,
            message,
            key=True,
            help="wait in one of them, with `on:` or `after:`, or count in a guard",
        )
