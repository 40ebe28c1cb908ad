"""What all legs of one user agent share: timers, transactions, tables, and the ways out.

Holds no rule of its own; `user_agent` feeds it, `incoming` and `outgoing` work on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from dtmflow.errors import LocalProtocolError
from dtmflow.sip.dialog import Dialog
from dtmflow.sip.events import Address, LegId, SipEvent
from dtmflow.sip.grammar import host_port
from dtmflow.sip.messages import (
    MAX_DATAGRAM,
    HeaderList,
    OutgoingRequest,
    Request,
    Response,
    response_to,
)
from dtmflow.sip.settings import Settings
from dtmflow.sip.status import phrase
from dtmflow.sip.timers import Timers
from dtmflow.sip.transaction import MAGIC, Budget, Transaction, Transactions

L = TypeVar("L")
"""What a leg is: known to those who put legs in and take them out, not here."""

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, MESSAGE, UPDATE, REFER"


class Stack(Generic[L]):
    """Shared by the legs of one user agent."""

    def __init__(self, settings: Settings, random_token: Callable[[], str]) -> None:
        self.settings = settings
        self.token = random_token
        self.timers = Timers()
        self.transactions = Transactions(self.timers, self.send)
        self.outbox: list[tuple[bytes, Address]] = []
        self.happened: list[SipEvent] = []
        self.legs: dict[LegId, L] = {}
        self.dialogs: dict[tuple[str, str], L] = {}
        """By Call-ID and our tag; a leg may stay here a while after its last event."""
        self.calls: dict[tuple[str, str, int], L] = {}
        """Incoming legs by Call-ID, tag and CSeq of the INVITE: finds merged requests."""
        self.sent_by = ""
        self.contact = ("Contact", "")
        self.bound_to(settings.port)
        self.server = ("Server", settings.product)
        self.retry_after = ("Retry-After", str(settings.retry_after))
        self.stateless_tag = random_token()

    def bound_to(self, port: int) -> None:
        """Take the port that peers shall send to."""
        self.sent_by = host_port(self.settings.host, port)
        self.contact = ("Contact", f"<sip:{self.sent_by}>")

    def send(self, data: bytes, destination: Address) -> None:
        """Put a datagram into the outbox."""
        self.outbox.append((data, destination))

    def emit(self, event: SipEvent) -> None:
        """Report to the line."""
        self.happened.append(event)

    def via(self) -> tuple[str, str]:
        """Return a fresh branch and the Via value with it."""
        branch = MAGIC + self.token()
        return branch, f"SIP/2.0/UDP {self.sent_by};branch={branch};rport"

    def respond(
        self,
        transaction: Transaction,
        request: Request,
        code: int,
        now: float,
        *,
        tag: str = "",
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        reason: str = "",
    ) -> bytes:
        """Answer a request within its transaction; returns the datagram."""
        fields = [*headers, self.server]
        data = response_to(request, code, reason or phrase(code), tag, fields, body)
        transaction.respond(code, data, now)
        return data

    def refuse(
        self,
        request: Request,
        source: Address,
        code: int,
        headers: Iterable[tuple[str, str]] = (),
        *,
        reason: str = "",
        tag: str = "",
    ) -> None:
        """Answer a request without keeping anything: the same again if it comes again."""
        fields = [*headers, self.server]
        tag = tag or self.stateless_tag
        data = response_to(request, code, reason or phrase(code), tag, fields, b"")
        self.send(data, request.reply_address(source))

    def request(
        self,
        dialog: Dialog | None,
        method: str,
        now: float,
        headers: HeaderList,
        body: bytes = b"",
        *,
        on_response: Callable[[Response, float], None] | None = None,
        on_timeout: Callable[[float], None] | None = None,
        destination: Address | None = None,
        budget: Budget | None = None,
        largest: int = MAX_DATAGRAM,
    ) -> None:
        """Send a request inside a dialog; nothing without one.

        Raises:
            LocalProtocolError: it has more than `largest` bytes.
        """
        if dialog is None:
            return
        branch, via = self.via()
        fields = [*headers, ("User-Agent", self.settings.product)]
        request: OutgoingRequest = dialog.request(method, via, fields, body)
        if (size := len(request.encode())) > largest:
            dialog.local_seq -= 1
            raise LocalProtocolError(
                f"{method} of {size} bytes: over UDP a request has at most {largest}"
            )
        self.transactions.start(
            request,
            branch,
            destination or dialog.next_hop(),
            now,
            on_response or _ignore_response,
            on_timeout or _ignore_timeout,
            budget,
        )


def _ignore_response(response: Response, now: float) -> None:
    """Whatever the peer says, the leg is over for us."""


def _ignore_timeout(now: float) -> None:
    """Silence changes nothing, the leg is over for us."""
