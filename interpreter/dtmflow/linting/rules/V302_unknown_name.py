"""A name that nothing declares.

Why: expressions know the declared `vars` by their bare names; everything else is qualified:
`params.x`, `event.tone`, `call.callerid`, `legs.agent.state`, `prompts.id`. `set` and `into`
assign declared variables only, so that a misspelt one is noticed; and a leg is declared under
`legs`, named by `dial` together with an address, or named after a state with `connect`.

Bad:

    vars: { tries: 0 }
    states:
      ringing: { to: [{ if: tires < 3, to: ringing }, end] }

Good:

    vars: { tries: 0 }
    states:
      ringing: { to: [{ if: tries < 3, to: ringing }, end] }

Fix (unsafe): write the name that comes closest.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.compiling.expand import CALLER
from dtmflow.diagnostics import Diagnostic, Edit, Fix, Level
from dtmflow.expressions.problems import Kind
from dtmflow.linting.analysis.expressions import Finding, findings, renamed
from dtmflow.linting.analysis.legs import named_legs
from dtmflow.linting.analysis.usage import assignments, gathered
from dtmflow.linting.analysis.words import FUNCTIONS, UNUSABLE
from dtmflow.linting.registry import Subject, rule
from dtmflow.loading.suggest import closest


@rule("V302", "unknown-name", Level.ERROR)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report unknown names and functions, and assignments to what is not declared."""
    for found in findings(subject, Kind.UNKNOWN_NAME, Kind.UNKNOWN_FUNCTION):
        meant = _meant(found)
        yield subject.report(
            found.span,
            found.problem.message,
            help=f"did you mean `{meant}`?" if meant else _known(found),
            fix=renamed(subject.document, found, meant),
        )
    yield from _assigned(subject)
    if subject.whole:
        yield from _legs(subject)


def _assigned(subject: Subject) -> Iterator[Diagnostic]:
    """Report assignments to what is not declared."""
    core = subject.core
    own = [name for name, each in core.variables.items() if not each.generated]
    declared = [*own, *core.returns, "lang"]
    gathers = ((name, path, False) for name, path in gathered(subject.flow.states))
    places = [*assignments(core), *gathers]
    for name, path, is_key in dict.fromkeys(places):
        if name in declared or name in core.variables:
            continue
        meant = closest(name, declared)
        span = subject.document.span(path, key=is_key)
        yield subject.report(
            span,
            f"there is no variable `{name}` to assign",
            help=f"did you mean `{meant}`?" if meant else "declare it under `vars`",
            fix=Fix(f"write `{meant}`", (Edit(span, meant),), safe=False) if meant else None,
        )


def _legs(subject: Subject) -> Iterator[Diagnostic]:
    """Report legs that nothing declares."""
    for name, path, is_key in dict.fromkeys(named_legs(subject)):
        # The leg that `primary` names is in the core whether it is declared or not.
        known = [*subject.flow.legs, CALLER] if path == ("primary",) else list(subject.core.legs)
        if name in known:
            continue
        meant = closest(name, known)
        span = subject.document.span(path, key=is_key)
        text = subject.document.lines.slice(span)
        fix = None
        if meant is not None and text.startswith(name):
            edit = Edit(span, meant + text[len(name) :])
            fix = Fix(f"write `{meant}`", (edit,), safe=False)
        yield subject.report(
            span,
            f"there is no leg `{name}`",
            help=f"did you mean `{meant}`?" if meant else "declare it under `legs`",
            fix=fix,
        )


def _meant(found: Finding) -> str | None:
    name, scope = found.problem.name, found.site.typed.scope
    if found.problem.kind is Kind.UNKNOWN_FUNCTION:
        return closest(name, FUNCTIONS)
    for space in ("event", "params", "call", "legs"):
        qualified = f"{space}.{name}"
        if any(known == qualified or known.startswith(f"{qualified}.") for known in scope):
            return qualified
    roots = dict.fromkeys(known.partition(".")[0] for known in scope)
    return closest(name, [known for known in roots if known != name])


def _known(found: Finding) -> str:
    if found.problem.kind is Kind.UNKNOWN_FUNCTION:
        return "the own functions are `digits(text)` and `hours(opening, zone)`"
    name = found.problem.name
    below = [known for known in found.site.typed.scope if known.startswith(f"{name}.")]
    if below:
        return f"there are {', '.join(f'`{known}`' for known in below[:8])}"
    if name in UNUSABLE:
        return ""
    return "declare it under `vars`, or put texts in quotes"
