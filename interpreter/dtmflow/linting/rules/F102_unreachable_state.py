"""No path leads to a state.

Why: what stands there never runs. Mostly a transition was forgotten, or the state is a remnant.
Guards are taken as possible; an own event counts where something raises it.

Bad:

    states:
      ringing: { do: answer, on: { Connected: main } }
      main: { do: { say: Goodbye. }, on: { PlaybackFinished: end } }
      old_menu: { do: { say: Press 1. }, on: { PlaybackFinished: end } }

Good: remove the state, or lead there.

    states:
      ringing: { do: answer, on: { Connected: main } }
      main: { do: { say: Goodbye. }, on: { PlaybackFinished: old_menu } }
      old_menu: { do: { say: Press 1. }, on: { PlaybackFinished: end } }

Fix (unsafe): remove the state.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.compiling.core import StatePath
from dtmflow.diagnostics import Diagnostic, Fix, Level
from dtmflow.linting.analysis.derived import graph
from dtmflow.linting.analysis.graph import Graph
from dtmflow.linting.analysis.names import shown
from dtmflow.linting.analysis.raising import unraised
from dtmflow.linting.registry import Subject, rule
from dtmflow.linting.repairs import removal


@rule("F102", "unreachable-state", Level.WARNING, whole=True)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report the outermost states that hold no reachable leaf."""
    core, paths = subject.core, subject.derive(graph)
    if paths.start is None:
        return
    leaves = {*paths.reachable, *paths.reached_from(_misnamed(subject, paths))}
    reached = {state.path for leaf in leaves for state in paths.chain(leaf)}
    first = shown(core, core.initial)
    for path, state in core.states.items():
        if path in reached or state.generated or (state.parent and state.parent not in reached):
            continue
        name = shown(core, path)
        edit = removal(subject.document, state.origin)
        yield subject.report(
            state.origin,
            f"no path from `{first}` leads to `{name}`",
            key=True,
            help="lead there with `to:`, `on:` or `after:`, or remove the state",
            fix=Fix(f"remove `{name}`", (edit,), safe=False) if edit else None,
        )


def _misnamed(subject: Subject, paths: Graph) -> Iterator[StatePath]:
    """Yield where handlers lead whose event nothing raises, which is told already (S103)."""
    for found in subject.derive(unraised):
        for entry in found.handler.transitions:
            for target in paths.targets(entry):
                yield paths.enter(target, ())[0]
