"""Reading and writing messages."""

from __future__ import annotations

import pytest

from dtmflow.errors import LocalProtocolError
from dtmflow.sip.events import IncomingCall
from dtmflow.sip.messages import (
    MAX_DATAGRAM,
    MAX_HEADERS,
    MAX_LINE,
    MessageError,
    Request,
    Response,
    clean,
    extra_fields,
    parse,
)
from support.sip_wire import OFFER, PEER, Call, Wire, codes

pytestmark = pytest.mark.unit

PLAIN = (
    "INVITE sip:100@192.0.2.1 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.9:5062;branch=z9hG4bK1;rport\r\n"
    'From: "Alice A" <sip:alice@example.org>;tag=f\r\n'
    "To: <sip:100@192.0.2.1>\r\n"
    "Call-ID: c@d\r\nCSeq: 1 INVITE\r\nContact: <sip:alice@192.0.2.9>\r\n"
    "Supported: a, b\r\nContent-Type: application/sdp\r\nContent-Length: 3\r\n\r\nv=0"
)
ODD = (
    "\r\n\r\nINVITE sip:100@192.0.2.1 sip/2.0\r\n"
    "v:  SIP  / 2.0 /\tUDP\r\n  192.0.2.9 : 5062 ; Branch = z9hG4bK1\r\n ;rport\r\n"
    'F : "Alice\r\n\tA"<sip:alice@example.org> ; TAG=f\r\n'
    "T:sip:100@192.0.2.1\r\n"
    "i:\tc@d\r\ncSEQ: 0001\r\n INVITE\r\nM: <sip:alice@192.0.2.9>\r\n"
    'X-Nobody-Knows: ;;"\r\nk: a\r\nSUPPORTED: b\r\nc: Application/SDP ; x=y\r\n'
    "l: 3\r\n\r\nv=0junk"
)


def facts(message: Request | Response) -> tuple[object, ...]:
    assert isinstance(message, Request)
    via = message.via
    return (
        (message.method, message.uri, message.call_id, message.cseq, message.cseq_method),
        (message.from_.display_name, message.from_.uri, message.from_.tag),
        (message.to.uri, message.to.tag, message.values("contact"), message.values("supported")),
        (via.transport, via.host, via.port, via.branch, "rport" in via.parameters),
        (message.content_type(), message.body),
    )


def test_compact_names_folds_odd_case_tabs_and_unknown_headers_read_as_their_plain_forms() -> None:
    assert facts(parse(ODD.encode())) == facts(parse(PLAIN.encode()))
    assert facts(parse(PLAIN.replace("\r\n", "\n").encode())) == facts(parse(PLAIN.encode()))


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ("Call-ID: c@d\r\n", "", 400),
        ("Via: SIP", "X-Via: SIP", None),
        ("SIP/2.0/UDP 192", "SIP/2.0/UDP;192", 400),
        ("INVITE sip:100@192.0.2.1 SIP/2.0", "hello", None),
        ("INVITE sip:100@192.0.2.1 SIP/2.0", "GET / HTTP/1.1", None),
        ("CSeq: 1 INVITE", "CSeq: 1 BYE", 400),
        ("CSeq: 1 INVITE", "CSeq: one INVITE", 400),
        ("CSeq: 1 INVITE", "CSeq: 2147483648 INVITE", 400),
        ("CSeq: 1 INVITE", "CSeq: 1 INVITE\r\nCSeq: 2 INVITE", 400),
        ("Content-Length: 3", "Content-Length: 4", 400),
        ("Content-Length: 3", "Content-Length: -3", 400),
        ("To: <sip:100@192.0.2.1>", "To: <sip:100@192.0.2.1", 400),
        ("To: <sip:100@192.0.2.1>", "To: nowhere", 400),
        ('"Alice A"', '"Alice A', 400),
        ("Supported:", "no name", 400),
        ("Contact:", "Max-Forwards: 256\r\nContact:", 400),
        ("SIP/2.0\r\nVia", "SIP/7.0\r\nVia", 505),
        ("INVITE sip:100", "INVITE <sip:100", 400),
        ("INVITE sip:100", "INVITE  sip:100", 400),
        ("192.0.2.1 SIP/2.0", "192.0.2.1; lr SIP/2.0", 400),
    ],
)
def test_a_broken_request_is_dropped_or_says_which_answer_is_due(
    old: str, new: str, status: int | None
) -> None:
    assert old in PLAIN
    with pytest.raises(MessageError) as caught:
        parse(PLAIN.replace(old, new, 1).encode())
    assert (caught.value.status if caught.value.request else None) == status


