"""Handing a call over to somebody else."""

from __future__ import annotations

from dtmflow_schema.base import CONNECTED, LIVE, Command
from dtmflow_schema.events.transfer import (
    BlindTransferRequested,
    TransferComplete,
    TransferFailed,
)
from dtmflow_schema.parameters.transfer import TransferToParameters
from dtmflow_schema.units import Boolean, OneLine, StatusCode


class HandleBlindTransfer(
    Command[None],
    name="handleBlindTransfer",
    shorthand="handle",
    needs=LIVE,
    enables=(BlindTransferRequested,),
):
    """Choose whether the flow carries out transfers that the other party asks for.

    Source: VoxEngine `Call.handleBlindTransfer`.
    """

    handle: Boolean
    """Whether a REFER raises `BlindTransferRequested`; while off it is refused."""


class NotifyBlindTransferFailed(Command[None], name="notifyBlindTransferFailed", needs=CONNECTED):
    """Tell the party that asked for a transfer that it did not work; the call goes on.

    Source: VoxEngine `Call.notifyBlindTransferFailed`.
    """

    code: StatusCode
    """SIP status code of the failure, 300 to 699."""
    reason: OneLine
    """Text that goes with it, on one line."""


class NotifyBlindTransferSuccess(
    Command[None], name="notifyBlindTransferSuccess", needs=CONNECTED
):
    """Tell the party that asked for a transfer that it worked (200); that party then leaves.

    Source: VoxEngine `Call.notifyBlindTransferSuccess`.
    """


class TransferTo(
    Command[None], name="transferTo", needs=CONNECTED, emits=(TransferComplete, TransferFailed)
):
    """Hand the call over by REFER (RFC 3515); once that works, it is no longer ours.

    Source: VoxEngine `Call.transferTo`.
    """

    parameters: TransferToParameters
    """Target, second leg and header fields."""
