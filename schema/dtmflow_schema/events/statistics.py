"""Figures on the media of a call."""

from __future__ import annotations

from pydantic import Field

from dtmflow_schema.base import Event, Value
from dtmflow_schema.units import Integer, Number


class CallMediaStatisticsSample(Value):
    """Figures of one RTP stream. Source: VoxEngine `CallMediaStatisticsSample`."""

    id: Integer
    """Number of the stream (its SSRC)."""
    jitter: Number
    """Interarrival jitter in ms (RFC 3550 appendix A.8)."""
    packet_loss: Number
    """Lost RTP packets."""
    num_packets: Integer
    """RTP packets received or sent."""
    audio_level: Number
    """Level in dBov, 0 or negative."""


class CallMediaStatistics(Value):
    """Figures of both directions. Source: VoxEngine `CallMediaStatistics`."""

    in_: tuple[CallMediaStatisticsSample, ...] = Field(default=(), alias="in")
    """Streams that we receive."""
    out: tuple[CallMediaStatisticsSample, ...] = ()
    """Streams that we send."""


class Statistics(Event, name="Statistics"):
    """The statistics of the call changed. Carries nothing; prefer `MediaStatisticsReceived`.

    Source: VoxEngine `CallEvents.Statistics`.
    """


class MediaStatisticsReceived(Event, name="MediaStatisticsReceived"):
    """A report on the media. Fires only after `monitorMediaStatistics`.

    Source: VoxEngine `CallEvents.MediaStatisticsReceived`.
    """

    audio: CallMediaStatistics = CallMediaStatistics()
    """Figures of the audio streams."""
