"""How audio is handed to another unit."""

from __future__ import annotations

from dtmflow_schema.base import Value
from dtmflow_schema.names import WebSocketAudioEncoding
from dtmflow_schema.units import Json, Maybe, Text


class SendMediaParameters(Value):
    """Options of `sendMediaTo`; they matter for a WebSocket only.

    Source: VoxEngine `SendMediaParameters`.
    """

    custom_parameters: Maybe[Json] = None
    """Plain data for the peer of the socket."""
    encoding: Maybe[WebSocketAudioEncoding] = None
    """Encoding on the socket; left out, linear PCM at 8 kHz."""
    tag: Text
    """Label that tells streams on one socket apart."""
