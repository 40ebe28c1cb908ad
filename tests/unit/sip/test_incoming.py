"""Incoming calls, datagram by datagram."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dtmflow.errors import LocalProtocolError
from dtmflow.sip.events import Acked, Ended, EndedBy, IncomingCall
from dtmflow.sip.messages import Request, Response
from dtmflow.sip.offer_answer import Codec, Direction
from dtmflow.sip.settings import Settings
from support.sip_wire import MEDIA, OFFER, PEER, Call, Wire, codes, times

pytestmark = pytest.mark.unit


def test_an_invite_gets_100_at_once_and_is_reported_with_its_facts() -> None:
    wire = Wire()
    out = wire.send(Call().request("INVITE", OFFER, {"X-Account": "7", "User-to-User": "ab"}))
    assert codes(out) == [100]
    (call,) = wire.heard(IncomingCall)
    assert (call.caller, call.display_name, call.number) == ("+4930123", "Alice", "100")
    assert (call.call_id, call.source) == ("call-1@192.0.2.9", PEER)
    assert call.headers == {"X-Account": "7", "User-To-User": "ab"}
    assert call.offer is not None
    assert call.offer.media[0].formats == ("8", "0", "101")


def test_a_call_is_rung_answered_acknowledged_and_ended_by_the_caller() -> None:
    wire = Wire()
    incoming = wire.incoming()
    wire.agent.ring(incoming.leg, wire.now)
    wire.agent.answer(incoming.leg, MEDIA, wire.now, {"X-Greeting": "hi"})
    ringing, ok = wire.flush()
    assert isinstance(ok, Response)
    assert codes([ringing, ok]) == [180, 200]
    assert not ringing.body
    assert ok.get("x-greeting") == "hi"
    assert ok.get("contact") == "<sip:192.0.2.1:5060>"
    assert ringing.to.tag == ok.to.tag != ""
    assert wire.heard(Acked) == []
    call = Call().within(ok)
    assert wire.send(call.request("ACK")) == []
    (acked,) = wire.heard(Acked)
    assert acked.media.codec is Codec.PCMA
    assert (acked.media.host, acked.media.port) == ("192.0.2.9", 30000)
    assert (acked.media.payload_type, acked.media.telephone_event) == (8, 101)
    assert acked.media.direction is Direction.SENDRECV
    assert codes(wire.send(call.next().request("BYE", headers={"X-Why": "done"}))) == [200]
    (ended,) = wire.heard(Ended)
    assert (ended.code, ended.reason, ended.by) == (200, "Normal call clearing", EndedBy.PEER)
    assert ended.headers == {"X-Why": "done"}
    assert wire.agent.legs == 0
    assert wire.advance(100) == []


def test_an_invite_again_before_the_answer_is_absorbed_and_gets_the_last_answer_again() -> None:
    wire = Wire()
    incoming = wire.incoming()
    assert codes(wire.send(Call().request("INVITE", OFFER))) == [100]
    wire.agent.ring(incoming.leg, wire.now)
    wire.flush()
    assert codes(wire.send(Call().request("INVITE", OFFER))) == [180]
    assert len(wire.heard(IncomingCall)) == 1


def test_an_invite_again_after_the_200_gets_the_same_200() -> None:
    wire = Wire()
    wire.answered()
    first = wire.log[-1][1]
    (again,) = wire.send(Call().request("INVITE", OFFER))
    assert isinstance(again, Response)
    assert (again.code, again.body, again.to.tag) == (200, first.body, first.to.tag)


def test_a_200_without_ack_is_repeated_from_t1_to_t2_for_32_s_then_bye() -> None:
    wire = Wire()
    incoming = wire.incoming(X_Padding="p" * 600)
    wire.agent.answer(incoming.leg, MEDIA, wire.now)
    wire.flush()
    sent = wire.advance(40)
    assert times(sent, 200) == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert times(sent, "BYE")[:3] == [32, 32.5, 33.5]
    (ended,) = wire.heard(Ended)
    assert (ended.code, ended.by) == (408, EndedBy.TIMEOUT)
    assert wire.agent.legs == 0


def test_an_ack_stops_the_repetition() -> None:
    wire = Wire()
    _, call = wire.answered()
    assert times(wire.advance(1), 200) == [0.5]
    wire.send(call.request("ACK"))
    assert wire.advance(100) == []
    wire.send(call.request("ACK"))
    assert len(wire.heard(Acked)) == 1


def test_a_486_is_repeated_until_its_ack() -> None:
    wire = Wire()
    incoming = wire.incoming()
    wire.agent.reject(incoming.leg, 486, wire.now, {"X-Reason": "lunch"})
    (busy,) = wire.flush()
    assert isinstance(busy, Response)
    assert (busy.code, busy.phrase, busy.get("x-reason")) == (486, "Busy Here", "lunch")
    (ended,) = wire.heard(Ended)
    assert (ended.code, ended.reason, ended.by) == (486, "Busy Here", EndedBy.US)
    assert times(wire.advance(4), 486) == [0.5, 1.5, 3.5]
    wire.send(Call().within(busy).request("ACK"))
    assert wire.advance(100) == []


def test_a_486_that_nobody_acknowledges_is_given_up_by_timer_h() -> None:
    wire = Wire()
    wire.agent.reject(wire.incoming().leg, 486, wire.now)
    sent = wire.advance(200)
    assert times(sent, 486)[-1] < 32
    assert wire.agent.next_timer() is None


def test_a_bye_again_is_answered_200_each_time() -> None:
    wire = Wire()
    _, call = wire.connected()
    bye = call.next().request("BYE")
    assert [codes(wire.send(bye)) for _ in range(3)] == [[200]] * 3
    assert len(wire.heard(Ended)) == 1


def test_a_cancel_while_ringing_gets_200_and_the_invite_487() -> None:
    wire = Wire()
    incoming = wire.incoming()
    wire.agent.ring(incoming.leg, wire.now)
    wire.flush()
    cancel = Call().request("CANCEL", headers={"X-Why": "bored"})
    ok, terminated = wire.send(cancel)
    assert isinstance(terminated, Response)
    assert [(m.cseq_method, *codes([m])) for m in (ok, terminated)] == [
        ("CANCEL", 200),
        ("INVITE", 487),
    ]
    (ended,) = wire.heard(Ended)
    assert (ended.code, ended.by, ended.headers) == (487, EndedBy.PEER, {"X-Why": "bored"})
    with pytest.raises(LocalProtocolError):
        wire.agent.answer(incoming.leg, MEDIA, wire.now)
    assert codes(wire.send(cancel)) == [200]
    wire.send(Call().within(terminated).request("ACK"))
    assert wire.advance(100) == []


def test_a_cancel_after_the_200_changes_nothing() -> None:
    wire = Wire()
    _, call = wire.answered()
    assert codes(wire.send(Call().request("CANCEL"))) == [200]
    wire.send(call.request("ACK"))
    assert len(wire.heard(Acked)) == 1
    assert wire.heard(Ended) == []


def test_a_cancel_of_no_call_gets_481() -> None:
    assert codes(Wire().send(Call().request("CANCEL"))) == [481]


def test_a_bye_with_a_wrong_tag_gets_481_and_the_call_lives() -> None:
    wire = Wire()
    _, call = wire.connected()
    for forged in (
        replace(call.next(), from_tag="guess"),
        replace(call.next(), to_tag="guess", branch="z9hG4bK-x"),
        replace(call.next(), call_id="guess", branch="z9hG4bK-y"),
    ):
        assert codes(wire.send(forged.request("BYE"))) == [481]
    assert wire.heard(Ended) == []
    assert codes(wire.send(replace(call.next(), branch="z9hG4bK-z").request("BYE"))) == [200]


def test_180_is_repeated_each_minute_as_long_as_the_limit_allows() -> None:
    wire = Wire(Settings(host="192.0.2.1", port=5060, unanswered_seconds=150))
    wire.agent.ring(wire.incoming().leg, wire.now)
    wire.flush()
    sent = wire.advance(150)
    assert times(sent, 180) == [60, 120]
    assert times(sent, 408)[0] == 150


def test_a_call_that_nobody_answers_ends_with_408_after_60_s() -> None:
    wire = Wire()
    wire.agent.ring(wire.incoming().leg, wire.now)
    wire.flush()
    assert codes([message for _, message in wire.advance(60)]) == [408]
    (ended,) = wire.heard(Ended)
    assert (ended.code, ended.by) == (408, EndedBy.TIMEOUT)


def test_hanging_up_an_unanswered_call_declines_it() -> None:
    wire = Wire()
    wire.agent.hangup(wire.incoming().leg, wire.now)
    assert codes(wire.flush()) == [603]
    assert wire.heard(Ended)[0].code == 603


def test_hanging_up_sends_bye_until_it_is_answered_and_ends_at_once() -> None:
    wire = Wire()
    incoming, _ = wire.connected()
    wire.agent.hangup(incoming.leg, wire.now, {"X-Bye": "now"})
    (bye,) = wire.flush()
    assert isinstance(bye, Request)
    assert (bye.method, bye.uri) == ("BYE", "sip:+4930123@192.0.2.9:5062")
    assert bye.get("x-bye") == "now"
    assert (bye.from_.tag, bye.to.tag) == (wire.log[1][1].to.tag, "caller-tag")
    assert wire.heard(Ended)[0].code == 200
    assert times(wire.advance(4), "BYE") == [0.5, 1.5, 3.5]
    via = bye.get("via")
    wire.send(
        f"SIP/2.0 200 OK\r\nVia: {via}\r\nFrom: {bye.get('from')}\r\nTo: {bye.get('to')}\r\n"
        f"Call-ID: {bye.call_id}\r\nCSeq: {bye.get('cseq')}\r\n\r\n".encode()
    )
    assert wire.advance(100) == []
    wire.agent.hangup(incoming.leg, wire.now)
    assert wire.flush() == []


def test_hanging_up_before_the_ack_waits_for_it_with_the_bye() -> None:
    wire = Wire()
    incoming, call = wire.answered()
    wire.agent.hangup(incoming.leg, wire.now)
    assert wire.flush() == []
    assert wire.heard(Ended)[0].by is EndedBy.US
    assert codes(wire.send(call.request("ACK"))) == ["BYE"]
    assert wire.heard(Acked) == []
    assert len(wire.heard(Ended)) == 1


def test_hanging_up_without_any_ack_sends_the_bye_after_32_s() -> None:
    wire = Wire()
    incoming, _ = wire.answered()
    wire.agent.hangup(incoming.leg, wire.now, {"X-Bye": "now"})
    bye = next(m for at, m in wire.advance(33) if codes([m]) == ["BYE"] and at == 32)
    assert bye.get("x-bye") == "now"
    assert len(wire.heard(Ended)) == 1


def test_a_bye_of_the_caller_before_the_answer_ends_the_invite_with_487() -> None:
    wire = Wire()
    wire.agent.ring(wire.incoming().leg, wire.now)
    (ringing,) = wire.flush()
    assert isinstance(ringing, Response)
    early = replace(Call().within(ringing), cseq=2, branch="z9hG4bK-early")
    assert codes(wire.send(early.request("BYE"))) == [200, 487]
    assert len(wire.heard(Ended)) == 1


def test_an_invite_without_sdp_gets_the_offer_in_the_200_and_answers_in_the_ack() -> None:
    wire = Wire()
    _, call = wire.answered(body="")
    ok = wire.log[-1][1]
    assert b"m=audio 40000 RTP/AVP 0 8 101" in ok.body
    assert b"a=fmtp:101 0-15" in ok.body
    wire.send(call.request("ACK", OFFER.replace("8 0 101", "8 101")))
    (acked,) = wire.heard(Acked)
    assert (acked.media.codec, acked.media.port) == (Codec.PCMA, 30000)


def test_an_ack_without_the_answer_that_is_due_ends_the_call() -> None:
    wire = Wire()
    _, call = wire.answered(body="")
    assert codes(wire.send(call.request("ACK"))) == ["BYE"]
    assert wire.heard(Acked) == []
    assert wire.heard(Ended)[0].code == 488


@pytest.mark.parametrize(
    "sdp",
    [
        OFFER.replace("RTP/AVP", "RTP/SAVP"),
        OFFER.replace("8 0 101", "9 18 101"),
        OFFER.replace("m=audio", "m=video"),
        OFFER.replace("audio 30000", "audio 0"),
        OFFER.replace("c=IN IP4 192.0.2.9\r\n", ""),
    ],
    ids=["only SRTP", "unknown codecs", "only video", "port 0", "no address"],
)
def test_an_offer_that_cannot_be_taken_gets_488_and_is_not_reported(sdp: str) -> None:
    wire = Wire()
    assert codes(wire.send(Call().request("INVITE", sdp))) == [488]
    assert wire.events == []


def test_early_media_sends_183_with_the_answer_that_the_200_repeats() -> None:
    wire = Wire()
    incoming = wire.incoming()
    session = wire.agent.progress(incoming.leg, MEDIA, wire.now)
    (progress,) = wire.flush()
    assert session.codec is Codec.PCMA
    assert wire.agent.answer(incoming.leg, MEDIA, wire.now) == session
    (ok,) = wire.flush()
    assert codes([progress, ok]) == [183, 200]
    assert progress.body == ok.body != b""


def test_record_route_is_returned_and_requests_go_along_it() -> None:
    wire = Wire()
    route = "<sip:192.0.2.77;lr>, <sip:192.0.2.78:5070;lr>"
    incoming = wire.incoming(Record_Route=route)
    wire.agent.answer(incoming.leg, MEDIA, wire.now)
    (ok,) = wire.flush()
    assert ok.values("record-route") == ["<sip:192.0.2.77;lr>", "<sip:192.0.2.78:5070;lr>"]
    assert isinstance(ok, Response)
    wire.send(Call().within(ok).request("ACK"))
    wire.agent.hangup(incoming.leg, wire.now)
    ((bye, destination),) = wire.agent.datagrams()
    assert destination == ("192.0.2.77", 5060)
    assert bye.startswith(b"BYE sip:+4930123@192.0.2.9:5062 SIP/2.0\r\n")
    assert bye.index(b"Route: <sip:192.0.2.77;lr>") < bye.index(b"Route: <sip:192.0.2.78")


def test_a_strict_router_gets_itself_as_request_uri() -> None:
    wire = Wire()
    incoming = wire.incoming(Record_Route="<sip:192.0.2.77>")
    wire.agent.answer(incoming.leg, MEDIA, wire.now)
    (ok,) = wire.flush()
    assert isinstance(ok, Response)
    wire.send(Call().within(ok).request("ACK"))
    wire.agent.hangup(incoming.leg, wire.now)
    ((bye, _),) = wire.agent.datagrams()
    assert bye.startswith(b"BYE sip:192.0.2.77 SIP/2.0\r\n")
    assert b"Route: <sip:+4930123@192.0.2.9:5062>" in bye


def test_a_private_contact_behind_nat_is_answered_the_way_the_call_came() -> None:
    wire = Wire()
    invite = Call().request("INVITE", OFFER).replace(b"192.0.2.9:5062>", b"10.0.0.7:5060>")
    source = ("8.8.8.8", 31337)
    wire.send(invite, source)
    leg = wire.heard(IncomingCall)[0].leg
    wire.agent.answer(leg, MEDIA, wire.now)
    (ok,) = wire.flush()
    assert ok.get("via").endswith(";rport=31337;received=8.8.8.8")
    assert isinstance(ok, Response)
    wire.send(Call().within(ok).request("ACK"), source)
    wire.agent.hangup(leg, wire.now)
    assert [destination for _, destination in wire.agent.datagrams()] == [source]


def test_responses_go_to_the_source_with_rport_and_to_its_sent_by_port_without() -> None:
    wire = Wire()
    options = Call().request("OPTIONS")
    wire.agent.receive(options, ("192.0.2.9", 999), 0.0)
    wire.agent.receive(options.replace(b";rport", b""), ("192.0.2.9", 999), 0.0)
    assert [where for _, where in wire.agent.datagrams()] == [
        ("192.0.2.9", 999),
        ("192.0.2.9", 5062),
    ]


@pytest.mark.parametrize(
    ("headers", "trusted", "caller"),
    [
        ({}, True, "+4930123"),
        ({"P-Asserted-Identity": "<sip:+49401@example.net>"}, True, "+49401"),
        ({"P-Asserted-Identity": "<tel:+49401>, <sip:x@y.de>"}, True, "+49401"),
        ({"P-Asserted-Identity": "<sip:+49401@example.net>"}, False, "+4930123"),
        ({"Privacy": "id"}, False, "anonymous"),
        ({"Privacy": "none"}, False, "+4930123"),
    ],
)
def test_the_caller_is_who_a_trusted_peer_says(
    headers: dict[str, str], trusted: bool, caller: str
) -> None:
    hosts = frozenset({PEER[0]}) if trusted else frozenset()
    wire = Wire(Settings(host="192.0.2.1", port=5060, trusted=frozenset(hosts)))
    wire.send(Call().request("INVITE", OFFER, headers))
    assert wire.heard(IncomingCall)[0].caller == caller


@pytest.mark.parametrize("code", [200, 180, 700, 299])
def test_a_call_cannot_be_refused_with_a_code_that_is_no_refusal(code: int) -> None:
    wire = Wire()
    leg = wire.incoming().leg
    with pytest.raises(LocalProtocolError, match="300 to 699"):
        wire.agent.reject(leg, code, wire.now)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", "a\r\nVia: evil"),
        ("X-A", "a\0"),
        ("X-A\r\nVia", "b"),
        ("Via", "SIP/2.0/UDP evil"),
        ("v", "SIP/2.0/UDP evil"),
        ("X-Long", "a" * 4096),
    ],
)
def test_headers_that_would_break_the_message_are_refused(name: str, value: str) -> None:
    wire = Wire()
    leg = wire.incoming().leg
    with pytest.raises(LocalProtocolError):
        wire.agent.ring(leg, wire.now, {name: value})
    assert wire.flush() == []


def test_before_an_ack_no_more_than_ten_bytes_leave_for_each_that_came() -> None:
    wire = Wire()
    invite = Call().request("INVITE", "", {}).replace(b"Max-Forwards: 70\r\n", b"")
    wire.agent.receive(invite, PEER, 0.0)
    (incoming,) = wire.agent.events()
    wire.agent.ring(incoming.leg, 0.0, {"X-Padding": "p" * 1000})
    wire.agent.answer(incoming.leg, MEDIA, 0.0, {"X-Padding": "p" * 1000})
    starts = []
    sent = sum(len(data) for data, _ in wire.agent.datagrams())
    while (due := wire.agent.next_timer()) is not None:
        wire.agent.fire_timers(due)
        out = wire.agent.datagrams()
        sent += sum(len(data) for data, _ in out)
        starts += [data[:3] for data, _ in out]
    assert sent <= 10 * len(invite)
    assert sent > 4 * len(invite)
    assert b"BYE" in starts
