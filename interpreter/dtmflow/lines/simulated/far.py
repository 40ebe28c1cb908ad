"""What the far side of a simulated leg does: connects, presses keys, hangs up, raises events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dtmflow.errors import CallError
from dtmflow.lines.simulated.call import SimulatedCall
from dtmflow.lines.simulated.detection import stop_beep_detection
from dtmflow_schema.base import CallState, Event
from dtmflow_schema.events.detection import BeepDetectionComplete, BeepDetectionError
from dtmflow_schema.events.dtmf import ToneReceived
from dtmflow_schema.events.lifecycle import Connected, Disconnected, Failed, OffHold, OnHold
from dtmflow_schema.events.playback import PlaybackFinished
from dtmflow_schema.events.recording import RecordError, RecordStopped
from dtmflow_schema.events.transfer import BlindTransferRequested, TransferComplete, TransferFailed

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
            call.emit(ToneReceived, tone=key, type="1")


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
    if call.state is CallState.TERMINATED and not issubclass(event, RecordStopped | RecordError):
        raise CallError(f"{event.event_name} cannot come: the call has ended")
    _CAUSES.get(event, _simply)(call, event, fields)


def _simply(call: SimulatedCall, event: type[Event], fields: dict[str, Any]) -> None:
    call.emit(event, **fields)


def _connect(call: SimulatedCall, event: type[Event], fields: dict[str, Any]) -> None:
    if not call.answered:
        raise CallError("Connected cannot come: the flow has not answered")
    if call.state is CallState.CONNECTED:
        raise CallError("Connected cannot come: the call is connected already")
    call.stop_limit()
    call.connected_at = call.clock.now()
    call.change_state(CallState.CONNECTED)
    call.emit(event, **fields)


def _disconnect(call: SimulatedCall, event: type[Event], fields: dict[str, Any]) -> None:
    reason = fields.get("reason") or "Normal call clearing"
    call.end(fields.get("internal_code", 200), reason, fields.get("headers"))


def _fail(call: SimulatedCall, event: type[Event], fields: dict[str, Any]) -> None:
    raise CallError("Failed cannot come: an incoming leg ends with Disconnected")


def _played(call: SimulatedCall, event: type[Event], fields: dict[str, Any]) -> None:
    if call.playback is None:
        raise CallError("PlaybackFinished cannot come: nothing is playing")
    call.finish_playback(str(fields.get("error", "")))


def _hold(call: SimulatedCall, event: type[Event], fields: dict[str, Any]) -> None:
    call.on_hold = event is OnHold
    call.emit(event, **fields)


def _beep(call: SimulatedCall, event: type[Event], fields: dict[str, Any]) -> None:
    if not stop_beep_detection(call):
        raise CallError(f"{event.event_name} cannot come: beep detection is off")
    call.emit(event, **fields)


def _asked_for_transfer(call: SimulatedCall, event: type[Event], fields: dict[str, Any]) -> None:
    if not call.handles_transfer:
        raise CallError("BlindTransferRequested cannot come: handleBlindTransfer is off")
    call.transfer_request = True
    call.emit(event, **fields)


def _recorded(call: SimulatedCall, event: type[Event], fields: dict[str, Any]) -> None:
    call.recording = None
    call.emit(event, **fields)


def _transferred(call: SimulatedCall, event: type[Event], fields: dict[str, Any]) -> None:
    if call.transfer is None:
        raise CallError(f"{event.event_name} cannot come: no transfer is going on")
    call.transfer = None
    call.emit(event, **fields)
    if issubclass(event, TransferComplete):
        call.end(200, "Normal call clearing")


_CAUSES: Mapping[type[Event], Callable[[SimulatedCall, type[Event], dict[str, Any]], None]] = {
    Connected: _connect,
    Disconnected: _disconnect,
    Failed: _fail,
    PlaybackFinished: _played,
    OnHold: _hold,
    OffHold: _hold,
    TransferComplete: _transferred,
    TransferFailed: _transferred,
    BeepDetectionComplete: _beep,
    BeepDetectionError: _beep,
    BlindTransferRequested: _asked_for_transfer,
    RecordError: _recorded,
    RecordStopped: _recorded,
}
"""Events that do something to the leg besides being raised."""
