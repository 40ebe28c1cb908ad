"""`initial` names no state to begin with.

Why: whoever enters a state with nested states enters its initial one; it must be one of them, and
that of the flow one of the outermost states. Left out, it is the first.

Bad:

    talk:
      initial: gret
      states:
        greet: { prompt: { say: Hello. }, to: end }

Good:

    talk:
      initial: greet
      states:
        greet: { prompt: { say: Hello. }, to: end }

Fix (unsafe): write the name that comes closest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dtmflow.diagnostics import Diagnostic, Edit, Fix, Level, Path
from dtmflow.linting.registry import Subject, rule
from dtmflow.loading.suggest import closest
from dtmflow_schema.flow import State


@rule("F111", "initial-missing", Level.ERROR, whole=True)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report each such `initial`, the flow's own first."""
    yield from _find(subject, subject.flow.initial, subject.flow.states, ())


def _find(
    subject: Subject, initial: str | None, states: Mapping[str, State], place: Path
) -> Iterator[Diagnostic]:
    if initial is not None and initial not in states:
        path = (*place, "initial")
        meant = closest(initial, states)
        fix = None
        if meant is not None:
            edit = Edit(subject.document.span(path), meant)
            fix = Fix(f"write `{meant}`", (edit,), safe=False)
        known = ", ".join(f"`{name}`" for name in list(states)[:8])
        where = "nested state" if place else "state"
        yield subject.report(
            path,
            f"there is no {where} `{initial}` to begin with",
            help=f"did you mean `{meant}`?"
            if meant
            else (f"there are {known}" if known else "there are no nested states"),
            fix=fix,
        )
    for name, state in states.items():
        yield from _find(subject, state.initial, state.states, (*place, "states", name))
