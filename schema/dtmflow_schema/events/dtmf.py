"""Keys that the other party presses."""

from __future__ import annotations

from dtmflow_schema.base import Event
from dtmflow_schema.units import Text


class ToneReceived(Event, name="ToneReceived"):
    """A key was pressed. Fires only after `handleTones: true`.

    Source: VoxEngine `CallEvents.ToneReceived`.
    """

    tone: Text = ""
    """The key: `0` to `9`, `*` or `#`."""
    type: Text = ""
    """How it travelled: `1` RFC 4733 (formerly 2833), `2` in-band, `3` SIP INFO."""
