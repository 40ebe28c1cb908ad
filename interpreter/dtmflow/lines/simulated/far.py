"""What the far side of a simulated leg does: connects, presses keys, hangs up, raises events."""

from __future__ import annotations

from typing import Any

from dtmflow.errors import CallError
from dtmflow.lines.simulated.call import SimulatedCall
from dtmflow.lines.simulated.detection import stop_beep_detection
from dtmflow_schema import events
from dtmflow_schema.base import CallState, Event

KEYS = "0123456789*#"
"""Keys of a telephone that are reported; A to D are not."""


def press(call: SimulatedCall, keys: str) -> None:
    """Press keys, one after the other, in no time. Unreported unless the flow handles tones.

    Raises:
        CallError: one of them is no key, or the leg is not connected.
    """
    if call.state is not CallState.CONNECTED:
        raise CallError(f"keys can be pressed in a connected call; this one is {call.phase}")
    for key in keys:
        if key not in KEYS:
            raise CallError(f"{key!r} is no key (keys: {KEYS})")
        if call.handles_tones:
            call.emit(events.ToneReceived, tone=key, type="1")


def drop(call: SimulatedCall) -> None:
    """Hang up: 200 once connected, 487 (CANCEL) before."""
    if call.state is CallState.TERMINATED:
        raise CallError("the call has ended already")
    if call.state is CallState.CONNECTED:
        call.end(200, "Normal call clearing")
    else:
        call.end(487, "Request Terminated")


def fire(call: SimulatedCall, event: type[Event], fields: dict[str, Any]) -> None:
    """Make the far side, or the network, cause an event, with what comes along with it.

    Args:
        call: The leg that it happens to.
        event: Which event.
        fields: Its payload; fields that are left out have their empty value.

    Raises:
        CallError: it cannot happen to the leg now.
    """
    if call.state is CallState.TERMINATED and not issubclass(
        event, events.RecordStopped | events.RecordError
    ):
        raise CallError(f"{event.event_name} cannot come: the call has ended")
    name = event.event_name
    if issubclass(event, events.Connected):
        _connect(call, fields)
    elif issubclass(event, events.Disconnected):
        code, reason = fields.get("internal_code", 200), fields.get("reason", "")
        call.end(code, reason or "Normal call clearing", fields.get("headers"))
    elif issubclass(event, events.Failed):
        raise CallError("Failed cannot come: an incoming leg ends with Disconnected")
    elif issubclass(event, events.PlaybackFinished):
        if call.playback is None:
            raise CallError("PlaybackFinished cannot come: nothing is playing")
        call.finish_playback(str(fields.get("error", "")))
    elif issubclass(event, events.OnHold | events.OffHold):
        call.on_hold = issubclass(event, events.OnHold)
        call.emit(event, **fields)
    elif issubclass(event, events.TransferComplete | events.TransferFailed):
        _transferred(call, event, fields)
    elif issubclass(event, events.BeepDetectionComplete | events.BeepDetectionError):
        if not stop_beep_detection(call):
            raise CallError(f"{name} cannot come: beep detection is off")
        call.emit(event, **fields)
    else:
        if issubclass(event, events.BlindTransferRequested):
            if not call.handles_transfer:
                raise CallError("BlindTransferRequested cannot come: handleBlindTransfer is off")
            call.transfer_request = True
        if issubclass(event, events.RecordError | events.RecordStopped):
            call.recording = None
        call.emit(event, **fields)


def _connect(call: SimulatedCall, fields: dict[str, Any]) -> None:
    if not call.answered:
        raise CallError("Connected cannot come: the flow has not answered")
    if call.state is CallState.CONNECTED:
        raise CallError("Connected cannot come: the call is connected already")
    call.stop_limit()
    call.connected_at = call.clock.now()
    call.change_state(CallState.CONNECTED)
    call.emit(events.Connected, **fields)


def _transferred(call: SimulatedCall, event: type[Event], fields: dict[str, Any]) -> None:
    if call.transfer is None:
        raise CallError(f"{event.event_name} cannot come: no transfer is going on")
    call.transfer = None
    call.emit(event, **fields)
    if issubclass(event, events.TransferComplete):
        call.end(200, "Normal call clearing")
