"""`check`: the text of a flow in, everything that is wrong with it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dtmflow.compiling.core import Core
from dtmflow.compiling.expand import expand
from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.linting.registry import Subject, rules
from dtmflow.linting.salvage import salvage
from dtmflow.linting.suppression import UNUSED, suppress
from dtmflow.loading.document import Document
from dtmflow.loading.read import load
from dtmflow.loading.validation import attempt, report
from dtmflow_schema.flow import Flow


@dataclass(frozen=True)
class Settings:
    """Which rules count. A code or the start of one (`C2`, `F`) stands for all that match."""

    select: tuple[str, ...] = ("",)
    """Codes to report; the default is all."""
    ignore: tuple[str, ...] = ()
    """Codes not to report; of two that match, the longer wins, and `ignore` among equals."""

    env: tuple[str, ...] = ()
    """Environment variables that flows may read as `env.NAME`."""

    @property
    def every_rule(self) -> bool:
        """Whether all rules count."""
        return self.select == ("",) and not self.ignore

    def wants(self, code: str) -> bool:
        """Whether findings of this code are reported."""
        return _longest(self.select, code) > _longest(self.ignore, code)


def _longest(prefixes: tuple[str, ...], code: str) -> int:
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=-1)


@dataclass(frozen=True)
class Analysis:
    """A checked flow in all its forms, as far as they could be made."""

    document: Document
    flow: Flow | None
    """None when the text is not a valid flow."""
    core: Core | None
    diagnostics: tuple[Diagnostic, ...]
    """In the order of the text."""

    @property
    def runnable(self) -> bool:
        """Whether the flow may run: it was understood and nothing is an error."""
        return self.core is not None and all(
            finding.level is not Level.ERROR for finding in self.diagnostics
        )


def check(text: str | bytes, file: str, *, settings: Settings | None = None) -> Analysis:
    """Read, validate and expand a flow and run every rule on it.

    Of a flow that is not valid the sound part is looked at, so that all its problems are told at
    once; rules that rest on what is not there keep silent where something was left out.

    Suppression comments (`# flow: ignore[C205] reason`) and settings are applied. A rule that
    raises is a bug of ours and is not caught.
    """
    settings = settings or Settings()
    document = load(text, file)
    findings = list(document.diagnostics)
    flow: Flow | None = None
    core: Core | None = None
    if document.readable:
        flow, mistakes = attempt({} if document.root is None else document.data, Flow)
        findings += report(document, mistakes)
        if flow is not None:
            core = expand(flow)
            findings += _ruled(document, flow, core, settings)
        elif (sound := salvage(document, mistakes)) is not None:
            losses = sound.losses
            found = _ruled(
                sound.document, sound.flow, expand(sound.flow), settings, whole=losses.whole
            )
            findings += (each for each in found if losses.allow(sound.document, each))
    findings = [finding for finding in findings if settings.wants(finding.code)]
    findings = [
        finding
        for finding in suppress(document, findings)
        # A comment for a rule that did not run is not unused.
        if finding.code != UNUSED or (core is not None and settings.every_rule)
    ]
    findings.sort(key=lambda finding: (finding.span, finding.code, finding.message))
    return Analysis(document, flow, core, tuple(findings))


def _ruled(
    document: Document, flow: Flow, core: Core, settings: Settings, *, whole: bool = True
) -> Iterator[Diagnostic]:
    """Yield what the rules find."""
    derived: dict[Callable[[Subject], Any], Any] = {}
    for rule in rules().values():
        if rule.find is not None and settings.wants(rule.code) and (whole or not rule.whole):
            subject = Subject(document, flow, core, rule, whole, settings.env, derived)
            yield from rule.find(subject)
