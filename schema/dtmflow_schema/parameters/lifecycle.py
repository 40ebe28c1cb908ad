"""How a call is accepted."""

from __future__ import annotations

from dtmflow_schema.base import Value
from dtmflow_schema.units import Boolean, Integer, Json, Maybe, Text


class BaseCallParameters(Value):
    """What all ways to set up a call share. Source: VoxEngine `BaseCallParameters`."""

    conference_call: Boolean = False
    """Whether the leg belongs to a conference."""
    disable_dtx_for_audio: Boolean = False
    """Whether silence is sent too, without discontinuous transmission."""
    disable_ext_playout_delay: Maybe[Boolean] = None
    """Whether the RTP extension for playout delay is not offered."""
    disable_ext_video_offset: Maybe[Boolean] = None
    """Whether the RTP extension for transmission time offset is not offered."""
    disable_ext_video_orientation: Maybe[Boolean] = None
    """Whether `3gpp:video-orientation` is not offered: pictures turn up upright in browsers
    without it, at the price of battery."""
    disable_ext_video_timing: Maybe[Boolean] = None
    """Whether the RTP extension for video timing is not offered."""
    display_name: Maybe[Text] = None
    """Name of the caller as people read it."""
    max_video_bitrate: Maybe[Integer] = None
    """Upper limit of the video bitrate towards the device, kbit/s."""
    scheme: Maybe[dict[str, Json]] = None
    """Codec information, one entry per media line with `audio` and `video`."""


class CallAnswerParameters(BaseCallParameters):
    """Options of `answer` and `answerDirect`. Source: VoxEngine `CallAnswerParameters`."""
