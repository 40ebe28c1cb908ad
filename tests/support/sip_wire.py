"""A user agent on a wire of its own: raw datagrams in and out, time by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from dtmflow.sip.events import IncomingCall, SipEvent
from dtmflow.sip.messages import Request, Response, parse
from dtmflow.sip.offer_answer import LocalMedia
from dtmflow.sip.settings import Settings
from dtmflow.sip.user_agent import UserAgent

E = TypeVar("E")

US = ("192.0.2.1", 5060)
PEER = ("192.0.2.9", 5062)
MEDIA = LocalMedia(host="192.0.2.1", port=40000)
OFFER = (
    "v=0\r\no=caller 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
    "m=audio 30000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
    "a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
)


def tokens(seed: str) -> Callable[[], str]:
    """Return a source of tokens that never repeat, as different agents must."""
    count = itertools.count(1)
    return lambda: f"{int(seed, 16):04x}{next(count):012x}"


@dataclass(frozen=True)
class Call:
    """What a hand-written caller keeps of its call."""

    call_id: str = "call-1@192.0.2.9"
    from_tag: str = "caller-tag"
    to_tag: str = ""
    cseq: int = 1
    branch: str = "z9hG4bK-1"
    uri: str = "sip:100@192.0.2.1:5060"
    peer: str = "192.0.2.9:5062"
    """Where it says that it is."""

    def request(
        self,
        method: str,
        body: str = "",
        headers: Mapping[str, str] | None = None,
        *,
        cseq_method: str = "",
        content_type: str = "application/sdp",
    ) -> bytes:
        """Write a request of this call."""
        to_tag = f";tag={self.to_tag}" if self.to_tag else ""
        lines = [
            f"{method} {self.uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.peer};branch={self.branch};rport",
            "Max-Forwards: 70",
            f'From: "Alice" <sip:+4930123@example.org>;tag={self.from_tag}',
            f"To: <sip:100@192.0.2.1>{to_tag}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} {cseq_method or method}",
            f"Contact: <sip:+4930123@{self.peer}>",
            *(f"{name}: {value}" for name, value in (headers or {}).items()),
        ]
        if body:
            lines.append(f"Content-Type: {content_type}")
        lines.append(f"Content-Length: {len(body)}")
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()

    def next(self, step: int = 1) -> Call:
        """Return the call with the next CSeq and a new branch."""
        cseq = self.cseq + step
        return replace(self, cseq=cseq, branch=f"z9hG4bK-{cseq}-{step}")

    def within(self, response: Response) -> Call:
        """Return the call with the tag that the other side chose."""
        return replace(self, to_tag=response.to.tag)


@dataclass
class Wire:
    """One agent, the datagrams that it sent and the events that it raised."""

    settings: Settings = field(default_factory=lambda: Settings(host=US[0], port=US[1]))
    now: float = 0.0
    events: list[SipEvent] = field(default_factory=list)
    log: list[tuple[float, Request | Response]] = field(default_factory=list)
    """All that the agent sent, with its time."""

    def __post_init__(self) -> None:
        self.agent = UserAgent(self.settings, tokens("a"))

    def send(self, data: bytes, source: tuple[str, int] = PEER) -> list[Request | Response]:
        """Let a datagram arrive; return what the agent sends at once."""
        self.agent.receive(data, source, self.now)
        return self.flush()

    def flush(self) -> list[Request | Response]:
        """Return what the agent wants to send now."""
        out = [parse(data) for data, _ in self.agent.datagrams()]
        self.log += [(self.now, message) for message in out]
        self.events += self.agent.events()
        return out

    def advance(self, seconds: float) -> list[tuple[float, Request | Response]]:
        """Move time on; return what is sent meanwhile, with its time."""
        end = self.now + seconds
        begin = len(self.log)
        while (due := self.agent.next_timer()) is not None and due <= end:
            self.now = max(self.now, due)
            self.agent.fire_timers(self.now)
            self.flush()
        self.now = end
        return self.log[begin:]

    def heard(self, kind: type[E]) -> list[E]:
        """Return the events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def incoming(self, call: Call = Call(), body: str = OFFER, **headers: str) -> IncomingCall:
        """Let an INVITE arrive and return what the line is told."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        self.send(call.request("INVITE", body, given))
        return self.heard(IncomingCall)[-1]

    def answered(self, call: Call = Call(), body: str = OFFER) -> tuple[IncomingCall, Call]:
        """Let a call arrive and answer it; the ACK is still to come."""
        incoming = self.incoming(call, body)
        self.agent.answer(incoming.leg, MEDIA, self.now)
        ok = self.flush()[-1]
        assert isinstance(ok, Response)
        assert ok.code == 200
        return incoming, call.within(ok)

    def connected(self) -> tuple[IncomingCall, Call]:
        """Let a call arrive, answer it and acknowledge."""
        incoming, call = self.answered()
        self.send(replace(call, branch="z9hG4bK-ack").request("ACK"))
        return incoming, call


def codes(messages: list[Request | Response]) -> list[int | str]:
    """Return status codes of responses and methods of requests."""
    return [m.code if isinstance(m, Response) else m.method for m in messages]


def times(sent: list[tuple[float, Request | Response]], what: int | str) -> list[float]:
    """Return when a status code or method was sent."""
    return [at for at, message in sent if codes([message]) == [what]]
