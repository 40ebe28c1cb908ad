"""Flow -> core: sugar rewritten, targets resolved. The front door is `expand`."""

from __future__ import annotations

from dtmflow.compiling.core import Core
from dtmflow_schema.flow import Flow


def expand(flow: Flow) -> Core:
    """Rewrite a valid flow to its core.

    Never raises for what an author wrote: a target that no state bears keeps `to=None` (F101), an
    ambiguous one fills `candidates` (F110).
    """
    raise NotImplementedError
