"""A path on which the incoming call is left to ring.

Why: a call that is neither answered, rejected nor given early media rings until the caller gives
up or the network ends it after 60 s; what the flow does meanwhile cannot be heard.

Bad:

    start: incoming
    states:
      ringing:
        on: { Connected: greeting }      # comes only after `answer`
      greeting: { prompt: { say: Hello. }, to: end }

Good:

    states:
      ringing:
        do: answer
        on: { Connected: greeting }
      greeting: { prompt: { say: Hello. }, to: end }
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.linting.analysis.answering import left_ringing
from dtmflow.linting.analysis.derived import graph
from dtmflow.linting.analysis.names import authored, route
from dtmflow.linting.registry import Subject, rule


@rule("C202", "never-answered", Level.ERROR, whole=True)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report the last state of each such path."""
    core = subject.core
    for path in left_ringing(subject.derive(graph)):
        last = authored(core, path[-1])
        yield subject.report(
            core.states[last].origin,
            f"the call is neither answered nor rejected on the path {route(core, path)}",
            key=True,
            help="`answer` it, `reject` it or begin with `startEarlyMedia`",
        )
