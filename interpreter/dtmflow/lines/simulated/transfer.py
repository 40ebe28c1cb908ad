"""Transfers on a simulated leg: asked for by us or by the far side."""

from __future__ import annotations

from dtmflow.errors import CallError
from dtmflow.lines.simulated.call import SimulatedCall, simulated
from dtmflow_schema.methods.transfer import (
    HandleBlindTransfer,
    NotifyBlindTransferFailed,
    NotifyBlindTransferSuccess,
    TransferTo,
)


@simulated.handles(TransferTo)
def transfer_to(call: SimulatedCall, command: TransferTo) -> None:
    """Ask the far side to call somebody else; it answers with `TransferComplete` or `-Failed`."""
    if call.transfer is not None:
        raise CallError("a transfer of this call is going on already")
    target = command.parameters.to or command.parameters.call
    if not target:
        raise CallError("transferTo needs `to` or `call`")
    call.transfer = target


@simulated.handles(HandleBlindTransfer)
def handle_blind_transfer(call: SimulatedCall, command: HandleBlindTransfer) -> None:
    """Switch on or off whether transfers that the far side asks for are reported."""
    call.handles_transfer = command.handle


@simulated.handles(NotifyBlindTransferSuccess)
def notify_success(call: SimulatedCall, command: NotifyBlindTransferSuccess) -> None:
    """Tell the far side that its transfer succeeded; it hangs up thereupon."""
    _settle(call)
    call.end(200, "Normal call clearing")


@simulated.handles(NotifyBlindTransferFailed)
def notify_failed(call: SimulatedCall, command: NotifyBlindTransferFailed) -> None:
    """Tell the far side that its transfer failed; the call goes on."""
    _settle(call)


def _settle(call: SimulatedCall) -> None:
    if not call.transfer_request:
        raise CallError("no blind transfer waits for its result")
    call.transfer_request = False
