"""An entry that can never be taken, because one before it always is.

Why: of a list the first entry with a true `if` is taken, and one without `if` is always true. What
stands behind it never runs.

Bad:

    on:
      PlaybackFinished:
        - to: main
        - { if: tries > 2, to: end }

Good:

    on:
      PlaybackFinished:
        - { if: tries > 2, to: end }
        - to: main
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dtmflow.diagnostics import Diagnostic, Level, Path, Related
from dtmflow.linting.registry import Subject, rule
from dtmflow_schema.doing import Transition
from dtmflow_schema.flow import State

Lists = Iterator[tuple[Path, tuple[Transition, ...]]]


@rule("F107", "shadowed-transition", Level.WARNING, whole=True)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report the first entry behind one that has no `if`, in each list."""
    flow = subject.flow
    for path, entries in (*_waiting(flow.on, flow.after, ()), *_of_states(flow.states, ())):
        always = next((entry for entry in entries if entry.if_ is None), entries[-1])
        behind = entries[entries.index(always) + 1 :]
        if behind:
            span = subject.document.span((*path, *always.at))
            yield subject.report(
                (*path, *behind[0].at),
                f"this is never taken: the entry in line {span.line} has no `if`",
                help="put the entry without `if` last",
                related=[Related("always taken", span)],
            )


def _of_states(states: Mapping[str, State], at: Path) -> Lists:
    for name, state in states.items():
        path: Path = (*at, "states", name)
        yield from _waiting(state.on, state.after, path)
        if state.to:
            yield (*path, "to"), state.to
        if state.menu is not None:
            for key, entries in state.menu.choices.items():
                yield (*path, "menu", "choices", key), entries
        yield from _of_states(state.states, path)


def _waiting(
    on: Mapping[str, tuple[Transition, ...]], after: Mapping[str, tuple[Transition, ...]], at: Path
) -> Lists:
    for key, timers in (("on", on), ("after", after)):
        for name, entries in timers.items():
            yield (*at, key, name), entries
