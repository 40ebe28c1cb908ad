"""Whom a simulated leg sends its sound to."""

from __future__ import annotations

from dtmflow.lines.simulated.call import SimulatedCall, simulated
from dtmflow_schema.methods.media import SendMediaTo, StopMediaTo


@simulated.handles(SendMediaTo)
def send_media_to(call: SimulatedCall, command: SendMediaTo) -> None:
    """Send the leg's sound to another unit as well."""
    call.sends_to.add(command.media_unit)


@simulated.handles(StopMediaTo)
def stop_media_to(call: SimulatedCall, command: StopMediaTo) -> None:
    """Stop sending to a unit; no effect when nothing was sent to it."""
    call.sends_to.discard(command.media_unit)
