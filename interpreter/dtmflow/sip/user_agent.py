"""The front door: datagrams, time and wishes in; datagrams, timers and events out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dtmflow.sip.events import Address, LegId, SipEvent
from dtmflow.sip.offer_answer import LocalMedia, MediaSession
from dtmflow.sip.settings import Settings

NO_HEADERS: Mapping[str, str] = {}


class UserAgent:
    """A SIP user agent, client and server, for many legs over one UDP socket.

    After each call of any method the owner sends `datagrams`, hands on `events` and arms one
    timer for `next_timer`. `random_token` returns 16 hex digits of 64 random bits.
    """

    def __init__(self, settings: Settings, random_token: Callable[[], str]) -> None:
        self.settings = settings
        self.accepting = True
        """False while draining: new INVITEs and OPTIONS get 503."""

    def receive(self, data: bytes, source: Address, now: float) -> None:
        """Take in one datagram; never raises, whatever it holds."""

    def fire_timers(self, now: float) -> None:
        """Run every timer that is due."""

    def next_timer(self) -> float | None:
        """Return when `fire_timers` is due next, on the scale of `now`."""

    def datagrams(self, now: float) -> list[tuple[bytes, Address]]:
        """Take out what is to be sent now, in order."""

    def events(self) -> list[SipEvent]:
        """Take out what happened, in order of cause."""

    @property
    def legs(self) -> int:
        """How many legs are alive."""

    def ring(self, leg: LegId, now: float, headers: Mapping[str, str] = NO_HEADERS) -> None:
        """Send 180 to an unanswered incoming leg, and again every 60 s.

        Raises:
            LocalProtocolError: unknown or answered leg, outgoing leg, or bad header (all methods).
        """

    def progress(
        self, leg: LegId, media: LocalMedia, now: float, headers: Mapping[str, str] = NO_HEADERS
    ) -> MediaSession:
        """Send 183 with an SDP answer: early media. Needs an offer in the INVITE."""

    def answer(
        self, leg: LegId, media: LocalMedia, now: float, headers: Mapping[str, str] = NO_HEADERS
    ) -> MediaSession | None:
        """Send 200 with SDP; `Acked` or `Ended` (408) follows.

        Returns what is agreed, or None when the 200 offers and the ACK will answer.
        """

    def reject(
        self, leg: LegId, code: int, now: float, headers: Mapping[str, str] = NO_HEADERS
    ) -> None:
        """Refuse an unanswered incoming leg with 300..699; `Ended` comes in the next events."""

    def hangup(self, leg: LegId, now: float, headers: Mapping[str, str] = NO_HEADERS) -> None:
        """End a leg as its state asks: BYE, CANCEL, or 603 to an unanswered incoming one."""

    def invite(
        self,
        target: str,
        media: LocalMedia,
        now: float,
        *,
        caller: str = "",
        display_name: str = "",
        destination: Address | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> LegId:
        """Start an outgoing leg to a SIP URI; `Answered` or `Failed` follows.

        `caller` is the user part of From. `destination` is where to send; by default the IP
        address of the URI.
        """

    def info(
        self,
        leg: LegId,
        content_type: str,
        body: str,
        now: float,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> None:
        """Send INFO in the dialog. Source: RFC 6086, legacy use."""

    def message(
        self, leg: LegId, text: str, now: float, headers: Mapping[str, str] = NO_HEADERS
    ) -> None:
        """Send MESSAGE with text/plain in the dialog. Source: RFC 3428."""
