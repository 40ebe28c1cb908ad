"""A field that is not there.

Why: `event` holds the payload of the handled event, and each event has its own fields; `call` and
`legs` have the properties of a call; `params` and `prompts` what the flow declares. `env` has the
environment variables that the project file allows: `env: [SHOP_NUMBER]` in `dtmflow.yaml`.

Bad:

    on:
      ToneReceived: { if: 'event.digit == "1"', to: end }

Good:

    on:
      ToneReceived: { if: 'event.tone == "1"', to: end }

Fix (unsafe): write the field that comes closest.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.expressions.problems import Kind
from dtmflow.linting.analysis.expressions import Finding, findings, renamed
from dtmflow.linting.analysis.fields import event_words, known_fields, missing_in
from dtmflow.linting.registry import Subject, rule
from dtmflow.loading.suggest import closest

PROJECT_FILE = "dtmflow.yaml"


@rule("V303", "unknown-field", Level.ERROR)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report unknown fields that none of the events at hand has."""
    for found in findings(subject, Kind.UNKNOWN_FIELD):
        if missing_in(found.site, found.problem):
            continue
        yield _report(subject, found)


def _report(subject: Subject, found: Finding) -> Diagnostic:
    problem, site = found.problem, found.site
    space, _, field = problem.name.rpartition(".")
    if problem.types:
        help_text = "its length is `size(...)`" if problem.name == "length" else ""
        return subject.report(found.span, problem.message, help=help_text)
    known = known_fields(site.typed.scope, space)
    message = problem.message
    if space == "event":
        words = event_words(site.typed.events)
        message = f"`event` has no field `{field}` {words}"
    if space == "env":
        message = f"the project does not allow flows to read `env.{field}`"
    meant = closest(field, known)
    fields = f"fields: {', '.join(known)}" if known else ""
    if space == "env":
        fields = f"to allow it, write `env: [{field}]` into {PROJECT_FILE}"
    guess = f"did you mean `{meant}`?" if meant else ""
    return subject.report(
        found.span,
        message,
        help=" ".join(filter(None, (guess, fields))),
        fix=renamed(subject.document, found, meant),
    )
