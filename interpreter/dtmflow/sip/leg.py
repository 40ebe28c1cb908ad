"""A leg: what incoming and outgoing calls have in common once there is a dialog.

Takes requests of the peer inside of the dialog and wishes of the line; keeps the media agreement.
Source: RFC 3261 12.2, 14, 15; RFC 3264 8; RFC 3311, 3428, 6086.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from dtmflow.errors import LocalProtocolError, RemoteProtocolError
from dtmflow.sip.admission import Bucket
from dtmflow.sip.dialog import Dialog
from dtmflow.sip.events import (
    Address,
    Ended,
    EndedBy,
    InfoReceived,
    LegId,
    MediaChanged,
    MessageReceived,
    ReferReceived,
)
from dtmflow.sip.messages import HeaderList, Request, Response, clean, extra_fields
from dtmflow.sip.offer_answer import (
    LocalMedia,
    MediaSession,
    NotAcceptable,
    build_answer,
    build_offer,
    read_answer,
)
from dtmflow.sip.sdp import SessionDescription, parse_sdp
from dtmflow.sip.stack import ALLOW, Stack
from dtmflow.sip.status import phrase
from dtmflow.sip.timers import T1, T2, Timer
from dtmflow.sip.transaction import Budget, Transaction

SDP = "application/sdp"
NORMAL = "Normal call clearing"
MAX_REQUEST = 1300
"""Bytes; larger requests need TCP. Source: RFC 3261 18.1.1, RFC 3428 8."""


class LegState(StrEnum):
    """How far a leg has come."""

    OPEN = "open"
    """The INVITE has no final answer yet."""
    ANSWERED = "answered"
    """Incoming: 200 sent, ACK not yet here."""
    CONNECTED = "connected"
    ENDED = "ended"
    """Its last event is out; it may still wait for an ACK or a crossing 200."""


class _Unacked:
    """A 2xx to an INVITE that is repeated until its ACK. Source: RFC 3261 13.3.1.4."""

    def __init__(self, transaction: Transaction, data: bytes, *, offered: bool) -> None:
        self.transaction, self.data, self.offered = transaction, data, offered
        self.gap = T1
        self.repeat: Timer | None = None
        self.give_up: Timer | None = None

    def stop(self) -> None:
        for timer in (self.repeat, self.give_up):
            if timer is not None:
                timer.cancel()


class Leg:
    """One call, either way."""

    def __init__(self, stack: Stack[Leg], now: float) -> None:
        self.stack = stack
        settings = stack.settings
        self.requests = Bucket(settings.requests_per_second, settings.request_burst, now)
        """What the peer may still ask within the dialog."""
        self.id = LegId(stack.token())
        self.state = LegState.OPEN
        self.dialog: Dialog | None = None
        self.local: LocalMedia | None = None
        self.media: MediaSession | None = None
        self.budget = Budget()
        self._session_id = int(stack.token(), 16) % 2**62
        self._version = 1
        self._last_sdp = b""
        self._peer_origin = ""
        self._unacked: dict[int, _Unacked] = {}
        self._bye_headers: HeaderList | None = None
        stack.legs[self.id] = self

    # What the line wants.

    def hangup(self, now: float, headers: Mapping[str, str]) -> None:
        """Send BYE, after the ACK if that is still to come; the leg is over at once."""
        fields = extra_fields(headers)
        if self.state is LegState.ANSWERED:
            self._bye_headers = fields
        else:
            self._bye(now, fields)
        self.end(200, NORMAL, EndedBy.US)

    def send_in_dialog(
        self, method: str, content_type: str, body: bytes, now: float, headers: Mapping[str, str]
    ) -> None:
        """Send INFO or MESSAGE; 408, 481 or silence in return ends the leg. Source: 12.2.1.2.

        Raises:
            LocalProtocolError: no dialog, a bad field, or too large for UDP.
        """
        fields = extra_fields(headers)
        if self.dialog is None or self.state is LegState.ENDED:
            raise LocalProtocolError(f"{method} needs a dialog, and this leg has none")
        if any(each in content_type for each in "\r\n\0"):
            raise LocalProtocolError("content type has a line break or NUL in it")
        fields += [("Content-Type", content_type)]
        self.stack.request(
            self.dialog,
            method,
            now,
            fields,
            body,
            on_response=self._on_dialog_response,
            on_timeout=lambda now: self._lost(now, 408, EndedBy.TIMEOUT),
            largest=MAX_REQUEST,
        )

    # What the peer sends.

    def on_request(
        self, transaction: Transaction, request: Request, source: Address, now: float
    ) -> None:
        """Take a request inside of the dialog, ACK and CANCEL excepted."""
        dialog = self.dialog
        if dialog is None or not dialog.belongs(request):
            self.stack.respond(transaction, request, 481, now)
        elif not dialog.in_order(request):
            self._reply(transaction, request, 500, now, reason="CSeq Out Of Order")
        else:
            dialog.source = source
            try:
                self._dispatch(transaction, request, now)
            except NotAcceptable:
                self._reply(transaction, request, 488, now)
            except RemoteProtocolError as error:
                self._reply(transaction, request, 400, now, reason=f"Bad Request: {error}")

    def on_ack(self, request: Request, source: Address, now: float) -> None:
        """Take the ACK of a 2xx."""
        unacked = self._unacked.pop(request.cseq, None)
        if unacked is None or self.dialog is None:
            return
        unacked.stop()
        self.budget.proved = True
        self.dialog.source = source
        if self._bye_headers is not None:
            self._bye(now, self._bye_headers)
            return
        if unacked.offered and not self._take_answer(request):
            self._bye(now, [])
            self.end(488, phrase(488), EndedBy.US)
            return
        if unacked.offered and self.state is LegState.CONNECTED and self.media is not None:
            self._media_changed(request, changed=True)
        self._connected()

    def _connected(self) -> None:
        """Note an ACK; the incoming leg reports the first."""

    def _dispatch(self, transaction: Transaction, request: Request, now: float) -> None:
        method = request.method
        if method == "BYE":
            self._reply(transaction, request, 200, now)
            self._on_bye(request, now)
        elif self.state is LegState.ENDED:
            self._reply(transaction, request, 481, now)
        elif method in ("INVITE", "UPDATE"):
            self._on_offer(transaction, request, now)
        elif method == "INFO":
            self._reply(transaction, request, 200, now)
            text = clean_body(request.body)
            self.stack.emit(
                InfoReceived(self.id, clean(request.content_type()), text, request.x_headers())
            )
        elif method == "MESSAGE":
            self._on_message(transaction, request, now)
        elif method == "OPTIONS":
            self._reply(
                transaction, request, 200, now, headers=[("Allow", ALLOW), ("Accept", SDP)]
            )
        elif method == "REFER":
            self._reply(transaction, request, 603, now)
            target = clean(request.get("refer-to"))
            self.stack.emit(ReferReceived(self.id, target, request.x_headers()))
        elif method in ("NOTIFY", "PRACK"):
            self._reply(transaction, request, 481, now)
        else:
            self._reply(transaction, request, 405, now, headers=[("Allow", ALLOW)])

    def _on_bye(self, request: Request, now: float) -> None:  # noqa: ARG002 - incoming legs need it
        text = _reason_text(request) or NORMAL
        self.end(200, text, EndedBy.PEER, request.x_headers())
        self.leave()

    def _on_message(self, transaction: Transaction, request: Request, now: float) -> None:
        if request.content_type() != "text/plain":
            self._reply(transaction, request, 415, now, headers=[("Accept", "text/plain")])
            return
        self._reply(transaction, request, 200, now)
        text = clean_body(request.body)
        self.stack.emit(MessageReceived(self.id, text, request.x_headers()))

    def _on_offer(self, transaction: Transaction, request: Request, now: float) -> None:
        """Answer a re-INVITE or UPDATE at once; the stream's address never changes."""
        if request.body and request.content_type() != SDP:
            self._reply(transaction, request, 415, now, headers=[("Accept", SDP)])
            return
        local, dialog = self.local, self.dialog
        early = self.state is LegState.OPEN
        if early and (request.method == "INVITE" or request.body):
            self._reply(transaction, request, 500, now, headers=[("Retry-After", "3")])
            return
        headers = [self.stack.contact, ("Allow", ALLOW)]
        body = b""
        offer = parse_sdp(request.body) if request.body else None
        media = self.media
        if offer is not None and local is not None:
            body, media = self._answer_to(offer, local)
        elif request.method == "INVITE" and local is not None:
            body = self._offer(local)
        if body:
            headers.append(("Content-Type", SDP))
        if dialog is not None:
            dialog.refresh(request)
        data = self._reply(transaction, request, 200, now, headers=headers, body=body)
        if request.method == "INVITE":
            self._await_ack(transaction, request, data, now, offered=offer is None)
        if offer is not None and media is not None:
            changed = offer.origin != self._peer_origin
            self.media, self._peer_origin = media, offer.origin
            self._media_changed(request, changed=changed)

    # Media agreement.

    def _media_changed(self, request: Request, *, changed: bool) -> None:
        if self.media is not None:
            text, headers = clean_body(request.body), request.x_headers()
            self.stack.emit(MediaChanged(self.id, self.media, text, changed, headers))

    def _answer_to(
        self, offer: SessionDescription, local: LocalMedia
    ) -> tuple[bytes, MediaSession]:
        """Build an answer; the version in o= goes up when it is not the last SDP again."""
        kwargs = {"session_id": self._session_id}
        body, media = build_answer(
            offer, local, **kwargs, version=self._version, current=self.media
        )
        if self._last_sdp and body != self._last_sdp:
            self._version += 1
            body, media = build_answer(
                offer, local, **kwargs, version=self._version, current=self.media
            )
        self._last_sdp = body
        return body, media

    def _offer(self, local: LocalMedia) -> bytes:
        body = build_offer(local, session_id=self._session_id, version=self._version)
        if self._last_sdp and body != self._last_sdp:
            self._version += 1
            body = build_offer(local, session_id=self._session_id, version=self._version)
        self._last_sdp = body
        return body

    def _take_answer(self, message: Request | Response) -> bool:
        """Read the peer's answer to our offer; False if there is none that will do."""
        if self.local is None or message.content_type() != SDP:
            return False
        try:
            answer = parse_sdp(message.body)
            self.media = read_answer(answer, self.local)
        except RemoteProtocolError:
            return False
        self._peer_origin = answer.origin
        return True

    # The end, and what leads to it.

    def end(
        self,
        code: int,
        reason: str,
        by: EndedBy,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Report the end, once."""
        if self.state is LegState.ENDED:
            return
        self.state = LegState.ENDED
        self.stack.legs.pop(self.id, None)
        self._report_end(code, reason, by, headers or {})
        if self._bye_headers is None:
            self.leave()

    def leave(self) -> None:
        """Stop all timers of the leg and take it out of the tables."""
        for unacked in self._unacked.values():
            unacked.stop()
        self._unacked.clear()
        if self.dialog is not None:
            self.stack.dialogs.pop((self.dialog.call_id, self.dialog.local_tag), None)

    def _report_end(self, code: int, reason: str, by: EndedBy, headers: Mapping[str, str]) -> None:
        self.stack.emit(Ended(self.id, code, reason, by, headers))

    def _await_ack(
        self, transaction: Transaction, request: Request, data: bytes, now: float, *, offered: bool
    ) -> None:
        unacked = _Unacked(transaction, data, offered=offered)
        self._unacked[request.cseq] = unacked
        timers = self.stack.timers
        unacked.repeat = timers.start(now + T1, lambda now: self._repeat(unacked, now))
        unacked.give_up = timers.start(now + 64 * T1, self._no_ack)

    def _repeat(self, unacked: _Unacked, now: float) -> None:
        unacked.transaction.respond(200, unacked.data, now)
        unacked.gap = min(2 * unacked.gap, T2)
        timers = self.stack.timers
        unacked.repeat = timers.start(now + unacked.gap, lambda now: self._repeat(unacked, now))

    def _no_ack(self, now: float) -> None:
        """Give up on the ACK: BYE to where the INVITE came from, as its Contact is unproved."""
        source = self.dialog.source if self.dialog else None
        budget = None if self.budget.proved else self.budget
        self.stack.request(
            self.dialog, "BYE", now, self._bye_headers or [], destination=source, budget=budget
        )
        self.end(408, "No ACK", EndedBy.TIMEOUT)
        self.leave()

    def _bye(self, now: float, headers: HeaderList) -> None:
        self.stack.request(self.dialog, "BYE", now, headers)
        self._bye_headers = None
        self.leave()

    def _on_dialog_response(self, response: Response, now: float) -> None:
        if response.code in (408, 481):
            self._lost(now, response.code, EndedBy.PEER)

    def _lost(self, now: float, code: int, by: EndedBy) -> None:
        """End a leg whose dialog the peer does not know or answer any more."""
        if self.state is not LegState.ENDED:
            self._bye(now, [])
            self.end(code, phrase(code), by)

    def _reply(
        self,
        transaction: Transaction,
        request: Request,
        code: int,
        now: float,
        *,
        headers: HeaderList | None = None,
        body: bytes = b"",
        reason: str = "",
    ) -> bytes:
        return self.stack.respond(
            transaction, request, code, now, headers=headers or [], body=body, reason=reason
        )


def clean_body(body: bytes) -> str:
    """Return a body as text; what is not UTF-8 becomes U+FFFD."""
    return body.decode("utf-8", "replace")


def _reason_text(request: Request) -> str:
    """Return the text parameter of a Reason header field. Source: RFC 3326."""
    _, _, text = request.get("reason").partition("text=")
    return clean(text.partition('"')[2].partition('"')[0]) if text.startswith('"') else ""
