"""Requests inside and outside of a dialog, and who is let in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dtmflow.errors import LocalProtocolError
from dtmflow.sip.events import (
    Ended,
    EndedBy,
    IncomingCall,
    InfoReceived,
    MediaChanged,
    MessageReceived,
    ReferReceived,
)
from dtmflow.sip.messages import Request, Response
from dtmflow.sip.offer_answer import Direction
from dtmflow.sip.settings import Settings
from support.sip_wire import MEDIA, OFFER, PEER, Call, Wire, codes

pytestmark = pytest.mark.unit

HOLD = OFFER.replace("caller 1 1", "caller 1 2")


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.parametrize(
    ("offer", "answered", "direction", "host"),
    [
        (HOLD.replace("sendrecv", "sendonly"), b"a=recvonly", Direction.RECVONLY, "192.0.2.9"),
        (HOLD.replace("sendrecv", "inactive"), b"a=inactive", Direction.INACTIVE, "192.0.2.9"),
        (
            HOLD.replace("c=IN IP4 192.0.2.9", "c=IN IP4 0.0.0.0"),
            b"a=recvonly",
            Direction.RECVONLY,
            "",
        ),
        (HOLD.replace("audio 30000", "audio 0"), b"m=audio 0 ", Direction.INACTIVE, ""),
    ],
    ids=["sendonly", "inactive", "c=0.0.0.0", "port 0"],
)
def test_hold_is_answered_in_kind_and_ended_by_a_normal_offer(
    method: str, offer: str, answered: bytes, direction: Direction, host: str
) -> None:
    wire = Wire()
    _, call = wire.connected()
    first = next(m.body for _, m in wire.log if codes([m]) == [200])
    call = call.next()
    (ok,) = wire.send(call.request(method, offer))
    assert codes([ok]) == [200]
    assert answered in ok.body
    assert b"o=- " in ok.body
    assert ok.body.split(b"\r\n")[1] != first.split(b"\r\n")[1]
    change = wire.heard(MediaChanged)[-1]
    assert (change.media.held, change.media.direction) == (True, direction)
    assert (change.media.host, change.changed, change.body) == (host, True, offer)
    if method == "INVITE":
        wire.send(call.request("ACK"))
    call = call.next()
    (ok,) = wire.send(call.request(method, OFFER.replace("caller 1 1", "caller 1 3")))
    assert b"a=sendrecv" in ok.body
    assert not wire.heard(MediaChanged)[-1].media.held
    if method == "INVITE":
        wire.send(call.request("ACK"))
    assert wire.advance(60) == []


def test_a_session_refresh_is_answered_with_the_same_sdp_and_is_no_change() -> None:
    wire = Wire()
    _, call = wire.connected()
    first = next(m.body for _, m in wire.log if codes([m]) == [200])
    (ok,) = wire.send(call.next().request("UPDATE", OFFER))
    assert ok.body == first
    assert not wire.heard(MediaChanged)[0].changed


def test_an_update_without_sdp_is_a_refresh_without_sdp() -> None:
    wire = Wire()
    _, call = wire.connected()
    (ok,) = wire.send(call.next().request("UPDATE"))
    assert (codes([ok]), ok.body) == ([200], b"")


def test_a_reinvite_without_sdp_gets_our_offer_and_its_ack_answers() -> None:
    wire = Wire()
    _, call = wire.connected()
    call = call.next()
    (ok,) = wire.send(call.request("INVITE"))
    assert b"m=audio 40000 RTP/AVP 0 8 101" in ok.body
    assert codes(wire.send(call.request("ACK", OFFER))) == []
    assert wire.heard(Ended) == []


def test_a_reinvite_with_an_offer_that_cannot_be_taken_gets_488_and_the_call_lives() -> None:
    wire = Wire()
    _, call = wire.connected()
    call = call.next()
    assert codes(wire.send(call.request("INVITE", HOLD.replace("8 0 101", "9")))) == [488]
    wire.send(call.request("ACK"))
    assert wire.heard(MediaChanged) == []
    assert codes(wire.send(call.next().request("OPTIONS"))) == [200]


def test_a_reinvite_without_ack_ends_the_call_after_32_s() -> None:
    wire = Wire()
    _, call = wire.connected()
    wire.send(call.next().request("INVITE", HOLD))
    assert "BYE" in codes([m for _, m in wire.advance(32)])
    assert wire.heard(Ended)[0].code == 408


def test_a_reinvite_before_the_first_answer_is_put_off() -> None:
    wire = Wire()
    wire.agent.ring(wire.incoming().leg, wire.now)
    (ringing,) = wire.flush()
    assert isinstance(ringing, Response)
    early = Call().within(ringing).next()
    (later,) = wire.send(early.request("UPDATE", HOLD))
    assert codes([later]) == [500]
    assert later.get("retry-after")
    assert codes(wire.send(replace(early, cseq=9, branch="z9hG4bK-u").request("UPDATE"))) == [200]


def test_info_is_answered_200_and_reported() -> None:
    wire = Wire()
    _, call = wire.connected()
    info = call.next().request(
        "INFO", "Signal=5\r\n", {"X-A": "b"}, content_type="Application/DTMF-Relay; x=y"
    )
    assert codes(wire.send(info)) == [200]
    assert codes(wire.send(info)) == [200]
    (event,) = wire.heard(InfoReceived)
    assert event.content_type == "application/dtmf-relay"
    assert (event.body, event.headers) == ("Signal=5\r\n", {"X-A": "b"})


def test_a_text_message_is_answered_200_and_reported() -> None:
    wire = Wire()
    _, call = wire.connected()
    message = call.next().request("MESSAGE", "hello", content_type="text/plain;charset=UTF-8")
    assert codes(wire.send(message)) == [200]
    assert [event.text for event in wire.heard(MessageReceived)] == ["hello"]


@pytest.mark.parametrize(
    ("method", "accept"), [("MESSAGE", "text/plain"), ("INVITE", "application/sdp")]
)
def test_a_body_that_we_do_not_take_gets_415_with_accept(method: str, accept: str) -> None:
    wire = Wire()
    _, call = wire.connected()
    (refused,) = wire.send(call.next().request(method, "<x/>", content_type="text/xml"))
    assert (codes([refused]), refused.get("accept")) == ([415], accept)


def test_a_body_in_an_encoding_that_we_do_not_take_gets_415() -> None:
    (refused,) = Wire().send(Call().request("INVITE", "zzz", {"e": "gzip"}))
    assert codes([refused]) == [415]
    assert refused.get("accept-encoding") == "identity"


def test_options_in_a_dialog_says_what_we_can() -> None:
    wire = Wire()
    _, call = wire.connected()
    (ok,) = wire.send(call.next().request("OPTIONS"))
    assert codes([ok]) == [200]
    assert "INVITE" in ok.get("allow")


def test_a_refer_is_declined_and_reported() -> None:
    wire = Wire()
    _, call = wire.connected()
    refer = call.next().request("REFER", headers={"r": "<sip:200@192.0.2.3>"})
    assert codes(wire.send(refer)) == [603]
    assert wire.heard(ReferReceived)[0].refer_to == "<sip:200@192.0.2.3>"
    assert wire.heard(Ended) == []


@pytest.mark.parametrize(
    ("method", "code"), [("NOTIFY", 481), ("PRACK", 481), ("PUBLISH", 405), ("FOO", 405)]
)
def test_other_requests_in_a_dialog_are_refused(method: str, code: int) -> None:
    wire = Wire()
    _, call = wire.connected()
    assert codes(wire.send(call.next().request(method))) == [code]


def test_a_request_out_of_order_gets_500() -> None:
    wire = Wire()
    _, call = wire.connected()
    wire.send(replace(call, cseq=9, branch="z9hG4bK-9").request("OPTIONS"))
    assert codes(wire.send(replace(call, cseq=8, branch="z9hG4bK-8").request("INFO"))) == [500]


def test_options_outside_a_dialog_gets_200_and_503_while_draining() -> None:
    wire = Wire()
    assert codes(wire.send(Call().request("OPTIONS"))) == [200]
    wire.agent.accepting = False
    assert codes(wire.send(Call().request("OPTIONS"))) == [503]


def test_while_draining_new_calls_get_503_and_old_ones_go_on() -> None:
    wire = Wire()
    _, call = wire.connected()
    wire.agent.accepting = False
    (refused,) = wire.send(Call(call_id="other", branch="z9hG4bK-o").request("INVITE", OFFER))
    assert (codes([refused]), refused.get("retry-after")) == ([503], "5")
    assert len(wire.heard(IncomingCall)) == 1
    assert codes(wire.send(call.next().request("BYE"))) == [200]


def test_more_calls_than_allowed_get_503() -> None:
    wire = Wire(Settings(host="192.0.2.1", port=5060, max_legs=2))
    out = [
        codes(wire.send(Call(call_id=f"c{n}", branch=f"z9hG4bK-{n}").request("INVITE", OFFER)))
        for n in range(3)
    ]
    assert out == [[100], [100], [503]]


def test_a_source_that_calls_too_often_gets_503_and_others_do_not() -> None:
    wire = Wire(Settings(host="192.0.2.1", port=5060, setups_per_second=1, setup_burst=2))

    def call(number: int, source: tuple[str, int]) -> list[int | str]:
        invite = Call(call_id=f"c{number}", branch=f"z9hG4bK-{number}").request("INVITE", OFFER)
        return codes(wire.send(invite, source))

    assert [call(n, PEER) for n in range(3)] == [[100], [100], [503]]
    assert call(3, ("192.0.2.10", 5060)) == [100]
    wire.advance(1)
    assert [call(n, PEER) for n in (4, 5)] == [[100], [503]]


def test_an_unknown_extension_in_require_gets_420_that_names_it() -> None:
    (refused,) = Wire().send(Call().request("INVITE", OFFER, {"Require": "100rel, nothing"}))
    assert codes([refused]) == [420]
    assert refused.get("unsupported") == "100rel, nothing"


@pytest.mark.parametrize(
    ("method", "code"),
    [("REGISTER", 405), ("SUBSCRIBE", 405), ("FOO", 405), ("MESSAGE", 480), ("BYE", 481)],
)
def test_requests_outside_a_dialog_that_nobody_takes_are_refused(method: str, code: int) -> None:
    (refused,) = Wire().send(Call().request(method))
    assert codes([refused]) == [code]
    assert code != 405 or "INVITE" in refused.get("allow")


def test_an_unknown_uri_scheme_gets_416() -> None:
    wire = Wire()
    assert codes(wire.send(Call(uri="im:bob@example.org").request("INVITE", OFFER))) == [416]
    assert codes(wire.send(Call(uri="tel:+4930").request("INVITE", OFFER))) == [100]
    assert wire.heard(IncomingCall)[0].number == "+4930"


def test_the_same_call_by_two_ways_gets_482_on_the_second() -> None:
    wire = Wire()
    wire.incoming()
    assert codes(wire.send(replace(Call(), branch="z9hG4bK-fork").request("INVITE", OFFER))) == [
        482
    ]


def test_an_invite_for_a_dialog_that_is_gone_gets_481() -> None:
    assert codes(Wire().send(replace(Call(), to_tag="gone").request("INVITE", OFFER))) == [481]


def test_an_invite_without_contact_gets_400() -> None:
    invite = Call().request("INVITE", OFFER).replace(b"Contact", b"X-Contact")
    assert codes(Wire().send(invite)) == [400]


def test_info_and_message_are_sent_in_the_dialog_and_481_ends_the_call() -> None:
    wire = Wire()
    incoming, _ = wire.connected()
    wire.agent.info(incoming.leg, "application/x", "body", wire.now, {"X-A": "b"})
    wire.agent.message(incoming.leg, "grüß", wire.now)
    info, message = wire.flush()
    assert isinstance(info, Request)
    assert (info.method, info.content_type(), info.body) == ("INFO", "application/x", b"body")
    assert (message.body, message.cseq) == ("grüß".encode(), info.cseq + 1)
    out = wire.send(
        f"SIP/2.0 481 Gone\r\nVia: {info.get('via')}\r\nFrom: {info.get('from')}\r\n"
        f"To: {info.get('to')}\r\nCall-ID: {info.call_id}\r\n"
        f"CSeq: {info.get('cseq')}\r\n\r\n".encode()
    )
    assert codes(out) == ["BYE"]
    assert [(e.code, e.by) for e in wire.heard(Ended)] == [(481, EndedBy.PEER)]
    with pytest.raises(LocalProtocolError):
        wire.agent.info(incoming.leg, "a/b", "", wire.now)


def test_wishes_that_do_not_fit_the_leg_are_refused() -> None:
    wire = Wire()
    leg = wire.agent.invite("sip:9@192.0.2.9", MEDIA, 0.0)
    with pytest.raises(LocalProtocolError, match="outgoing"):
        wire.agent.ring(leg, 0.0)
    with pytest.raises(LocalProtocolError, match="dialog"):
        wire.agent.info(leg, "a/b", "", 0.0)
    incoming, _ = wire.connected()
    with pytest.raises(LocalProtocolError, match="final answer"):
        wire.agent.answer(incoming.leg, MEDIA, 0.0)


def test_a_peer_that_asks_too_much_in_its_dialog_is_put_off_but_may_always_end_it() -> None:
    wire = Wire(Settings(host="192.0.2.1", port=5060, requests_per_second=1, request_burst=3))
    _, call = wire.connected()
    answers = []
    for _ in range(5):
        call = call.next()
        answers += codes(wire.send(call.request("OPTIONS")))
    assert answers == [200, 200, 200, 503, 503]
    wire.advance(1)
    call = call.next()
    assert codes(wire.send(call.request("OPTIONS"))) == [200]
    call = call.next()
    assert codes(wire.send(call.request("BYE"))) == [200]


def test_a_message_too_large_for_udp_is_not_sent_and_takes_no_number() -> None:
    wire = Wire()
    incoming, call = wire.connected()
    wire.send(call.next().request("OPTIONS"))
    for size in (1300, 60):
        if size == 1300:
            with pytest.raises(LocalProtocolError, match="at most 1300"):
                wire.agent.message(incoming.leg, "x" * size, wire.now)
        else:
            wire.agent.message(incoming.leg, "x" * size, wire.now)
    (sent,) = wire.flush()
    assert isinstance(sent, Request)
    assert (sent.method, sent.cseq) == ("MESSAGE", 1)
