"""The front door: datagrams, time and wishes in; datagrams, timers and events out.

Judges what reaches no leg yet: broken messages, unknown methods, extensions, URIs and dialogs,
admission. Everything else is handed to a leg. Source: RFC 3261 8.2, 11, 12.2.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dtmflow.errors import LocalProtocolError, RemoteProtocolError
from dtmflow.sip.admission import Admission
from dtmflow.sip.events import Address, LegId, SipEvent
from dtmflow.sip.grammar import parse_uri, scheme_of
from dtmflow.sip.incoming import IncomingLeg
from dtmflow.sip.leg import SDP, Leg
from dtmflow.sip.machines import Input
from dtmflow.sip.messages import MessageError, Request, Response, parse
from dtmflow.sip.offer_answer import LocalMedia, MediaSession, NotAcceptable, check_offer
from dtmflow.sip.outgoing import OutgoingLeg
from dtmflow.sip.sdp import SessionDescription, parse_sdp
from dtmflow.sip.settings import Settings
from dtmflow.sip.stack import ALLOW, Stack

NO_HEADERS: Mapping[str, str] = {}
_SCHEMES = ("sip", "sips", "tel")
_KNOWN = frozenset(ALLOW.split(", "))


class UserAgent:
    """A SIP user agent, client and server, for many legs over one UDP socket.

    After each call of any method the owner sends `datagrams`, hands on `events` and arms one
    timer for `next_timer`. `random_token` returns 16 hex digits of 64 random bits.
    """

    def __init__(self, settings: Settings, random_token: Callable[[], str]) -> None:
        self.settings = settings
        self.accepting = True
        """False while draining: new INVITEs and OPTIONS get 503."""
        self._stack: Stack[Leg] = Stack(settings, random_token)
        self._admission = Admission(
            settings.setups_per_second,
            settings.setup_burst,
            total_rate=settings.total_setups_per_second,
            total_burst=settings.total_setup_burst,
        )
        self.refused = 0
        """INVITEs answered 503: draining, too many legs, too many at once."""

    def bound_to(self, port: int) -> None:
        """Take the port of the socket: what Via and Contact tell peers."""
        self._stack.bound_to(port)

    # Time and the network.

    def receive(self, data: bytes, source: Address, now: float) -> None:
        """Take in one datagram; never raises, whatever it holds."""
        try:
            message = parse(data)
        except MessageError as error:
            broken = error.request
            if broken is not None and broken.method != "ACK":
                reason = f"Bad Request: {error}" if error.status == 400 else ""
                self._stack.refuse(broken, source, error.status, reason=reason)
            return
        if isinstance(message, Response):
            self._stack.transactions.receive_response(message, now)
            return
        message.stamp(source)
        try:
            self._receive_request(message, source, now)
        except NotAcceptable:
            self._stack.refuse(message, source, 488)
        except RemoteProtocolError as error:
            if message.method != "ACK":
                self._stack.refuse(message, source, 400, reason=f"Bad Request: {error}")

    def fire_timers(self, now: float) -> None:
        """Run every timer that is due."""
        self._stack.timers.fire(now)

    def next_timer(self) -> float | None:
        """Return when `fire_timers` is due next, on the scale of `now`."""
        return self._stack.timers.next_due()

    def datagrams(self) -> list[tuple[bytes, Address]]:
        """Take out what is to be sent now, in order."""
        out, self._stack.outbox = self._stack.outbox, []
        return out

    def events(self) -> list[SipEvent]:
        """Take out what happened, in order of cause."""
        happened, self._stack.happened = self._stack.happened, []
        return happened

    @property
    def legs(self) -> int:
        """How many legs are alive."""
        return len(self._stack.legs)

    @property
    def waiting(self) -> bool:
        """Whether something that was said may have to be said again: a BYE, a final answer."""
        return bool(self._stack.dialogs) or self._stack.transactions.waiting

    # Wishes of the line.

    def ring(self, leg: LegId, now: float, headers: Mapping[str, str] = NO_HEADERS) -> None:
        """Send 180 to an unanswered incoming leg, and again every 60 s.

        Raises:
            LocalProtocolError: unknown or answered leg, outgoing leg, or bad header (all methods).
        """
        self._incoming(leg).ring(now, headers)

    def progress(
        self, leg: LegId, media: LocalMedia, now: float, headers: Mapping[str, str] = NO_HEADERS
    ) -> MediaSession:
        """Send 183 with an SDP answer: early media. Needs an offer in the INVITE."""
        return self._incoming(leg).progress(media, now, headers)

    def answer(
        self, leg: LegId, media: LocalMedia, now: float, headers: Mapping[str, str] = NO_HEADERS
    ) -> MediaSession | None:
        """Send 200 with SDP; `Acked` or `Ended` (408) follows. After `progress` its SDP is kept.

        Returns what is agreed, or None when the 200 offers and the ACK will answer, or when
        `media` has none of the offered codecs (then 488 is sent and `Ended` follows).
        """
        return self._incoming(leg).answer(media, now, headers)

    def reject(
        self, leg: LegId, code: int, now: float, headers: Mapping[str, str] = NO_HEADERS
    ) -> None:
        """Refuse an unanswered incoming leg with 300..699; `Ended` comes in the next events."""
        self._incoming(leg).reject(code, now, headers)

    def hangup(self, leg: LegId, now: float, headers: Mapping[str, str] = NO_HEADERS) -> None:
        """End a leg as its state asks: BYE, CANCEL, or 603 to an unanswered incoming one.

        No effect on a leg that has ended.
        """
        found = self._stack.legs.get(leg)
        if found is not None:
            found.hangup(now, headers)

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
        return OutgoingLeg(
            self._stack,
            target,
            media,
            now,
            caller=caller,
            display_name=display_name,
            destination=destination,
            headers=headers,
        ).id

    def info(
        self,
        leg: LegId,
        content_type: str,
        body: str,
        now: float,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> None:
        """Send INFO in the dialog. Source: RFC 6086, legacy use."""
        self._leg(leg).send_in_dialog("INFO", content_type, body.encode(), now, headers)

    def message(
        self, leg: LegId, text: str, now: float, headers: Mapping[str, str] = NO_HEADERS
    ) -> None:
        """Send MESSAGE with text/plain in the dialog. Source: RFC 3428."""
        content_type = "text/plain;charset=UTF-8"
        self._leg(leg).send_in_dialog("MESSAGE", content_type, text.encode(), now, headers)

    # Requests.

    def _receive_request(self, request: Request, source: Address, now: float) -> None:
        stack = self._stack
        transaction = stack.transactions.server(request)
        if request.method == "ACK":
            if transaction is None or not transaction.feed(Input.ACK, now):
                leg = stack.dialogs.get((request.call_id, request.to.tag))
                if leg is not None and leg.dialog is not None and leg.dialog.belongs(request):
                    leg.on_ack(request, source, now)
        elif request.method == "CANCEL":
            self._on_cancel(request, source, now, known=transaction is not None)
        elif transaction is not None:
            if transaction.budget is not None:
                transaction.budget.bytes_in += request.size
            transaction.feed(Input.REQUEST, now)
        elif (required := request.values("require")) and any(required):
            unsupported = ("Unsupported", ", ".join(required))
            stack.refuse(request, source, 420, [unsupported])
        elif request.get("content-encoding").lower() not in ("", "identity"):
            stack.refuse(request, source, 415, [("Accept-Encoding", "identity")])
        elif request.to.tag:
            self._in_dialog(request, source, now)
        else:
            self._out_of_dialog(request, source, now)

    def _in_dialog(self, request: Request, source: Address, now: float) -> None:
        leg = self._stack.dialogs.get((request.call_id, request.to.tag))
        if leg is None:
            self._stack.refuse(request, source, 481)
        elif request.method != "BYE" and not leg.requests.take(now):
            self._stack.refuse(request, source, 503, [self._stack.retry_after])
        else:
            transaction = self._stack.transactions.accept(request, source, now)
            leg.on_request(transaction, request, source, now)

    def _out_of_dialog(self, request: Request, source: Address, now: float) -> None:
        stack = self._stack
        scheme = scheme_of(request.uri)
        allow, accept = ("Allow", ALLOW), ("Accept", SDP)
        if request.method not in _KNOWN:
            stack.refuse(request, source, 405, [allow])
        elif scheme not in _SCHEMES:
            stack.refuse(request, source, 416)
        elif request.method == "OPTIONS":
            parse_uri(request.uri)
            code = 200 if self.accepting else 503
            stack.refuse(request, source, code, [allow, accept, ("Accept-Encoding", "identity")])
        elif request.method == "INVITE":
            self._on_invite(request, source, now)
        elif request.method in ("MESSAGE", "REFER"):
            stack.refuse(request, source, 480)
        else:
            stack.refuse(request, source, 481)

    def _on_invite(self, request: Request, source: Address, now: float) -> None:
        stack, settings = self._stack, self.settings
        parse_uri(request.uri)
        if (request.call_id, request.from_.tag, request.cseq) in stack.calls:
            stack.refuse(request, source, 482)
            return
        if not _takes_sdp(request):
            stack.refuse(request, source, 406)
            return
        full = not self.accepting or len(stack.legs) >= settings.max_legs
        if full or not self._admission.admit(source[0], now):
            self.refused += 1
            stack.refuse(request, source, 503, [stack.retry_after])
            return
        offer: SessionDescription | None = None
        if request.body:
            if request.content_type() != SDP:
                stack.refuse(request, source, 415, [("Accept", SDP)])
                return
            offer = parse_sdp(request.body)
            check_offer(offer, LocalMedia(settings.host, 0))
        IncomingLeg(stack, request, offer, source, now)

    def _on_cancel(self, request: Request, source: Address, now: float, *, known: bool) -> None:
        """Answer a CANCEL, without a transaction of its own: the same each time it comes."""
        stack = self._stack
        found = stack.calls.get((request.call_id, request.from_.tag, request.cseq))
        leg = found if isinstance(found, IncomingLeg) else None
        stack.refuse(request, source, 200 if known else 481, tag=leg.tag if leg else "")
        if known and leg is not None:
            leg.cancelled(request, now)

    # Legs.

    def _leg(self, leg: LegId) -> Leg:
        found = self._stack.legs.get(leg)
        if found is None:
            raise LocalProtocolError("this leg has ended")
        return found

    def _incoming(self, leg: LegId) -> IncomingLeg:
        found = self._leg(leg)
        if not isinstance(found, IncomingLeg):
            raise LocalProtocolError("this leg is an outgoing one")
        return found


def _takes_sdp(request: Request) -> bool:
    """Tell whether Accept, if there is one, lets us answer with SDP. Source: RFC 3261 20.1."""
    wanted = {each.partition(";")[0].strip().lower() for each in request.values("accept")}
    return not wanted or bool(wanted & {SDP, "application/*", "*/*"})
