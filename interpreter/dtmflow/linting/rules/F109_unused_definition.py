"""A variable, leg, prompt or parameter that nothing uses.

Why: mostly a misspelt name elsewhere, or a remnant. A variable that is only set and never read is
unused as well; what `returns` declares is read by the caller of the flow.

Bad:

    vars: { brand: "" }        # nothing reads it
    states:
      ringing: { do: answer, on: { Connected: end } }

Good: use it, or remove it.

    vars: { brand: Harbour Bicycles }
    states:
      ringing: { do: answer, on: { Connected: hello } }
      hello: { prompt: { say: "This is ${brand}." }, to: end }

Fix (safe): remove the definition, where nothing assigns it. A parameter is part of what callers
of the flow rely on, so removing one is unsafe.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dtmflow.diagnostics import Diagnostic, Fix, Level, Path
from dtmflow.linting.analysis.usage import usage
from dtmflow.linting.analysis.words import FUNCTIONS, UNUSABLE
from dtmflow.linting.registry import Subject, rule
from dtmflow.linting.repairs import removal
from dtmflow.loading.suggest import closest


@rule("F109", "unused-definition", Level.WARNING)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report each at its key."""
    core = subject.core
    used = usage(core)
    variables = {
        name: each.origin
        for name, each in core.variables.items()
        if not (name in core.returns or each.generated or name in UNUSABLE)
    }
    params = {name: each.origin for name, each in core.params.items()}
    legs = {name: leg.origin for name, leg in core.legs.items() if leg.origin[:1] == ("legs",)}
    prompts = {name: at for name, at in core.prompt_origins.items() if at == ("prompts", name)}
    for name, place in _unused(variables, used.variables):
        if name in used.written:
            yield subject.report(
                place,
                f"variable `{name}` is set but never read",
                key=True,
                help="remove it together with what sets it, or use it",
            )
        else:
            yield _report(subject, "variable", name, place, safe=True)
    for word, known, read, space in (
        ("parameter", params, used.params, "params"),
        ("leg", legs, used.legs, "legs"),
        ("prompt", prompts, used.prompts, "prompts"),
    ):
        if space not in used.whole:
            for name, place in _unused(known, read):
                yield _report(subject, word, name, place, safe=space != "params")


def _unused(known: Mapping[str, Path], read: frozenset[str]) -> Iterator[tuple[str, Path]]:
    """Yield what is never read; not what a misspelt name stands for, which other rules tell."""
    meant = {closest(name, known) for name in read - known.keys() - UNUSABLE.keys() - {*FUNCTIONS}}
    for name, place in known.items():
        if place and name not in read and name not in meant:
            yield name, place


def _report(subject: Subject, word: str, name: str, place: Path, *, safe: bool) -> Diagnostic:
    edit = removal(subject.document, place)
    return subject.report(
        place,
        f"{word} `{name}` is never used",
        key=True,
        help="remove it, or use it",
        fix=Fix(f"remove `{name}`", (edit,), safe=safe) if edit else None,
    )
