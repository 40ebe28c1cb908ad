"""A recording begins, ends or breaks."""

from __future__ import annotations

from dtmflow_schema.base import Event
from dtmflow_schema.units import Integer, Text


class RecordStarted(Event, name="RecordStarted"):
    """The first sample is written. Source: VoxEngine `CallEvents.RecordStarted`."""

    url: Text = ""
    """Address of the recording; complete after `RecordStopped`."""


class RecordStopped(Event, name="RecordStopped"):
    """The recording is closed. Comes after `Disconnected`, so a flow must outlive that.

    Source: VoxEngine `CallEvents.RecordStopped`.
    """

    url: Text = ""
    """Address of the recording."""
    cost: Text = "0"
    """Price of the recording as a decimal text, in the account's currency (USD, EUR, RUB)."""
    duration: Integer = 0
    """Length in seconds."""


class RecordError(Event, name="RecordError"):
    """The recording broke. Source: VoxEngine `CallEvents.RecordError`."""

    error: Text = ""
    """What went wrong."""
