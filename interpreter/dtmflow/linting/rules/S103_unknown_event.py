"""An event that nothing raises.

Why: its handler would wait for ever. Events of the Call reference begin with a capital letter.
Lower-case are the outcomes of kinds (`exhausted` of a menu, `ok` and `error` of a prompt, ...),
`fault`, and what the flow raises itself with `emit`.

Bad:

    on: { PlaybackFinish: end }

Good:

    on: { PlaybackFinished: end }

Fix (unsafe): write the known event that comes closest.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Edit, Fix, Level
from dtmflow.linting.analysis.raising import unraised
from dtmflow.linting.registry import Subject, rule
from dtmflow.loading.suggest import closest


@rule("S103", "unknown-event", Level.ERROR, whole=True)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report own events that nothing raises; those of the reference are validated before."""
    for found in subject.derive(unraised):
        event = found.handler.trigger.event
        meant = closest(event, [*found.outcomes, *found.emitted])
        span = subject.document.span(found.handler.origin, key=True)
        listed = ", ".join(f"`{name}`" for name in found.outcomes)
        known = f"outcomes here: {listed}" if listed else "raise it with `emit`, or remove this"
        yield subject.report(
            span,
            f"nothing raises `{event}` here",
            help=f"did you mean `{meant}`?" if meant else known,
            fix=Fix(f"write `{meant}`", (Edit(span, meant),), safe=False) if meant else None,
        )
