"""A transition leads to a state that does not exist.

Why: when the transition is taken there is nowhere to go, so the flow cannot run. A target is
looked up among the sibling states, then outward, then anywhere if only one state bears the name;
`a/b` names a nested state from the root. `end` always exists.

Bad:

    states:
      ringing:
        do: answer
        on: { Connected: gretting }
      greeting:
        prompt: { say: Hello. }
        to: end

Good:

    states:
      ringing:
        do: answer
        on: { Connected: greeting }
      greeting:
        prompt: { say: Hello. }
        to: end

Fix (unsafe): write the name that comes closest.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Edit, Fix, Level, Path
from dtmflow.linting.analysis.graph import every_transition
from dtmflow.linting.analysis.names import targets
from dtmflow.linting.registry import Subject, rule
from dtmflow.loading.suggest import closest


@rule("F101", "unknown-target", Level.ERROR)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report each target that names no state, once for each place."""
    seen: set[Path] = set()
    names = targets(subject.core)
    for entry in every_transition(subject.core):
        place = entry.target_origin or entry.origin
        if entry.target is None or entry.to is not None or entry.candidates or place in seen:
            continue
        seen.add(place)
        meant = closest(entry.target, names)
        fix = None
        if meant is not None and entry.target_origin:
            fix = Fix(f"write `{meant}`", (Edit(subject.document.span(place), meant),), safe=False)
        known = ", ".join(f"`{name}`" for name in names[:8])
        yield subject.report(
            place,
            f"there is no state `{entry.target}`",
            help=f"did you mean `{meant}`?" if meant else f"there are {known}",
            fix=fix,
        )
