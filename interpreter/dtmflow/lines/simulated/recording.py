"""Recording a simulated leg: events and a URL, no sound."""

from __future__ import annotations

from dtmflow.lines.simulated.call import SimulatedCall, simulated
from dtmflow_schema.events.recording import RecordError, RecordStarted
from dtmflow_schema.events.video import VideoTrackCreated
from dtmflow_schema.methods.recording import Record


@simulated.handles(Record)
def record(call: SimulatedCall, command: Record) -> None:
    """Start recording; options that exclude each other, or a second recording, are an error."""
    parameters = command.parameters
    if parameters.hd_audio and parameters.lossless:
        call.emit(RecordError, error="hd_audio and lossless exclude each other")
        return
    if call.recording is not None:
        call.emit(RecordError, error="this call is being recorded already")
        return
    ending = "flac" if parameters.lossless else "mp3"
    call.recording = f"https://records.example/{call.id}.{ending}"
    call.recording_since = call.clock.now()
    call.emit(RecordStarted, url=call.recording)
    if parameters.video:
        call.emit(VideoTrackCreated, url=call.recording)
