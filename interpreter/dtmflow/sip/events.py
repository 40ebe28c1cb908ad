"""What a user agent reports to the line above it: frozen facts about one leg.

A leg is one call seen from here: one INVITE dialog, incoming or outgoing. Exactly one of `Ended`
and `Failed` is the last event of each leg.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, TypeAlias

from dtmflow.sip.offer_answer import MediaSession
from dtmflow.sip.sdp import SessionDescription

LegId = NewType("LegId", str)
"""Names one leg within one user agent: 64 random bits, known to nobody else."""

Address: TypeAlias = tuple[str, int]
"""IP address as text and UDP port."""


class EndedBy(StrEnum):
    """Who or what ended a leg."""

    PEER = "peer"
    US = "us"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to a leg."""

    leg: LegId


@dataclass(frozen=True, slots=True)
class IncomingCall(Event):
    """An INVITE that we could answer; 100 is already sent.

    An offer that no answer of ours fits is refused with 488 before this event.
    """

    caller: str
    """User part of P-Asserted-Identity of a trusted peer, else of From; `anonymous` if private."""
    display_name: str
    """Display part of the same field, or empty."""
    number: str
    """User part of the Request-URI."""
    from_uri: str
    to_uri: str
    call_id: str
    source: Address
    """Where the INVITE came from."""
    headers: Mapping[str, str]
    """Its X- fields and User-to-User; the first value of each."""
    offer: SessionDescription | None
    """None: the INVITE had no SDP, so our 200 will offer."""


@dataclass(frozen=True, slots=True)
class Acked(Event):
    """The ACK for our 200 came: the incoming leg is connected."""

    media: MediaSession
    """As agreed; after an INVITE without SDP this is where it is first known."""


@dataclass(frozen=True, slots=True)
class Ended(Event):
    """The leg is over: BYE, CANCEL (487), refusal, or a timeout (408)."""

    code: int
    reason: str
    by: EndedBy
    headers: Mapping[str, str]
    """X- fields of the message that ended it."""


@dataclass(frozen=True, slots=True)
class MediaChanged(Event):
    """A re-INVITE or UPDATE with an offer; the answer is already sent."""

    media: MediaSession
    body: str
    """The offer as text."""
    changed: bool
    """False for a session refresh: the version in o= is the known one."""
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class InfoReceived(Event):
    """INFO in the dialog, answered 200."""

    content_type: str
    """As `type/subtype`, lower case, without parameters; empty without body."""
    body: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MessageReceived(Event):
    """MESSAGE in the dialog with text/plain, answered 200."""

    text: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReferReceived(Event):
    """REFER in the dialog; declined with 603, as nobody handles transfers."""

    refer_to: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ringing(Event):
    """The first 180 to our INVITE."""

    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Progress(Event):
    """Another provisional answer to our INVITE: 181, 182, 183, 199."""

    code: int
    media: MediaSession | None
    """Early media, when the answer carried SDP."""
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answered(Event):
    """A 200 to our INVITE; the ACK is sent."""

    media: MediaSession
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Failed(Event):
    """Our INVITE came to nothing: final 3xx-6xx, our CANCEL (487), no answer (408)."""

    code: int
    reason: str
    headers: Mapping[str, str]


SipEvent: TypeAlias = (
    IncomingCall
    | Acked
    | Ended
    | MediaChanged
    | InfoReceived
    | MessageReceived
    | ReferReceived
    | Ringing
    | Progress
    | Answered
    | Failed
)
