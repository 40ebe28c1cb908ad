"""Every expression of a flow with what is wrong with it, as the V rules look at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from dtmflow.compiling.typed import TypedExpression, typed_expressions
from dtmflow.diagnostics import Edit, Fix, Path, Span
from dtmflow.expressions.environment import environment
from dtmflow.expressions.problems import CompileError, Kind, Problem
from dtmflow.expressions.tree import Tree, tree
from dtmflow.linting.analysis.dialects import Foreign, foreign
from dtmflow.linting.analysis.raising import unraised
from dtmflow.linting.analysis.usage import names_read
from dtmflow.linting.analysis.words import UNUSABLE
from dtmflow.linting.registry import Subject
from dtmflow.loading.document import Document
from dtmflow.loading.nodes import Scalar


@dataclass(frozen=True)
class Site:
    """One scalar that is, or holds, expressions."""

    typed: TypedExpression
    problems: tuple[Problem, ...]
    """What is wrong, offsets counted in the scalar; what `foreign` explains is left out."""
    foreign: tuple[Foreign, ...]
    """Words of other languages, where the expression does not compile; offsets likewise."""
    trees: tuple[tuple[int, Tree], ...]
    """Offset and syntax tree of each expression; none where anything is wrong."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with its place in the source."""

    site: Site
    problem: Problem
    span: Span


def sites(subject: Subject) -> tuple[Site, ...]:
    """Return every expression of the subject; for `Subject.derive`.

    One that reads a variable with a name that is taken (V311) means something else than its
    author thinks, so it is not judged.
    """
    core = subject.core
    misnamed = UNUSABLE.keys() & {*core.variables, *core.returns}
    return tuple(
        Site(typed, (), (), ()) if misnamed & _bare_names(typed) else _site(typed)
        for typed in typed_expressions(core, subject.env)
    )


def _bare_names(typed: TypedExpression) -> set[str]:
    return {
        name for _, text in typed.expressions() for name, field in names_read(text) if not field
    }


def _site(typed: TypedExpression) -> Site:
    problems = typed.problems()
    if not problems:
        return Site(typed, (), (), tuple(_trees(typed)))
    pieces: list[Foreign] = []
    if any(problem.kind in _UNREADABLE for problem in problems):
        for offset, text in typed.expressions():
            if not _compiles(typed, text):
                pieces += [piece.moved(offset) for piece in foreign(text)]
    words = {piece.word for piece in pieces}
    kept = tuple(
        problem
        for problem in problems
        if not (pieces and problem.kind is Kind.SYNTAX) and problem.name not in words
    )
    return Site(typed, kept, tuple(pieces), ())


_UNREADABLE = frozenset({Kind.SYNTAX, Kind.UNKNOWN_NAME, Kind.UNKNOWN_FUNCTION})


def _compiles(typed: TypedExpression, text: str) -> bool:
    try:
        environment(typed.scope).compile(text)
    except CompileError:
        return False
    return True


def _trees(typed: TypedExpression) -> Iterator[tuple[int, Tree]]:
    known = environment(typed.scope)
    for offset, text in typed.expressions():
        yield offset, tree(known.compile(text))


def findings(subject: Subject, *kinds: Kind) -> Iterator[Finding]:
    """Yield the problems of some kinds, once for each place and name."""
    seen: set[tuple[Span, str]] = set()
    for site in subject.derive(sites):
        for problem in site.problems:
            if problem.kind in kinds and not _unsure(subject, site, problem):
                span = place(subject.document, site.typed, problem.offset, problem.length)
                if (span, problem.name) not in seen:
                    seen.add((span, problem.name))
                    yield Finding(site, problem, span)


def _unsure(subject: Subject, site: Site, problem: Problem) -> bool:
    """Whether an event that is read is not known: misnamed, or left out of the flow."""
    if not problem.name.startswith("event."):
        return False
    events = {each.event for each in site.typed.events}
    if events & {each.handler.trigger.event for each in subject.derive(unraised)}:
        return True
    return not subject.whole and (
        "on" not in site.typed.path or any(event.islower() for event in events)
    )


def place(document: Document, typed: TypedExpression, offset: int, length: int) -> Span:
    """Return where characters of an expression's scalar stand in the source."""
    if typed.key:
        return document.span(typed.path, key=True)
    return document.scalar_span(typed.path, offset, length)


Change: TypeAlias = tuple[int, int, str]
"""Offset and length of what is replaced in a scalar's value, and what comes there."""

_OPENS_SOMETHING = frozenset("!&*@`\"'%#{}[],|>")
"""Characters that cannot begin a plain scalar."""


def mending(
    document: Document,
    typed: TypedExpression,
    changes: Iterable[Change],
    title: str,
    *,
    safe: bool,
) -> Fix | None:
    """Return the fix that changes an expression; None where its quotes do not allow it.

    A plain scalar that would begin with what YAML reads otherwise (`!`, a quote) gets quotes.
    """
    wanted = sorted(changes)
    if typed.key:
        return None
    style, text = _style(document, typed.path), typed.text
    edits = [
        Edit(place(document, typed, offset, length), _escaped(new, style))
        for offset, length, new in wanted
    ]
    offset, length, new = wanted[0]
    begin = (new or text[length:])[:1]
    if style == "" and offset == 0 and begin in _OPENS_SOMETHING:
        if "'" in text or any("'" in each for _, _, each in wanted):
            return None
        edits[0] = Edit(edits[0].span, f"'{edits[0].text}")
        end = document.span(typed.path)
        if wanted[-1][0] + wanted[-1][1] == len(text):
            edits[-1] = Edit(edits[-1].span, f"{edits[-1].text}'")
        else:
            closing = Span(end.end_line, end.end_column, end.end_line, end.end_column)
            edits.append(Edit(closing, "'"))
    return Fix(title, tuple(edits), safe=safe)


def _escaped(text: str, style: str) -> str:
    if style == "'":
        return text.replace("'", "''")
    if style == '"':
        return text.replace("\\", "\\\\").replace('"', '\\"')
    return text


def renamed(document: Document, found: Finding, meant: str | None) -> Fix | None:
    """Return the fix that writes the name that was meant; None where nothing comes close."""
    if meant is None:
        return None
    change = (found.problem.offset, found.problem.length, meant)
    return mending(document, found.site.typed, [change], f"write `{meant}`", safe=False)


def quoted(document: Document, typed: TypedExpression, value: str) -> str:
    """Return a text literal in the quotes that the scalar's own quotes leave free."""
    mark = "'" if _style(document, typed.path) == '"' else '"'
    return f"{mark}{value}{mark}"


def _style(document: Document, path: Path) -> str:
    node = document.node(path)
    return node.style if isinstance(node, Scalar) else ""
