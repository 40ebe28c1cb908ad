"""What a rule is, what it sees, and the table of all rules.

A rule is one file `rules/<CODE>_<name>.py`. Its docstring is the rule's page (why, bad, good,
fix); a function decorated with `rule` finds the problem. Codes whose findings come up while a
file is read or validated, or loaded for a line, have a file too, with `found_while` in place of
the function.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias, TypeVar, cast

from dtmflow.compiling.core import Core
from dtmflow.diagnostics import Diagnostic, Fix, Level, Path, Related, Span
from dtmflow.loading.document import Document
from dtmflow_schema.flow import Flow

T = TypeVar("T")


@dataclass(frozen=True)
class Rule:
    """A rule of the linter."""

    code: str
    """For example `F101`."""
    name: str
    """For example `unknown-target`."""
    level: Level
    page: str
    """Why, bad, good and fix, in Markdown."""
    find: Finder | None = field(default=None, repr=False)
    """None for findings of reading (`Y`), validating (`S`) and loading for a line (`L`)."""
    whole: bool = False
    """Whether it rests on what is *not* in a flow, so that nothing of it may be left out."""


@dataclass(frozen=True)
class Subject:
    """What a rule looks at: one valid flow in all its forms."""

    document: Document
    flow: Flow
    core: Core
    rule: Rule
    """The rule that is looking; `report` writes its code and level."""
    whole: bool = True
    """Whether all states, actions and transitions are there; not so in a flow with S findings."""
    env: tuple[str, ...] = ()
    """Environment variables that the project allows."""
    _derived: dict[Callable[[Subject], Any], Any] = field(default_factory=dict, repr=False)

    def report(
        self,
        place: Path | Span,
        message: str,
        *,
        key: bool = False,
        help: str = "",  # noqa: A002 - the word that the output uses
        fix: Fix | None = None,
        related: Iterable[Related] = (),
        level: Level | None = None,
    ) -> Diagnostic:
        """Make a finding of this rule.

        Args:
            place: Path of the node, or a span.
            message: What is wrong, one line, naming the things involved in backticks.
            key: Mark the key that stands at the path, not its value.
            help: What to do about it, one sentence.
            fix: A repair.
            related: Further places that explain it.
            level: In place of the rule's own level.
        """
        span = place if isinstance(place, Span) else self.document.span(place, key=key)
        return Diagnostic(
            code=self.rule.code,
            level=level or self.rule.level,
            message=message,
            file=self.document.file,
            span=span,
            help=help,
            fix=fix,
            related=tuple(related),
        )

    def derive(self, make: Callable[[Subject], T]) -> T:
        """Return `make(subject)`, computed once for all rules of this check."""
        if make not in self._derived:
            self._derived[make] = make(self)
        return cast("T", self._derived[make])


Finder: TypeAlias = Callable[[Subject], Iterable[Diagnostic]]

_rules: dict[str, Rule] = {}


def rule(code: str, name: str, level: Level, *, whole: bool = False) -> Callable[[Finder], Finder]:
    """Register the decorated function as the rule `code`."""

    def register(find: Finder) -> Finder:
        page = inspect.getdoc(sys.modules[find.__module__]) or ""
        _add(Rule(code, name, level, page, find, whole))
        return find

    return register


def found_while(code: str, name: str, level: Level, *, page: str | None) -> None:
    """Register a code whose findings come from reading, validating or loading a file."""
    _add(Rule(code, name, level, inspect.cleandoc(page or "")))


def _add(new: Rule) -> None:
    if new.code in _rules:
        message = f"rule {new.code} is registered twice"
        raise ValueError(message)
    _rules[new.code] = new


@cache
def rules() -> Mapping[str, Rule]:
    """Return every rule by its code, in order of codes."""
    package = importlib.import_module("dtmflow.linting.rules")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return dict(sorted(_rules.items()))
