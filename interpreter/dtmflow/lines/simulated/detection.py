"""Beeps, microphone status and voice activity of a simulated leg."""

from __future__ import annotations

from dtmflow.lines.simulated.call import SimulatedCall, simulated
from dtmflow_schema.events.detection import BeepDetectionComplete
from dtmflow_schema.methods.detection import (
    DisableBeepDetection,
    EnableBeepDetection,
    HandleMicStatus,
    Vad,
)

BEEP_SECONDS = 20.0
"""How long beep detection listens when no timeout is given."""


@simulated.handles(EnableBeepDetection)
def enable_beep_detection(call: SimulatedCall, command: EnableBeepDetection) -> None:
    """Listen for a beep; without one `BeepDetectionComplete` with `timeout` comes."""
    stop_beep_detection(call)
    given = command.parameters.timeout
    call.beeps = True
    call.beep = call.clock.call_later(
        given / 1000 if given else BEEP_SECONDS, lambda: _beep_timeout(call)
    )


@simulated.handles(DisableBeepDetection)
def disable_beep_detection(call: SimulatedCall, command: DisableBeepDetection) -> None:
    """Stop listening; a detection that runs completes without a beep."""
    if stop_beep_detection(call):
        call.emit(BeepDetectionComplete, frequencies=(), timeout=False)


def stop_beep_detection(call: SimulatedCall) -> bool:
    """Stop listening, without an event; return whether a detection ran."""
    ran, call.beeps = call.beeps, False
    if call.beep is not None:
        call.beep.cancel()
        call.beep = None
    return ran


def _beep_timeout(call: SimulatedCall) -> None:
    stop_beep_detection(call)
    call.emit(BeepDetectionComplete, frequencies=(), timeout=True)


@simulated.handles(HandleMicStatus)
def handle_mic_status(call: SimulatedCall, command: HandleMicStatus) -> None:
    """Switch on or off whether the far side's mute key is reported."""
    call.handles_mic = command.handle


@simulated.handles(Vad)
def vad(call: SimulatedCall, command: Vad) -> bool:
    """Return False: there is no speech recognition on a simulated leg."""
    return False
