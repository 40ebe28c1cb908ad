"""Audio that arrives, stays away and comes back."""

from __future__ import annotations

from dtmflow_schema.base import Event
from dtmflow_schema.names import CallAudioQuality


class FirstAudioPacketReceived(Event, name="FirstAudioPacketReceived"):
    """The first audio packet arrived; may come before `Connected`.

    Source: VoxEngine `CallEvents.FirstAudioPacketReceived`.
    """


class RtpStopped(Event, name="RtpStopped"):
    """Neither RTP nor RTCP arrives any more; told at most 7 s after the stop.

    Source: VoxEngine `CallEvents.RtpStopped`.
    """


class RtpResumed(Event, name="RtpResumed"):
    """RTP arrives again after `RtpStopped`. Source: VoxEngine `CallEvents.RtpResumed`."""


class AudioQualityDetected(Event, name="AudioQualityDetected"):
    """The quality of the inbound audio is known, or changed.

    Source: VoxEngine `CallEvents.AudioQualityDetected`.
    """

    quality: CallAudioQuality = CallAudioQuality.STANDARD
    """`HD` for a clock of 16 kHz or more, else `Standard`."""
