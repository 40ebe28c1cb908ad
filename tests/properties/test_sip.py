"""Nothing that the network sends raises past the SIP layer, and messages survive a round trip."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtmflow.errors import LocalProtocolError, RemoteProtocolError
from dtmflow.sip.events import Ended, Failed, IncomingCall, SipEvent
from dtmflow.sip.grammar import parse_name_addr, parse_uri, parse_via, quote, split_list
from dtmflow.sip.messages import MessageError, Request, encode, parse
from dtmflow.sip.offer_answer import NotAcceptable, build_answer, check_offer
from dtmflow.sip.sdp import parse_sdp
from support.sip_wire import MEDIA, OFFER, Call, Wire
from support.thoroughness import examples

pytestmark = pytest.mark.properties

METHODS = ("INVITE", "ACK", "CANCEL", "BYE", "INFO", "MESSAGE", "UPDATE", "OPTIONS", "REFER")
VALID = [Call().request(method, OFFER, {"Require": "x"}) for method in METHODS]
VALID += [Call().request(method, OFFER) for method in METHODS]
VALID.append(
    b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK000a000000000005\r\n"
    b"From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n"
)
CHUNKS = [b"\r\n", b"\n ", b";", b",", b'"', b"<", b">", b"%", b"\0", b"\xff", b"=", b":", b"@"]
CHUNKS += [b"99999999999999999999", b"-1", b"Via: ", b"sip:", b"\\", b";self=1", b";tag=", b"\r"]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A proper message with some bytes cut out, doubled or replaced."""
    data = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 12))
        piece = draw(st.one_of(st.sampled_from(CHUNKS), st.binary(max_size=6)))
        data = data[:at] + piece + data[at + length :]
    return data


@given(st.one_of(st.binary(max_size=300), mutated()))
@settings(max_examples=examples(400), deadline=None)
def test_parsing_raises_nothing_but_message_errors(data: bytes) -> None:
    with contextlib.suppress(MessageError):
        message = parse(data)
        message.x_headers()
        message.content_type()


@given(st.lists(st.one_of(st.binary(max_size=200), mutated()), max_size=8), st.booleans())
@settings(max_examples=examples(300), deadline=None)
def test_an_agent_takes_any_bytes_and_each_leg_ends_at_most_once(
    datagrams: list[bytes], answer: bool
) -> None:
    wire = Wire()
    if answer:
        wire.answered()
    else:
        wire.agent.invite("sip:9@192.0.2.9", MEDIA, 0.0)
    for data in datagrams:
        wire.agent.receive(data, ("192.0.2.9", 5062), wire.now)
        wire.agent.datagrams()
        wire.events += wire.agent.events()
        wire.now += 0.1
    finish(wire)
    ends: list[SipEvent] = [*wire.heard(Ended), *wire.heard(Failed)]
    assert len({event.leg for event in ends}) == len(ends)
    assert wire.agent.legs == 0


def finish(wire: Wire) -> None:
    """Hang up whatever lives, and let all timers run."""
    for call in wire.heard(IncomingCall):
        wire.agent.hangup(call.leg, wire.now)
    while (due := wire.agent.next_timer()) is not None:
        wire.agent.fire_timers(due)
        wire.agent.datagrams()
        wire.events += wire.agent.events()
        if due > 500:
            pytest.fail("timers without end")
        for leg in list(wire.agent._stack.legs):
            wire.agent.hangup(leg, due)


@given(st.one_of(st.text(max_size=200), st.sampled_from([OFFER])), st.integers(0, 300))
@settings(max_examples=examples(200), deadline=None)
def test_any_sdp_is_read_refused_or_answered(text: str, cut: int) -> None:
    for body in (text, OFFER[:cut] + text + OFFER[cut:]):
        with contextlib.suppress(RemoteProtocolError):
            offer = parse_sdp(body.encode())
            try:
                check_offer(offer, MEDIA)
            except NotAcceptable:
                continue
            answer, _ = build_answer(offer, MEDIA, session_id=1, version=1)
            assert len(parse_sdp(answer).media) == len(offer.media)


TOKENS = st.text("abcXYZ019-.!%*_+`'~", min_size=1, max_size=8)


@given(
    st.text(max_size=20).filter(lambda text: not set(text) & set("\r\n")),
    st.dictionaries(TOKENS.map(str.lower), TOKENS, max_size=4),
)
@settings(deadline=None)
def test_a_display_name_and_parameters_survive(name: str, parameters: dict[str, str]) -> None:
    written = quote(name) + " <sip:a@b;c=d>"
    written += "".join(f" ; {key} = {value}" for key, value in parameters.items())
    first, second = split_list(f"{written}, <sip:x@y>")
    read = parse_name_addr(first)
    assert (read.display_name, read.uri, read.parameters) == (name, "sip:a@b;c=d", parameters)
    assert parse_name_addr(second).uri == "sip:x@y"


@given(st.text(max_size=30), st.binary(max_size=50))
@settings(deadline=None)
def test_a_request_survives_a_round_trip(value: str, body: bytes) -> None:
    value = "".join(value.split("\r")).replace("\n", "").strip()
    fields = [
        ("Via", "SIP/2.0/UDP h:1;branch=b"),
        ("From", "<sip:a@b>;tag=1"),
        ("To", "<sip:c@d>"),
        ("Call-ID", "x"),
        ("CSeq", "1 INFO"),
        ("X-Value", value),
    ]
    read = parse(encode("INFO sip:a@b SIP/2.0", fields, body))
    assert isinstance(read, Request)
    assert (read.method, read.get("x-value"), read.body) == ("INFO", value, body)


@given(st.text(max_size=60))
@settings(deadline=None)
def test_values_raise_nothing_but_protocol_errors(text: str) -> None:
    for read in (parse_uri, parse_via, parse_name_addr, split_list):
        for value in (
            text,
            f"sip:{text}",
            f"<sip:{text}>",
            f"SIP/2.0/UDP {text}",
            f"sip:a;{text}",
        ):
            with contextlib.suppress(RemoteProtocolError):
                read(value)


@given(st.dictionaries(st.text(max_size=6), st.text(max_size=6), max_size=2))
@settings(deadline=None)
def test_no_header_that_is_handed_in_can_break_the_message(headers: dict[str, str]) -> None:
    wire = Wire()
    leg = wire.incoming().leg
    with contextlib.suppress(LocalProtocolError):
        wire.agent.ring(leg, 0.0, headers)
        ((data, _),) = wire.agent.datagrams()
        plain = len(parse(data).headers)
        wire.agent.ring(leg, 0.0)
        ((data, _),) = wire.agent.datagrams()
        assert plain == len(parse(data).headers) + len({name.lower() for name in headers})


@pytest.mark.parametrize(
    "filler",
    [b" ", b'"', b"\\", b"<", b";a", b',"', b'"<', b"\n ", b"%41", b"a.", b"a-", b';a="x"'],
)
@pytest.mark.parametrize("name", [b"From", b"Via", b"Contact", b"Record-Route", b"Require"])
def test_no_header_takes_long_to_read(name: bytes, filler: bytes) -> None:
    """A few ms at most for 4 KiB: no expression backtracks without bound."""
    value = filler * (4000 // len(filler))
    invite = Call().request("INVITE", OFFER)
    for prefix in (b"", b"<sip:a@b", b"sip:a@", b"SIP/2.0/UDP h;"):
        data = invite.replace(b"Max-Forwards: 70", name + b": " + prefix + value)
        start = time.perf_counter()
        Wire().agent.receive(data, ("192.0.2.9", 5062), 0.0)
        assert time.perf_counter() - start < 0.25
