"""Video comes into the call, or a party asks for other media."""

from __future__ import annotations

from dtmflow_schema.base import Event
from dtmflow_schema.units import NO_HEADERS, PayloadHeaders, Sometimes, Text


class ReInviteAccepted(Event, name="ReInviteAccepted"):
    """The peer accepted other media: video of the other party arrives.

    Source: VoxEngine `CallEvents.ReInviteAccepted`.
    """

    headers: Sometimes[PayloadHeaders] = NO_HEADERS
    """`X-` header fields of the SIP message behind the event."""
    mime_type: Text = ""
    """Content type of the answer, as a rule `application/sdp`."""
    body: Text = ""
    """The answer."""


class ReInviteReceived(Event, name="ReInviteReceived"):
    """The caller asks for other media: video, screen sharing, hold.

    Source: VoxEngine `CallEvents.ReInviteReceived`.
    """

    headers: Sometimes[PayloadHeaders] = NO_HEADERS
    """`X-` header fields of the SIP message behind the event."""
    mime_type: Text = ""
    """Content type of the offer, as a rule `application/sdp`."""
    body: Text = ""
    """The offer."""


class ReInviteRejected(Event, name="ReInviteRejected"):
    """The peer refused other media: no video of the other party.

    Source: VoxEngine `CallEvents.ReInviteRejected`.
    """

    headers: Sometimes[PayloadHeaders] = NO_HEADERS
    """`X-` header fields of the SIP message behind the event."""


class VideoTrackCreated(Event, name="VideoTrackCreated", string="Call.Video.TrackCreated"):
    """A recording with `video: true` got its video track.

    Source: VoxEngine `CallEvents.VideoTrackCreated`.
    """

    url: Text = ""
    """Address of the recording."""


class FirstVideoPacketReceived(Event, name="FirstVideoPacketReceived"):
    """The first video packet arrived. Source: VoxEngine `CallEvents.FirstVideoPacketReceived`."""
