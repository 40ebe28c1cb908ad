"""Recording a call."""

from __future__ import annotations

from dtmflow_schema.base import CONNECTED, Command
from dtmflow_schema.events.recording import RecordError, RecordStarted, RecordStopped
from dtmflow_schema.events.video import VideoTrackCreated
from dtmflow_schema.parameters.recording import CallRecordParameters


class Record(
    Command[None],
    name="record",
    needs=CONNECTED,
    emits=(RecordStarted, RecordStopped, RecordError, VideoTrackCreated),
):
    """Record both directions until the call ends; mp3, 8 kHz, 32 kbit/s unless told otherwise.

    `RecordStopped` comes after `Disconnected`. Source: VoxEngine `Call.record`.
    """

    parameters: CallRecordParameters = CallRecordParameters()
    """What is recorded, and how long it is kept."""
