"""States lead only to each other and never to an end.

Why: only the caller who hangs up ends such a call, and a caller who does not, or whose line hangs,
keeps the leg for ever. The flow's own `hangup` is a way out: its `Disconnected` ends the flow or
is handled.

Bad:

    main:
      do: { say: Please hold. }
      on: { PlaybackFinished: main }

Good:

    main:
      do: { say: Please hold. }
      on: { PlaybackFinished: main }
      after: { 10m: end }
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.linting.analysis.completion import spins, traps
from dtmflow.linting.analysis.derived import graph
from dtmflow.linting.analysis.names import authored, listed
from dtmflow.linting.registry import Subject, rule


@rule("F104", "no-path-to-end", Level.ERROR, whole=True)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report each trap at its first state, unless it spins, which is F105's."""
    core, paths = subject.core, subject.derive(graph)
    spinning = set(spins(paths))
    for group in traps(paths):
        if group in spinning:
            continue
        states = list(dict.fromkeys(authored(core, leaf) for leaf in group))
        if len(states) == 1:
            message = f"no path from {listed(core, states)} leads to an end"
        else:
            message = f"{listed(core, states)} lead only to each other, never to an end"
        yield subject.report(
            core.states[states[0]].origin,
            message,
            key=True,
            help="only the caller who hangs up ends this; lead to `end` at some point",
        )
