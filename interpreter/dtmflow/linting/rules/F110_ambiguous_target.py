"""A name stands for several things.

Why: a target is a short name. No scope around the transition has it, and two states elsewhere
bear it, so nobody can tell which is meant; a path from the root tells. The same with legs: the
leg of a `connect` is named after its state, so no declared leg may bear that name.

Bad:

    states:
      help: { to: menu }
      day: { states: { menu: { after: { 1m: end } } } }
      night: { states: { menu: { after: { 1m: end } } } }

Good:

    states:
      help: { to: day/menu }
      day: { states: { menu: { after: { 1m: end } } } }
      night: { states: { menu: { after: { 1m: end } } } }

Fix (unsafe): write the path of the first.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Edit, Fix, Level, Path, Related
from dtmflow.linting.analysis.graph import every_transition
from dtmflow.linting.registry import Subject, rule


@rule("F110", "ambiguous-target", Level.ERROR)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report ambiguous targets once for each place, and legs named twice."""
    core, document = subject.core, subject.document
    seen: set[Path] = set()
    for entry in every_transition(core):
        place = entry.target_origin or entry.origin
        if not entry.candidates or place in seen:
            continue
        seen.add(place)
        paths = " or ".join(f"`{path}`" for path in entry.candidates)
        edit = Edit(document.span(place), entry.candidates[0])
        yield subject.report(
            place,
            f"`{entry.target}` is the name of several states",
            help=f"write {paths}",
            fix=Fix(f"write `{entry.candidates[0]}`", (edit,), safe=False),
            related=[
                Related(f"`{path}` is here", document.span(core.states[path].origin, key=True))
                for path in entry.candidates
                if path in core.states
            ],
        )
    for state in core.states.values():
        name = state.path.rpartition("/")[2]
        leg = core.legs.get(name)
        if state.later is None or state.later.kind != "connect" or leg is None:
            continue
        if leg.origin[:1] == ("legs",):
            yield subject.report(
                state.origin,
                f"the leg of this `connect` would be named `{name}`, as a declared leg is",
                key=True,
                help="rename the state or the leg",
                related=[Related("the leg is declared here", document.span(leg.origin, key=True))],
            )
