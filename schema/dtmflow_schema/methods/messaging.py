"""Texts and data sent within the call."""

from __future__ import annotations

from typing import Annotated

from dtmflow_schema.base import LIVE, MEDIA, Command
from dtmflow_schema.units import NO_HEADERS, AtMost, OneLine, Text, XHeaders


class SendInfo(Command[None], name="sendInfo", needs=LIVE):
    """Send a SIP INFO to the other party (RFC 6086). Source: VoxEngine `Call.sendInfo`."""

    mime_type: OneLine
    """Content type of the body, for example `application/json`."""
    body: Annotated[Text, AtMost(8192, "bytes")]
    """The body, at most 8192 bytes."""
    headers: XHeaders = NO_HEADERS
    """Header fields of the INFO; names start with `X-`."""


class SendMessage(Command[None], name="sendMessage", shorthand="text", needs=MEDIA):
    """Send a text message to the other party (RFC 3428). Source: VoxEngine `Call.sendMessage`."""

    text: Annotated[Text, AtMost(8192, "bytes")]
    """The message, at most 8192 bytes."""
