"""From a FLOW argument to a flow in all its forms, for the commands that need a sound one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dtmflow.cli.sources import read_text
from dtmflow.diagnostics import Level
from dtmflow.errors import FlowInvalid

if TYPE_CHECKING:
    from dtmflow.compiling.core import Core


def core_of(path: Path) -> Core:
    """Return the core of a flow. Faults of its graph (F101 and the like) do not matter here.

    Raises:
        UsageError: the file cannot be read.
        FlowInvalid: the text is no flow; holds the errors.
    """
    from dtmflow.linting.engine import check

    analysis = check(read_text(path), str(path))
    if analysis.core is None:
        raise FlowInvalid(
            tuple(found for found in analysis.diagnostics if found.level is Level.ERROR)
        )
    return analysis.core
