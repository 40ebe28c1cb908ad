"""What becomes of a sound that `say` or `startPlayback` put on."""

from __future__ import annotations

from dtmflow_schema.base import Event
from dtmflow_schema.units import Integer, Sometimes, Text


class PlaybackFinished(Event, name="PlaybackFinished"):
    """A sound came to its end by itself, or broke off with an error.

    Never comes after `stopPlayback`, for a sound that another replaced, or for a looped one.
    Source: VoxEngine `CallEvents.PlaybackFinished`.
    """

    error: Sometimes[Text] = ""
    """Why the sound could not be played; empty when it was played to the end."""


class PlaybackReady(Event, name="PlaybackReady"):
    """The sound is in the cache: just fetched or spoken, or there before.

    Source: VoxEngine `CallEvents.PlaybackReady`.
    """


class PlaybackStarted(Event, name="PlaybackStarted"):
    """The first packet of the sound is out. Source: VoxEngine `CallEvents.PlaybackStarted`."""

    duration: Integer = 0
    """Length of the sound in ms; 0 when unknown."""
