"""Digits of a simulated leg, both ways."""

from __future__ import annotations

from dtmflow.lines.simulated.call import SimulatedCall, simulated
from dtmflow_schema.methods.dtmf import HandleTones, SendDigits


@simulated.handles(HandleTones)
def handle_tones(call: SimulatedCall, command: HandleTones) -> None:
    """Switch on or off whether keys that the far side presses are reported."""
    call.handles_tones = command.do_handle


@simulated.handles(SendDigits)
def send_digits(call: SimulatedCall, command: SendDigits) -> None:
    """Send digits to the far side."""
    call.digits_sent += command.digits
