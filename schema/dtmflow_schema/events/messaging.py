"""Texts and data that the other side sends within the call."""

from __future__ import annotations

from dtmflow_schema.base import Event
from dtmflow_schema.units import NO_HEADERS, PayloadHeaders, Sometimes, Text


class InfoReceived(Event, name="InfoReceived"):
    """A SIP INFO came in (RFC 6086). Source: VoxEngine `CallEvents.InfoReceived`."""

    headers: Sometimes[PayloadHeaders] = NO_HEADERS
    """`X-` header fields of the INFO."""
    mime_type: Text = ""
    """Content type of the body."""
    body: Text = ""
    """The body."""


class MessageReceived(Event, name="MessageReceived"):
    """A text message came in (RFC 3428). Source: VoxEngine `CallEvents.MessageReceived`."""

    headers: Sometimes[PayloadHeaders] = NO_HEADERS
    """`X-` header fields of the MESSAGE."""
    text: Text = ""
    """The message."""
