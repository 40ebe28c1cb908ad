"""The simulated line: calls without a network, on any clock, with the states of real ones.

In come commands and what the far side does (`SimulatedCall.fire`, `press`); out go CallEvents in
the order that real calls raise them. One file per method family; it knows no flow.
"""

from dtmflow.lines.simulated.call import Playback, SimulatedCall
from dtmflow.lines.simulated.line import SimulatedLine

__all__ = ["Playback", "SimulatedCall", "SimulatedLine"]
