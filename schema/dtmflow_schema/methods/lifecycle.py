"""Taking, refusing and ending a call."""

from __future__ import annotations

from dtmflow_schema.base import (
    LIVE,
    RINGING,
    UNANSWERED,
    Command,
    Phase,
)
from dtmflow_schema.events.lifecycle import AudioStarted, Connected, Disconnected, Failed
from dtmflow_schema.parameters.lifecycle import CallAnswerParameters
from dtmflow_schema.units import (
    NO_HEADERS,
    Boolean,
    CallReference,
    Integer,
    Maybe,
    StatusCode,
    Text,
    XHeaders,
)


class Answer(Command[None], name="answer", needs=UNANSWERED, emits=(Connected,)):
    """Take an incoming call.

    Sends 200 (RFC 3261 section 13.3.1.4); `Connected` comes when the caller has acknowledged
    it. Not for peer-to-peer legs. Source: VoxEngine `Call.answer`.
    """

    extra_headers: XHeaders = NO_HEADERS
    """Header fields for the 200; names start with `X-`."""
    parameters: Maybe[CallAnswerParameters] = None
    """How the call is taken."""


class AnswerDirect(
    Command[None], name="answerDirect", shorthand="peerCall", needs=RINGING, emits=(Connected,)
):
    """Take an incoming peer-to-peer call: its media go straight to the other leg.

    Source: VoxEngine `Call.answerDirect`.
    """

    peer_call: CallReference
    """The other leg of the pair."""
    extra_headers: XHeaders = NO_HEADERS
    """Header fields for the 200; names start with `X-`."""
    parameters: Maybe[CallAnswerParameters] = None
    """How the call is taken."""


class Decline(
    Command[None],
    name="decline",
    shorthand="code",
    needs=UNANSWERED,
    emits=(Disconnected,),
    replaced_by="reject",
):
    """Refuse an incoming call; the old spelling of `reject`. Source: VoxEngine `Call.decline`."""

    code: StatusCode
    """SIP status code of the refusal, 300 to 699."""
    extra_headers: XHeaders = NO_HEADERS
    """Header fields for the refusal; names start with `X-`."""


class Hangup(
    Command[None],
    name="hangup",
    needs=LIVE | {Phase.ENDED},
    emits=(Disconnected, Failed),
):
    """End the call, whatever it is doing; no effect when it has ended.

    Connected: BYE. Dialled and not yet answered: CANCEL, then `Failed`. Incoming and not yet
    answered: 603. Source: VoxEngine `Call.hangup`.
    """

    extra_headers: XHeaders = NO_HEADERS
    """Header fields for the BYE or the refusal; names start with `X-`."""


class Reject(
    Command[None], name="reject", shorthand="code", needs=UNANSWERED, emits=(Disconnected,)
):
    """Refuse an incoming call; `Disconnected` follows at once. Source: VoxEngine `Call.reject`."""

    code: StatusCode
    """SIP status code of the refusal, 300 to 699, for example 486 busy or 603 declined."""
    extra_headers: XHeaders = NO_HEADERS
    """Header fields for the refusal; names start with `X-`."""


class Ring(Command[None], name="ring", needs=RINGING):
    """Let the caller's device play its own ringback (180). Source: VoxEngine `Call.ring`."""

    extra_headers: XHeaders = NO_HEADERS
    """Header fields for the 180; names start with `X-`."""


class StartEarlyMedia(Command[None], name="startEarlyMedia", needs=RINGING, emits=(AudioStarted,)):
    """Open audio towards the caller before the call is answered (183).

    One way: the caller is not heard. Ends with 408 after 60 s without an answer. Source:
    VoxEngine `Call.startEarlyMedia`.
    """

    extra_headers: XHeaders = NO_HEADERS
    """Header fields for the 183; names start with `X-`."""
    scheme: Maybe[Text] = None
    """Codec information of the call, as JSON text."""
    max_video_bitrate: Maybe[Integer] = None
    """Upper limit of the video bitrate, kbit/s."""
    audio_level_extension: Maybe[Boolean] = None
    """Whether the RTP extension for audio levels is used (RFC 6464)."""
    conference_call: Maybe[Boolean] = None
    """Whether the leg belongs to a conference; left out, it does not."""
    disable_dtx_for_audio: Maybe[Boolean] = None
    """Whether silence is sent too; left out, it may be suppressed."""
