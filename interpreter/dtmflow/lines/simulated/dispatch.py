"""The table of handlers of the simulated line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dtmflow.lines.dispatch import Dispatch

if TYPE_CHECKING:
    from dtmflow.lines.simulated.call import SimulatedCall

simulated: Dispatch[SimulatedCall] = Dispatch("simulated")
"""Family modules register here: `@simulated.handles(Say)`."""
