"""The table of handlers that the family modules of this line fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dtmflow.lines.dispatch import Dispatch

if TYPE_CHECKING:
    from dtmflow.lines.sip.call import SipCall

sip: Dispatch[SipCall] = Dispatch("sip")
"""Handlers of Call methods, `def say(call: SipCall, command: Say) -> None`."""
