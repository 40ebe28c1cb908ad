"""A comparison with a value that cannot come.

Why: some things have few values: a tone is one key, a call has four states, SIP codes go from 100
to 699. `input` in a menu or gather holds several keys, a tone never does. Errors are literal
opening hours, time zones and regular expressions that nobody can read, and a language for `lang`
that no prompt has.

Bad:

    if: event.tone == "12"

Good:

    if: event.tone == "1"
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Level, Span
from dtmflow.expressions.problems import Kind
from dtmflow.linting.analysis.conditions import impossible
from dtmflow.linting.analysis.expressions import findings, place, sites
from dtmflow.linting.analysis.graph import every_action
from dtmflow.linting.registry import Subject, rule


@rule("V306", "impossible-value", Level.WARNING)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report each such constant."""
    seen: set[Span] = set()
    for site in subject.derive(sites):
        for offset, tree in site.trees:
            for found in impossible(tree):
                length = _length(site.typed.text, offset + found.offset)
                span = place(subject.document, site.typed, offset + found.offset, length)
                if span not in seen:
                    seen.add(span)
                    yield subject.report(
                        span,
                        f"`{found.name}` is never `{found.value}`",
                        help=found.domain.word,
                    )
    for wrong in findings(subject, Kind.BAD_VALUE):
        yield subject.report(wrong.span, wrong.problem.message, level=Level.ERROR)
    yield from _languages(subject)


def _languages(subject: Subject) -> Iterator[Diagnostic]:
    """Report languages that `lang` is set to and no prompt has."""
    core = subject.core
    known = dict.fromkeys(
        filter(None, (each for texts in core.prompts.values() for each in texts))
    )
    for action in every_action(core):
        value = action.arguments.get("lang") if action.name == "set" else None
        if isinstance(value, str) and "${" not in value and value not in known:
            listed = ", ".join(f"`{language}`" for language in known)
            yield subject.report(
                action.places["lang"],
                f"no prompt has the language `{value}`",
                help=f"languages: {listed}" if known else "give prompts by language",
                level=Level.ERROR,
            )


def _length(text: str, at: int) -> int:
    """Return how many characters the literal at `at` takes."""
    mark = text[at : at + 1]
    if mark in {'"', "'"}:
        end = text.find(mark, at + 1)
        return end + 1 - at if end >= 0 else 1
    end = at
    while text[end : end + 1].isalnum() or text[end : end + 1] in {".", "-"}:
        end += 1
    return max(end - at, 1)
