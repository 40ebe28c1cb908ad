"""A field that only some of the events have which lead here.

Why: `event` in `do`, `exit` and completion guards is the event that caused the entry. Where events
with different payloads lead into a state, only the fields that all of them have are sure.

Bad:

    calling:
      do: { dial: { leg: agent, to: "sip:agent@example.org" } }
      on: { agent.Failed: sorry, agent.Connected: sorry }
    sorry:
      do: { log: "failed with ${event.code}" }
      to: end

Good: read the field where the event is handled.

    calling:
      do: { dial: { leg: agent, to: "sip:agent@example.org" } }
      on:
        agent.Failed: { do: { log: "failed with ${event.code}" }, to: sorry }
        agent.Connected: sorry
    sorry:
      to: end
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.expressions.problems import Kind
from dtmflow.linting.analysis.expressions import findings
from dtmflow.linting.analysis.fields import missing_in, without_words
from dtmflow.linting.registry import Subject, rule


@rule("V307", "field-not-in-every-event", Level.ERROR)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report each such field."""
    for found in findings(subject, Kind.UNKNOWN_FIELD):
        without = missing_in(found.site, found.problem)
        if without:
            yield subject.report(
                found.span,
                f"`{found.problem.name}` is not there after {without_words(without)}, "
                "which may lead here too",
                help="read it in the handler of the event that has it, and `set` a variable",
            )
