"""Sound files and progress tones on a simulated leg."""

from __future__ import annotations

from dtmflow.lines.simulated.call import SimulatedCall, simulated
from dtmflow_schema.events.playback import PlaybackFinished
from dtmflow_schema.methods.playback import PlayProgressTone, StartPlayback, StopPlayback


@simulated.handles(StartPlayback)
def start_playback(call: SimulatedCall, command: StartPlayback) -> None:
    """Play a file; one that is not there raises `PlaybackFinished` with an error."""
    seconds = call.file_seconds(command.url)
    if seconds is None:
        call.silence()
        call.emit(PlaybackFinished, error=f"no sound at {command.url}")
        return
    parameters = command.parameters
    loops = parameters is not None and bool(parameters.loop)
    call.play(command.url, None if loops else seconds)


@simulated.handles(StopPlayback)
def stop_playback(call: SimulatedCall, command: StopPlayback) -> None:
    """Stop whatever plays; no `PlaybackFinished` follows."""
    call.silence()


@simulated.handles(PlayProgressTone)
def play_progress_tone(call: SimulatedCall, command: PlayProgressTone) -> None:
    """Play ringback until something else plays."""
    call.play(f"tone {command.country}", None, reports=False)
