"""How a file is played."""

from __future__ import annotations

from dtmflow_schema.base import Value
from dtmflow_schema.units import Boolean, Maybe


class StartPlaybackParameters(Value):
    """Options of `startPlayback`. Source: VoxEngine `StartPlaybackParameters`."""

    loop: Maybe[Boolean] = None
    """Whether it starts again at its end; then `PlaybackFinished` never comes."""
    progressive_playback: Boolean = False
    """Whether it may start before the whole file is there."""
