"""Keys: reported and sent."""

from __future__ import annotations

from dtmflow_schema.base import LIVE, MEDIA, Command
from dtmflow_schema.events.dtmf import ToneReceived
from dtmflow_schema.names import DTMFType
from dtmflow_schema.units import Boolean, Digits, Maybe


class HandleTones(
    Command[None], name="handleTones", shorthand="doHandle", needs=LIVE, enables=(ToneReceived,)
):
    """Switch reports of pressed keys on or off; they are off at first.

    While on, a key is also cut out of audio that is forwarded or recorded. Source: VoxEngine
    `Call.handleTones`.
    """

    do_handle: Boolean
    """Whether keys raise `ToneReceived`."""
    supported_dtmf_types: Maybe[DTMFType] = None
    """Which ways of sending a key count; left out, all of them (`ALL`)."""


class SendDigits(Command[None], name="sendDigits", shorthand="digits", needs=MEDIA):
    """Send keys to the other party (RFC 4733). Source: VoxEngine `Call.sendDigits`."""

    digits: Digits
    """`0` to `9`, `*`, `#`; `p` is a pause of 3 s."""
