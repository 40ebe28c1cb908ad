"""Sounds from files, and the tones of a telephone network."""

from __future__ import annotations

from typing import Literal

from dtmflow_schema.base import MEDIA, Command
from dtmflow_schema.events.playback import PlaybackFinished, PlaybackReady, PlaybackStarted
from dtmflow_schema.parameters.playback import StartPlaybackParameters
from dtmflow_schema.units import Maybe, Text


class PlayProgressTone(Command[None], name="playProgressTone", shorthand="country", needs=MEDIA):
    """Play the ringback tone of a country, until another sound replaces it (ITU-T E.180).

    Source: VoxEngine `Call.playProgressTone`.
    """

    country: Literal["US", "RU"]
    """`US`: 440 and 480 Hz, 2 s on, 4 s off. `RU`: 425 Hz, 0.8 s on, 3.2 s off."""


class StartPlayback(
    Command[None],
    name="startPlayback",
    shorthand="url",
    needs=MEDIA,
    emits=(PlaybackReady, PlaybackStarted, PlaybackFinished),
):
    """Play an audio file to the other party; replaces whatever it was hearing.

    Source: VoxEngine `Call.startPlayback`.
    """

    url: Text
    """File below the flow's folder, or http(s) address: mp3, ogg, flac or wav, at most 10 MB."""
    parameters: Maybe[StartPlaybackParameters] = None
    """How it is played."""


class StopPlayback(Command[None], name="stopPlayback", needs=MEDIA):
    """Stop whatever we play on this leg; no `PlaybackFinished` follows.

    Source: VoxEngine `Call.stopPlayback`.
    """
