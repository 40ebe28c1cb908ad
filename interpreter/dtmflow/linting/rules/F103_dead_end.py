"""A state waits for nothing.

Why: all waiting is visible. A state that has no `to`, `on`, `after` or kind can only be left by
the caller who hangs up. Handlers of an enclosing state or of the root count, except the root's
answer to that very hanging up. A state that hangs up itself waits for `Disconnected`.

Bad:

    greeting:
      do: { say: Hello. }

Good:

    greeting:
      do: { say: Hello. }
      on: { PlaybackFinished: end }
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.linting.analysis.completion import dead_ends
from dtmflow.linting.analysis.derived import graph
from dtmflow.linting.analysis.names import shown
from dtmflow.linting.registry import Subject, rule


@rule("F103", "dead-end", Level.ERROR, whole=True)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report every dead end, reachable or not."""
    for state in dead_ends(subject.derive(graph)):
        yield subject.report(
            state.origin,
            f"`{shown(subject.core, state.path)}` waits for nothing: "
            "it has neither `to`, `on` nor `after`",
            key=True,
            help="say what comes next, or end the flow with `to: end`",
        )
