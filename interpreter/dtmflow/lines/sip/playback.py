"""Playing sound files to the caller, and the tones of a telephone network."""

from __future__ import annotations

from dtmflow.errors import CallError
from dtmflow.lines.sip.call import SipCall, sip
from dtmflow.media.codecs import Clip
from dtmflow.media.files import resolve
from dtmflow.media.tones import ringback
from dtmflow_schema.events.playback import PlaybackFinished
from dtmflow_schema.methods.playback import PlayProgressTone, StartPlayback, StopPlayback


@sip.handles(StartPlayback)
def start_playback(call: SipCall, command: StartPlayback) -> None:
    """Play a file below the flow's folder, or one from an http(s) address."""
    law = call.playable("startPlayback")
    token = call.sounds.next()
    loop = bool(command.parameters and command.parameters.loop)

    def done(sound: Clip | CallError) -> None:
        call.play(token, sound, loop=loop)

    if command.url.lower().startswith(("http://", "https://")):
        call.line.library.url(command.url, law, done)
        return
    try:
        path = resolve(call.folder(), command.url)
    except CallError as problem:
        call.post(PlaybackFinished(error=str(problem)))
        return
    call.line.library.file(path, law, done)


@sip.handles(PlayProgressTone)
def play_progress_tone(call: SipCall, command: PlayProgressTone) -> None:
    """Play ringback until something else is played; raises no events."""
    law = call.playable("playProgressTone")
    call.play(call.sounds.next(), ringback(command.country, law), loop=True, reports=False)


@sip.handles(StopPlayback)
def stop_playback(call: SipCall, command: StopPlayback) -> None:
    """Be silent from the next packet on; no `PlaybackFinished` comes."""
    call.playable("stopPlayback")
    if call.media is not None:
        call.sounds.stop(call.media)
