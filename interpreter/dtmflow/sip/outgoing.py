"""Outgoing legs: from our INVITE to the ACK. Source: RFC 3261 8.1, 9.1, 13.2."""

from __future__ import annotations

from collections.abc import Mapping

from dtmflow.errors import LocalProtocolError, RemoteProtocolError
from dtmflow.sip.dialog import Dialog, dialog_of_response
from dtmflow.sip.events import Address, Answered, EndedBy, Failed, Progress, Ringing
from dtmflow.sip.grammar import address_of, parse_uri, quote
from dtmflow.sip.leg import SDP, Leg, LegState
from dtmflow.sip.machines import State
from dtmflow.sip.messages import OutgoingRequest, Response, clean, extra_fields
from dtmflow.sip.offer_answer import LocalMedia
from dtmflow.sip.stack import ALLOW, Stack
from dtmflow.sip.status import phrase
from dtmflow.sip.timers import T1
from dtmflow.sip.transaction import cancel_of

_UNSAFE = '\r\n\0<>" \t'


class OutgoingLeg(Leg):
    """A call to a peer."""

    def __init__(
        self,
        stack: Stack[Leg],
        target: str,
        media: LocalMedia,
        now: float,
        *,
        caller: str,
        display_name: str,
        destination: Address | None,
        headers: Mapping[str, str],
    ) -> None:
        fields = extra_fields(headers)
        self._destination = _destination(target, destination)
        if any(each in caller for each in _UNSAFE) or any(
            each in display_name for each in "\r\n\0"
        ):
            raise LocalProtocolError("caller or display name cannot be written into From")
        super().__init__(stack, now)
        self.local = media
        self._tag = stack.token()
        self._call_id = stack.token()
        self._branch, via = stack.via()
        self._acks: dict[str, bytes] = {}
        self._provisional = self._rang = self._connected_once = False
        self._cancel_wanted = self._cancel_sent = False
        name = f"{quote(display_name)} " if display_name else ""
        user = f"{caller}@" if caller else ""
        self._invite = OutgoingRequest(
            "INVITE",
            target,
            (
                ("Via", via),
                ("Max-Forwards", "70"),
                ("From", f"{name}<sip:{user}{stack.sent_by}>;tag={self._tag}"),
                ("To", f"<{target}>"),
                ("Call-ID", self._call_id),
                ("CSeq", "1 INVITE"),
                stack.contact,
                ("Allow", ALLOW),
                ("User-Agent", stack.settings.product),
                *fields,
                ("Content-Type", SDP),
            ),
            self._offer(media),
        )
        limit = stack.settings.unanswered_seconds
        self._limit = stack.timers.start(now + limit, self._unanswered)
        self._transaction = stack.transactions.start(
            self._invite, self._branch, self._destination, now, self._on_response, self._timed_out
        )

    def hangup(self, now: float, headers: Mapping[str, str]) -> None:
        """Cancel before the answer: `Failed` follows with the peer's 487. BYE after."""
        if self.state is LegState.OPEN:
            extra_fields(headers)
            self._cancel(now)
        else:
            super().hangup(now, headers)

    def _on_response(self, response: Response, now: float) -> None:
        if response.code < 200:
            self._on_provisional(response, now)
        elif response.code < 300:
            self._on_success(response, now)
        else:
            self._limit.cancel()
            reason = clean(response.phrase) or phrase(response.code)
            self.end(response.code, reason, EndedBy.PEER, response.x_headers())

    def _on_provisional(self, response: Response, now: float) -> None:
        self._provisional = True
        if self._cancel_wanted:
            self._send_cancel(now)
        if response.code == 100 or self.state is not LegState.OPEN:
            return
        if response.to.tag:
            self._adopt(self._dialog(response))
        if response.code == 180:
            if not self._rang:
                self._rang = True
                self.stack.emit(Ringing(self.id, response.x_headers()))
            return
        media = self.media if self._take_answer(response) else None
        self.stack.emit(Progress(self.id, response.code, media, response.x_headers()))

    def _on_success(self, response: Response, now: float) -> None:
        tag = response.to.tag
        known = self._acks.get(tag)
        dialog = self._dialog(response)
        if known is not None:
            self.stack.send(known, dialog.next_hop())
            return
        self._acks[tag] = self._send_ack(dialog)
        if self.state is not LegState.OPEN:
            self._bye_fork(dialog, now)
            return
        self._limit.cancel()
        self._adopt(dialog)
        taken = self._take_answer(response) or (self.media is not None and not response.body)
        if self._cancel_wanted or not taken:
            code = 487 if self._cancel_wanted else 488
            self._bye(now, [])
            self.end(code, phrase(code), EndedBy.US)
        elif self.media is not None:
            self.state = LegState.CONNECTED
            self._connected_once = True
            self.stack.emit(Answered(self.id, self.media, response.x_headers()))

    def _dialog(self, response: Response) -> Dialog:
        """Return the dialog of a response; a broken Contact or route is passed over."""
        try:
            return dialog_of_response(self._invite, response, self._tag, self._destination)
        except RemoteProtocolError:
            response.headers.pop("contact", None)
            response.headers.pop("record-route", None)
            return dialog_of_response(self._invite, response, self._tag, self._destination)

    def _adopt(self, dialog: Dialog) -> None:
        if self.dialog is not None and self.dialog.remote_tag == dialog.remote_tag:
            dialog.remote_seq = self.dialog.remote_seq
            dialog.local_seq = self.dialog.local_seq
        self.dialog = dialog
        self.stack.dialogs[dialog.call_id, dialog.local_tag] = self

    def _send_ack(self, dialog: Dialog) -> bytes:
        _, via = self.stack.via()
        data = dialog.request("ACK", via, [], sequence=1).encode()
        self.stack.send(data, dialog.next_hop())
        return data

    def _bye_fork(self, dialog: Dialog, now: float) -> None:
        """End a dialog that nobody wants: a second fork, or a 200 that crossed our CANCEL."""
        kept, self.dialog = self.dialog, dialog
        self.stack.request(self.dialog, "BYE", now, [])
        self.dialog = kept

    def _cancel(self, now: float) -> None:
        if not self._cancel_wanted:
            self._cancel_wanted = True
            if self._provisional:
                self._send_cancel(now)

    def _send_cancel(self, now: float) -> None:
        """Send CANCEL once; without a final answer in 64*T1 the INVITE is given up."""
        if self._cancel_sent:
            return
        self._cancel_sent = True
        self.stack.transactions.start(
            cancel_of(self._invite), self._branch, self._destination, now, _nothing, _silence
        )
        self.stack.timers.start(now + 64 * T1, self._abandon)

    def _abandon(self, now: float) -> None:
        if self._transaction.state in (State.CALLING, State.PROCEEDING):
            self._transaction.stop(now)
            self.end(487, phrase(487), EndedBy.US)

    def _unanswered(self, now: float) -> None:
        if self.state is LegState.OPEN:
            self._cancel(now)
            self.end(408, phrase(408), EndedBy.TIMEOUT)

    def _timed_out(self, now: float) -> None:  # noqa: ARG002 - called by a timer
        code = 487 if self._cancel_wanted else 408
        self._limit.cancel()
        self.end(code, phrase(code), EndedBy.TIMEOUT)

    def _report_end(self, code: int, reason: str, by: EndedBy, headers: Mapping[str, str]) -> None:
        if self._connected_once:
            super()._report_end(code, reason, by, headers)
        else:
            self.stack.emit(Failed(self.id, code, reason, headers))


def _destination(target: str, destination: Address | None) -> Address:
    if any(each in target for each in _UNSAFE):
        raise LocalProtocolError(f"{target!r} is no SIP URI")
    try:
        parse_uri(target)
    except RemoteProtocolError as error:
        raise LocalProtocolError(f"{target!r} is no SIP URI") from error
    address = destination or address_of(target)
    if address is None:
        raise LocalProtocolError(f"{target!r} has no IP address: say where to send")
    return address


def _nothing(response: Response, now: float) -> None:
    """The answer to a CANCEL says nothing: the INVITE's own final answer counts."""


def _silence(now: float) -> None:
    """As `_nothing`."""
