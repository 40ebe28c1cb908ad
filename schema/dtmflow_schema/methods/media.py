"""Audio from one call into another unit."""

from __future__ import annotations

from dtmflow_schema.base import LIVE, MEDIA, Command
from dtmflow_schema.parameters.media import SendMediaParameters
from dtmflow_schema.units import CallReference, Maybe


class SendMediaTo(Command[None], name="sendMediaTo", shorthand="mediaUnit", needs=MEDIA):
    """Send what this call's party says to another leg, one way.

    The target must be connected; it hears its newest source only. Source: VoxEngine
    `Call.sendMediaTo`.
    """

    media_unit: CallReference
    """The leg that is to hear it."""
    parameters: Maybe[SendMediaParameters] = None
    """Options for a WebSocket."""


class StopMediaTo(Command[None], name="stopMediaTo", shorthand="mediaUnit", needs=LIVE):
    """Undo `sendMediaTo`: the target hears silence. Source: VoxEngine `Call.stopMediaTo`."""

    media_unit: CallReference
    """The leg that is to hear it no more."""
