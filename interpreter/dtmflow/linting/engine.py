"""`check`: the text of a flow in, everything that is wrong with it out."""

from __future__ import annotations

from dataclasses import dataclass

from dtmflow.compiling.core import Core
from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.loading.document import Document
from dtmflow_schema.flow import Flow


@dataclass(frozen=True)
class Settings:
    """Which rules count. A code or the start of one (`C2`, `F`) stands for all that match."""

    select: tuple[str, ...] = ("",)
    """Codes to report; the default is all."""
    ignore: tuple[str, ...] = ()
    """Codes not to report; the longer match wins over `select`."""


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

    Suppression comments (`# flow: ignore[C205] reason`) and settings are applied. A rule that
    raises is a bug of ours and is not caught.
    """
    raise NotImplementedError
