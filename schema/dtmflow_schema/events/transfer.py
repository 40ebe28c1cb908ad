"""Transfers that we ask for and transfers that the other side asks for."""

from __future__ import annotations

from typing import Literal

from dtmflow_schema.base import Event
from dtmflow_schema.units import NO_HEADERS, Integer, PayloadHeaders, Sometimes, Text


class BlindTransferRequested(Event, name="BlindTransferRequested"):
    """The other side asks for a blind transfer (REFER). Fires only with `handleBlindTransfer`.

    Source: VoxEngine `CallEvents.BlindTransferRequested`.
    """

    headers: Sometimes[PayloadHeaders] = NO_HEADERS
    """`X-` header fields of the REFER, and its Refer-To and Referred-By."""
    transfer_to: Text = ""
    """User part of the requested target."""


class TransferComplete(Event, name="TransferComplete"):
    """A transfer worked; this leg ends. Source: VoxEngine `CallEvents.TransferComplete`."""

    headers: Sometimes[PayloadHeaders] = NO_HEADERS
    """`X-` header fields of the SIP message behind the event."""
    role: Sometimes[Literal["", "transferor", "target", "transferee"]] = ""
    """Part that the other party of this call had in the transfer."""


class TransferFailed(Event, name="TransferFailed"):
    """A transfer did not work; the call goes on. Source: VoxEngine `CallEvents.TransferFailed`."""

    headers: Sometimes[PayloadHeaders] = NO_HEADERS
    """`X-` header fields of the SIP message behind the event."""
    role: Sometimes[Literal["", "transferor", "target", "transferee"]] = ""
    """Part that the other party of this call had in the transfer."""
    code: Integer = 0
    """SIP status code of the failed transfer."""
    reason: Text = ""
    """Text that goes with the code."""
