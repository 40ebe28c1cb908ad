"""Transactions: repeat, absorb and match, so that nobody above sees a lost or doubled datagram.

In come messages and timers; out go datagrams and, once each, messages for the user of the
transaction. Runs the tables of `machines`. Must not know dialogs, legs or SDP.
Source: RFC 3261 17, RFC 6026.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from dtmflow.sip.machines import (
    CLIENT,
    FIRST_AFTER,
    INVITE_CLIENT,
    INVITE_SERVER,
    LONGEST,
    SERVER,
    Action,
    Input,
    Machine,
    State,
    input_of,
)
from dtmflow.sip.messages import OutgoingRequest, Request, Response
from dtmflow.sip.timers import T2, Timer, Timers

Address: TypeAlias = tuple[str, int]
Key: TypeAlias = tuple[str, ...]

_ASKING = (State.CALLING, State.TRYING, State.PROCEEDING)

MAGIC = "z9hG4bK"
"""Begins every branch that is unique. Source: RFC 3261 8.1.1.7."""


class Budget:
    """Bytes that we may send to an address that has not proved to be one that listens.

    Until the peer's ACK shows that it got our answer, at most `FACTOR` bytes go out for each that
    came in; repetitions stop earlier, so that what must be said last still fits.
    """

    FACTOR = 10
    REPEAT_FACTOR = 8

    __slots__ = ("bytes_in", "bytes_out", "proved")

    def __init__(self) -> None:
        self.bytes_in = self.bytes_out = 0
        self.proved = False

    def spend(self, size: int, *, repeat: bool) -> bool:
        """Count `size` bytes if they may go out; False if they must not."""
        if self.proved:
            return True
        factor = self.REPEAT_FACTOR if repeat else self.FACTOR
        if self.bytes_out + size > factor * self.bytes_in:
            return False
        self.bytes_out += size
        return True


class Transaction:
    """One run of one machine."""

    __slots__ = (
        "_gaps",
        "_timers",
        "budget",
        "destination",
        "key",
        "layer",
        "machine",
        "on_response",
        "on_timeout",
        "request",
        "sent",
        "state",
    )

    def __init__(
        self, layer: Transactions, machine: Machine, key: Key, destination: Address
    ) -> None:
        self.layer, self.machine, self.key, self.destination = layer, machine, key, destination
        self.state = machine.first
        self.sent = b""
        self.budget: Budget | None = None
        self.request: OutgoingRequest | None = None
        """What a client transaction sent."""
        self.on_response: Callable[[Response, float], None] | None = None
        self.on_timeout: Callable[[float], None] | None = None
        self._timers: dict[Input, Timer] = {}
        self._gaps: dict[Input, float] = {}

    def feed(
        self, what: Input, now: float, *, data: bytes = b"", response: Response | None = None
    ) -> bool:
        """Run the row for `what` in the present state; False if there is none."""
        row = self.machine.rows.get((self.state, what))
        if row is None:
            return False
        entered, actions = row
        if entered is not self.state:
            self.state = entered
            self._enter(now)
        for action in actions:
            self._act(action, now, data, response)
        return True

    def respond(self, code: int, data: bytes, now: float) -> None:
        """Send a response (server)."""
        self.feed(input_of(code), now, data=data)

    def begin(self, now: float) -> None:
        """Start the timers of the first state; a client sends its request."""
        if self.request is not None:
            self.sent = self.request.encode()
            self._send(self.sent, repeat=False)
        self._enter(now)

    def stop(self, now: float) -> None:
        """End at once."""
        self.state = State.TERMINATED
        self._enter(now)

    def _act(self, action: Action, now: float, data: bytes, response: Response | None) -> None:
        if action is Action.SEND:
            repeat = data == self.sent
            self.sent = data
            self._send(data, repeat=repeat)
        elif action is Action.REPEAT:
            if self.sent:
                self._send(self.sent, repeat=self.request is None)
        elif action is Action.DELIVER:
            if self.on_response is not None and response is not None:
                self.on_response(response, now)
        elif action is Action.ACK:
            if self.request is not None and response is not None:
                self._send(failure_ack(self.request, response).encode(), repeat=True)
        elif self.on_timeout is not None:
            self.on_timeout(now)

    def _send(self, data: bytes, *, repeat: bool) -> None:
        if self.budget is None or self.budget.spend(len(data), repeat=repeat):
            self.layer.send(data, self.destination)

    def _enter(self, now: float) -> None:
        wanted = self.machine.timers.get(self.state, ())
        for name in [name for name in self._timers if name not in wanted]:
            self._timers.pop(name).cancel()
        for name in wanted:
            if name not in self._timers:
                self._start(name, FIRST_AFTER[name], now)
        if self.state is State.TERMINATED:
            self.layer.forget(self)

    def _start(self, name: Input, gap: float, now: float) -> None:
        self._gaps[name] = gap
        self._timers[name] = self.layer.timers.start(now + gap, lambda now: self._fired(name, now))

    def _fired(self, name: Input, now: float) -> None:
        self._timers.pop(name, None)
        self.feed(name, now)
        longest = LONGEST.get(name)
        if longest is not None and name in self.machine.timers.get(self.state, ()):
            gap = min(2 * self._gaps[name], longest)
            self._start(name, T2 if self.state is State.PROCEEDING else gap, now)


class Transactions:
    """All transactions of one user agent."""

    def __init__(self, timers: Timers, send: Callable[[bytes, Address], None]) -> None:
        self.timers = timers
        self.send = send
        self._servers: dict[Key, Transaction] = {}
        self._clients: dict[Key, Transaction] = {}

    def __len__(self) -> int:
        """Return how many are alive."""
        return len(self._servers) + len(self._clients)

    @property
    def waiting(self) -> bool:
        """Whether a request of ours has no final response, or a refusal of an INVITE no ACK."""
        asked = (each.state in _ASKING for each in self._clients.values())
        refused = (
            each.machine is INVITE_SERVER and each.state is State.COMPLETED
            for each in self._servers.values()
        )
        return any(asked) or any(refused)

    def server(self, request: Request) -> Transaction | None:
        """Return the transaction that a request belongs to: a repetition, ACK or CANCEL."""
        return self._servers.get(server_key(request))

    def accept(self, request: Request, source: Address, now: float) -> Transaction:
        """Start the server transaction of a new request."""
        machine = INVITE_SERVER if request.method == "INVITE" else SERVER
        transaction = Transaction(
            self, machine, server_key(request), request.reply_address(source)
        )
        self._servers[transaction.key] = transaction
        transaction.begin(now)
        return transaction

    def start(
        self,
        request: OutgoingRequest,
        branch: str,
        destination: Address,
        now: float,
        on_response: Callable[[Response, float], None],
        on_timeout: Callable[[float], None],
        budget: Budget | None = None,
    ) -> Transaction:
        """Send a request of ours; any 2xx of an INVITE and each other response come back."""
        machine = INVITE_CLIENT if request.method == "INVITE" else CLIENT
        transaction = Transaction(self, machine, (branch, request.method), destination)
        transaction.request, transaction.budget = request, budget
        transaction.on_response, transaction.on_timeout = on_response, on_timeout
        self._clients[transaction.key] = transaction
        transaction.begin(now)
        return transaction

    def receive_response(self, response: Response, now: float) -> None:
        """Match a response to its request; others are dropped. Source: RFC 3261 17.1.3."""
        transaction = self._clients.get((response.branch, response.cseq_method))
        request = transaction.request if transaction else None
        if transaction is None or request is None:
            return
        if ("Call-ID", response.call_id) not in request.headers:
            return
        transaction.feed(input_of(response.code), now, response=response)

    def forget(self, transaction: Transaction) -> None:
        """Drop a terminated transaction."""
        for table in (self._servers, self._clients):
            if table.get(transaction.key) is transaction:
                del table[transaction.key]


def server_key(request: Request) -> Key:
    """Return what all requests of one server transaction have in common.

    ACK and CANCEL yield the key of their INVITE. Source: RFC 3261 17.2.3 with its older rule.
    """
    method = "INVITE" if request.method in ("ACK", "CANCEL") else request.method
    via = request.via
    sent_by = f"{via.host.lower()}:{via.port or 5060}"
    if via.branch.startswith(MAGIC) and via.branch != MAGIC:
        return via.branch, sent_by, method
    call = (request.call_id, request.from_.tag, str(request.cseq))
    return (*call, request.uri, sent_by, via.branch, method)


def failure_ack(request: OutgoingRequest, response: Response) -> OutgoingRequest:
    """Return the ACK for a 3xx-6xx: same branch, To of the response. Source: RFC 3261 17.1.1.3."""
    sequence = dict(request.headers)["CSeq"].partition(" ")[0]
    return OutgoingRequest(
        "ACK",
        request.uri,
        (
            *request.all("Via", "Max-Forwards", "Route", "From"),
            ("To", response.get("to")),
            *request.all("Call-ID"),
            ("CSeq", f"{sequence} ACK"),
        ),
    )


def cancel_of(request: OutgoingRequest) -> OutgoingRequest:
    """Return the CANCEL of an INVITE of ours. Source: RFC 3261 9.1."""
    sequence = dict(request.headers)["CSeq"].partition(" ")[0]
    return OutgoingRequest(
        "CANCEL",
        request.uri,
        (
            *request.all("Via", "Max-Forwards", "Route", "From", "To", "Call-ID"),
            ("CSeq", f"{sequence} CANCEL"),
        ),
    )
