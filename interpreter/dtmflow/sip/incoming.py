"""Incoming legs: from INVITE to ACK. Source: RFC 3261 8.2, 9.2, 13.3."""

from __future__ import annotations

from collections.abc import Mapping

from dtmflow.errors import LocalProtocolError
from dtmflow.sip.dialog import dialog_of_request
from dtmflow.sip.events import Acked, Address, EndedBy, IncomingCall
from dtmflow.sip.grammar import NameAddr, parse_name_addr, user_of
from dtmflow.sip.leg import SDP, Leg, LegState
from dtmflow.sip.messages import HeaderList, Request, clean, extra_fields
from dtmflow.sip.offer_answer import LocalMedia, MediaSession, NotAcceptable
from dtmflow.sip.sdp import SessionDescription
from dtmflow.sip.stack import ALLOW, Stack
from dtmflow.sip.status import phrase
from dtmflow.sip.timers import Timer
from dtmflow.sip.transaction import Transaction


class IncomingLeg(Leg):
    """A call from a peer."""

    def __init__(
        self,
        stack: Stack[Leg],
        request: Request,
        offer: SessionDescription | None,
        source: Address,
        now: float,
    ) -> None:
        tag = stack.token()
        dialog = dialog_of_request(request, tag, source)
        super().__init__(stack, now)
        self.dialog = dialog
        self._request, self._offer_in, self._tag = request, offer, tag
        self._peer_origin = offer.origin if offer else ""
        self._early_sdp = b""
        self._merge_key = (request.call_id, request.from_.tag, request.cseq)
        self._ring_timer: Timer | None = None
        self._transaction: Transaction = stack.transactions.accept(request, source, now)
        self._transaction.budget = self.budget
        self.budget.bytes_in = request.size
        stack.dialogs[request.call_id, tag] = self
        stack.calls[self._merge_key] = self
        stack.respond(self._transaction, request, 100, now)
        limit = stack.settings.unanswered_seconds
        self._limit = stack.timers.start(now + limit, self._unanswered)
        stack.emit(self._report(source))

    def ring(self, now: float, headers: Mapping[str, str]) -> None:
        """Send 180, and again as long as nothing else is said."""
        self._must_be_open("ring")
        fields = extra_fields(headers)
        self._respond(180, now, fields)
        self._ring_again_at(now, fields)

    def progress(self, media: LocalMedia, now: float, headers: Mapping[str, str]) -> MediaSession:
        """Send 183 with the answer that the 200 will repeat."""
        self._must_be_open("progress")
        fields = extra_fields(headers)
        if self._offer_in is None:
            raise LocalProtocolError("early media needs an offer in the INVITE")
        self.local = media
        self._early_sdp, session = self._answer_to(self._offer_in, media)
        self.media = session
        self._respond(183, now, fields, self._early_sdp)
        return session

    def answer(
        self, media: LocalMedia, now: float, headers: Mapping[str, str]
    ) -> MediaSession | None:
        """Send 200 and wait for the ACK."""
        self._must_be_open("answer")
        fields = extra_fields(headers)
        body = self._early_sdp
        if not body:
            self.local = media
            if self._offer_in is None:
                body = self._offer(media)
            else:
                try:
                    body, self.media = self._answer_to(self._offer_in, media)
                except NotAcceptable:
                    self._refuse(488, now, [], EndedBy.US)
                    return None
        self._settle()
        self.state = LegState.ANSWERED
        data = self._respond(200, now, fields, body)
        offered = self._offer_in is None
        self._await_ack(self._transaction, self._request, data, now, offered=offered)
        return self.media

    def reject(self, code: int, now: float, headers: Mapping[str, str]) -> None:
        """Send a final refusal; the transaction repeats it until the ACK."""
        self._must_be_open("reject")
        if not 300 <= code <= 699:
            raise LocalProtocolError(f"a call is refused with 300 to 699, not with {code}")
        self._refuse(code, now, extra_fields(headers), EndedBy.US)

    def hangup(self, now: float, headers: Mapping[str, str]) -> None:
        """Decline with 603 before an answer, BYE after."""
        if self.state is LegState.OPEN:
            self._refuse(603, now, extra_fields(headers), EndedBy.US)
        else:
            super().hangup(now, headers)

    def cancelled(self, request: Request, now: float) -> None:
        """Take a CANCEL, already answered 200; too late after the final answer."""
        if self.state is LegState.OPEN:
            self._respond(487, now, [])
            self._settle()
            self.end(487, phrase(487), EndedBy.PEER, request.x_headers())

    @property
    def tag(self) -> str:
        """Our tag."""
        return self._tag

    def leave(self) -> None:
        """Take the leg out of the tables."""
        super().leave()
        self.stack.calls.pop(self._merge_key, None)

    def _connected(self) -> None:
        if self.state is LegState.ANSWERED and self.media is not None:
            self.state = LegState.CONNECTED
            self.stack.emit(Acked(self.id, self.media))

    def _on_bye(self, request: Request, now: float) -> None:
        if self.state is LegState.OPEN:  # a BYE in the early dialog: RFC 3261 15.1.2
            self._respond(487, now, [])
            self._settle()
        super()._on_bye(request, now)

    def _respond(self, code: int, now: float, fields: HeaderList, body: bytes = b"") -> bytes:
        headers: HeaderList = []
        if code < 300:
            headers = [
                ("Record-Route", each) for each in self._request.headers.get("record-route", ())
            ]
            headers += [self.stack.contact, ("Allow", ALLOW)]
        if body:
            headers.append(("Content-Type", SDP))
        return self.stack.respond(
            self._transaction,
            self._request,
            code,
            now,
            tag=self._tag,
            headers=[*headers, *fields],
            body=body,
        )

    def _refuse(self, code: int, now: float, fields: HeaderList, by: EndedBy) -> None:
        self._respond(code, now, fields)
        self._settle()
        self.end(code, phrase(code), by)

    def _must_be_open(self, wish: str) -> None:
        if self.state is not LegState.OPEN:
            raise LocalProtocolError(f"cannot {wish}: the call has its final answer")

    def _settle(self) -> None:
        """Stop the timers of an unanswered call."""
        self._limit.cancel()
        if self._ring_timer is not None:
            self._ring_timer.cancel()

    def _ring_again_at(self, now: float, fields: HeaderList) -> None:
        if self._ring_timer is not None:
            self._ring_timer.cancel()
        due = now + self.stack.settings.ring_again_seconds
        self._ring_timer = self.stack.timers.start(due, lambda now: self._ring_again(now, fields))

    def _ring_again(self, now: float, fields: HeaderList) -> None:
        self._respond(180, now, fields)
        self._ring_again_at(now, fields)

    def _unanswered(self, now: float) -> None:
        self._refuse(408, now, [], EndedBy.TIMEOUT)

    def _report(self, source: Address) -> IncomingCall:
        request = self._request
        shown = caller_identity(request, trusted=source[0] in self.stack.settings.trusted)
        return IncomingCall(
            leg=self.id,
            caller=clean(user_of(shown.uri)) if shown else "anonymous",
            display_name=clean(shown.display_name) if shown else "",
            number=clean(user_of(request.uri)),
            from_uri=clean(request.from_.uri),
            to_uri=clean(request.to.uri),
            call_id=clean(request.call_id),
            source=source,
            headers=request.x_headers(),
            offer=self._offer_in,
        )


def caller_identity(request: Request, *, trusted: bool) -> NameAddr | None:
    """Return who calls, or None if the caller wants to stay unknown.

    P-Asserted-Identity counts only from a trusted peer. Source: RFC 3325 9.1, RFC 3323.
    """
    privacy = {each.strip().lower() for each in request.get("privacy").split(";")}
    if privacy & {"id", "user"}:
        return None
    asserted = request.values("p-asserted-identity") if trusted else []
    return parse_name_addr(asserted[0]) if asserted else request.from_