@pytest.mark.parametrize(
    "status", ["2.0 99 x", "2.0 700 x", "2.0 4294967301 x", "2.0 abc x", "3.0 200"]
)
def test_a_response_with_a_broken_status_line_is_dropped(status: str) -> None:
    data = PLAIN.replace("INVITE sip:100@192.0.2.1 SIP/2.0", f"SIP/{status}")
    with pytest.raises(MessageError) as caught:
        parse(data.encode())
    assert caught.value.request is None


def test_a_response_may_have_an_empty_reason() -> None:
    for start in ("SIP/2.0 200 ", "SIP/2.0 200"):
        read = parse(PLAIN.replace("INVITE sip:100@192.0.2.1 SIP/2.0", start).encode())
        assert isinstance(read, Response)
        assert (read.code, read.phrase) == (200, "")


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode() + b"x" * MAX_DATAGRAM,
        PLAIN.replace("Supported:", f"Supported: {'x' * MAX_LINE}").encode(),
        PLAIN.replace("Supported:", "A: b\r\n" * MAX_HEADERS + "Supported:").encode(),
        b"",
        b"\r\n\r\n",
        b"\0",
    ],
    ids=["datagram", "line", "headers", "empty", "keep-alive", "NUL"],
)
def test_messages_beyond_the_caps_are_dropped(data: bytes) -> None:
    wire = Wire()
    assert wire.send(data) == []
    assert wire.events == []


def test_a_broken_request_is_answered_to_its_source_and_a_broken_ack_is_not() -> None:
    wire = Wire()
    broken = Call().request("INVITE", OFFER, cseq_method="BYE")
    (refused,) = wire.send(broken.replace(b"z9hG4bK-1;rport", b"z9hG4bK-1"), ("192.0.2.9", 5062))
    assert isinstance(refused, Response)
    assert refused.code == 400
    assert "CSeq" in refused.phrase
    assert wire.send(Call().request("ACK", cseq_method="BYE")) == []


def test_bytes_that_are_no_utf8_are_returned_as_they_came_and_shown_as_text() -> None:
    wire = Wire()
    invite = Call().request("INVITE", OFFER).replace(b"Alice", b"Al\xefce")
    wire.agent.receive(invite, PEER, 0.0)
    ((trying, _),) = wire.agent.datagrams()
    assert b'"Al\xefce"' in trying
    (event,) = wire.agent.events()
    assert isinstance(event, IncomingCall)
    assert event.display_name == "Al\N{REPLACEMENT CHARACTER}ce"


def test_text_for_people_has_no_control_characters() -> None:
    assert clean("a\0b\x07c\udcffd") == "a b c\N{REPLACEMENT CHARACTER}d"


def test_extra_headers_are_checked() -> None:
    assert extra_fields({"X-A": "b", "Reason": "c"}) == [("X-A", "b"), ("Reason", "c")]
    for name, value in (("X A", "b"), ("", "b"), ("m", "b"), ("CSeq", "1"), ("X-A", "b\nc")):
        with pytest.raises(LocalProtocolError):
            extra_fields({name: value})


def test_a_to_tag_is_found_whatever_its_spelling_and_never_doubled() -> None:
    wire = Wire()
    options = Call(to_tag="t").request("OPTIONS").replace(b";tag=t", b" ; TAG = t")
    (refused,) = wire.send(options)
    assert codes([refused]) == [481]
    assert refused.get("to").lower().count("tag") == 1
