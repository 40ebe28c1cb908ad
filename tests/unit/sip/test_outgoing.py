"""Outgoing calls, datagram by datagram."""

from __future__ import annotations

import pytest

from dtmflow.errors import LocalProtocolError
from dtmflow.sip.events import Answered, Ended, EndedBy, Failed, LegId, Progress, Ringing
from dtmflow.sip.messages import Request
from support.sip_wire import MEDIA, OFFER, PEER, Wire, codes, times

pytestmark = pytest.mark.unit


def dial(wire: Wire) -> tuple[LegId, Request]:
    leg = wire.agent.invite(
        "sip:200@192.0.2.9:5062",
        MEDIA,
        wire.now,
        caller="100",
        display_name='The "IVR"',
        headers={"X-A": "b"},
    )
    (invite,) = wire.flush()
    assert isinstance(invite, Request)
    return leg, invite


def respond(
    request: Request, code: int, tag: str = "callee", body: str = "", extra: str = ""
) -> bytes:
    to_tag = f";tag={tag}" if tag and not request.to.tag else ""
    return (
        f"SIP/2.0 {code} Whatever\r\nVia: {request.get('via')}\r\nFrom: {request.get('from')}\r\n"
        f"To: {request.get('to')}{to_tag}\r\nCall-ID: {request.call_id}\r\n"
        f"CSeq: {request.get('cseq')}\r\nContact: <sip:200@192.0.2.9:5062>\r\n{extra}"
        + ("Content-Type: application/sdp\r\n" if body else "")
        + f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def test_a_call_rings_is_answered_acknowledged_and_ended_by_us() -> None:
    wire = Wire()
    leg, invite = dial(wire)
    assert invite.from_.display_name == 'The "IVR"'
    assert invite.from_.uri == "sip:100@192.0.2.1:5060"
    assert b"m=audio 40000 RTP/AVP 0 8 101" in invite.body
    wire.send(respond(invite, 100, tag=""))
    wire.send(respond(invite, 180, extra="X-R: 1\r\n"))
    wire.send(respond(invite, 180))
    assert [event.headers for event in wire.heard(Ringing)] == [{"X-R": "1"}]
    (ack,) = wire.send(respond(invite, 200, body=OFFER))
    assert isinstance(ack, Request)
    assert (ack.method, ack.cseq, ack.uri) == ("ACK", 1, "sip:200@192.0.2.9:5062")
    assert ack.branch != invite.branch
    (answered,) = wire.heard(Answered)
    assert (answered.media.host, answered.media.port) == ("192.0.2.9", 30000)
    wire.agent.hangup(leg, wire.now)
    (bye,) = wire.flush()
    assert (codes([bye]), bye.cseq, bye.to.tag) == (["BYE"], 2, "callee")
    assert wire.heard(Ended)[0].by is EndedBy.US
    assert wire.heard(Failed) == []


def test_a_silent_peer_gets_the_invite_by_timer_a_and_is_given_up_by_timer_b() -> None:
    wire = Wire()
    dial(wire)
    assert times(wire.advance(40), "INVITE") == [0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert [event.code for event in wire.heard(Failed)] == [408]
    assert wire.agent.legs == 0


def test_a_refusal_is_acknowledged_each_time_and_reported_once() -> None:
    wire = Wire()
    _, invite = dial(wire)
    (ack,) = wire.send(respond(invite, 486, extra="X-R: 1\r\n"))
    assert isinstance(ack, Request)
    assert (ack.method, ack.branch, ack.to.tag) == ("ACK", invite.branch, "callee")
    assert codes(wire.send(respond(invite, 486))) == ["ACK"]
    (failed,) = wire.heard(Failed)
    assert (failed.code, failed.reason, failed.headers) == (486, "Whatever", {"X-R": "1"})


def test_a_200_again_gets_the_same_ack_again() -> None:
    wire = Wire()
    _, invite = dial(wire)
    (first,) = wire.send(respond(invite, 200, body=OFFER))
    (again,) = wire.send(respond(invite, 200, body=OFFER))
    assert again.branch == first.branch
    assert len(wire.heard(Answered)) == 1


def test_the_200_of_a_second_fork_is_acknowledged_and_ended() -> None:
    wire = Wire()
    _, invite = dial(wire)
    wire.send(respond(invite, 200, body=OFFER))
    out = wire.send(respond(invite, 200, tag="other", body=OFFER))
    assert codes(out) == ["ACK", "BYE"]
    assert {message.to.tag for message in out} == {"other"}
    assert wire.heard(Ended) == []
    assert len(wire.heard(Answered)) == 1


def test_early_media_is_reported_and_the_200_may_leave_its_sdp_out() -> None:
    wire = Wire()
    _, invite = dial(wire)
    wire.send(respond(invite, 183, body=OFFER))
    wire.send(respond(invite, 181))
    progress, forwarded = wire.heard(Progress)
    assert (progress.code, forwarded.code) == (183, 181)
    assert progress.media is not None
    assert forwarded.media is None
    wire.send(respond(invite, 200))
    assert wire.heard(Answered)[0].media == progress.media


def test_hangup_waits_for_a_provisional_answer_then_cancels() -> None:
    wire = Wire()
    leg, invite = dial(wire)
    wire.agent.hangup(leg, wire.now)
    assert wire.flush() == []
    (cancel,) = wire.send(respond(invite, 180))
    assert isinstance(cancel, Request)
    assert (cancel.method, cancel.branch, cancel.uri) == ("CANCEL", invite.branch, invite.uri)
    wire.send(respond(cancel, 200))
    assert codes(wire.send(respond(invite, 487))) == ["ACK"]
    assert [event.code for event in wire.heard(Failed)] == [487]


def test_a_200_that_crosses_our_cancel_is_acknowledged_and_ended() -> None:
    wire = Wire()
    leg, invite = dial(wire)
    wire.send(respond(invite, 180))
    wire.agent.hangup(leg, wire.now)
    wire.flush()
    assert codes(wire.send(respond(invite, 200, body=OFFER))) == ["ACK", "BYE"]
    assert [event.code for event in wire.heard(Failed)] == [487]


def test_a_cancel_that_leads_to_nothing_is_given_up_after_32_s() -> None:
    wire = Wire()
    leg, invite = dial(wire)
    wire.send(respond(invite, 180))
    wire.agent.hangup(leg, wire.now)
    wire.advance(32)
    assert [event.code for event in wire.heard(Failed)] == [487]
    assert wire.agent.legs == 0


def test_ringing_without_end_is_cancelled_after_60_s_and_fails_with_408() -> None:
    wire = Wire()
    _, invite = dial(wire)
    wire.send(respond(invite, 180))
    assert times(wire.advance(60), "CANCEL") == [60]
    wire.send(respond(invite, 487))
    assert [event.code for event in wire.heard(Failed)] == [408]
    wire.advance(100)
    assert wire.agent.next_timer() is None


@pytest.mark.parametrize("body", ["", OFFER.replace("8 0 101", "18")])
def test_a_200_without_a_fitting_answer_is_acknowledged_and_ended(body: str) -> None:
    wire = Wire()
    _, invite = dial(wire)
    assert codes(wire.send(respond(invite, 200, body=body))) == ["ACK", "BYE"]
    assert [event.code for event in wire.heard(Failed)] == [488]


def test_the_callee_hangs_up() -> None:
    wire = Wire()
    _, invite = dial(wire)
    wire.send(respond(invite, 200, body=OFFER))
    bye = (
        f"BYE sip:192.0.2.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5062;branch=z9hG4bK-b\r\n"
        f"From: {invite.get('to')};tag=callee\r\nTo: {invite.get('from')}\r\n"
        f"Call-ID: {invite.call_id}\r\nCSeq: 7 BYE\r\n"
        'Reason: Q.850;cause=16;text="Normal"\r\n\r\n'
    ).encode()
    assert codes(wire.send(bye)) == [200]
    (ended,) = wire.heard(Ended)
    assert (ended.code, ended.reason, ended.by) == (200, "Normal", EndedBy.PEER)


def test_a_response_that_belongs_to_nothing_is_dropped() -> None:
    wire = Wire()
    _, invite = dial(wire)
    forged = respond(invite, 200, body=OFFER).replace(invite.call_id.encode(), b"guess")
    assert wire.send(forged, PEER) == []
    assert wire.events == []


@pytest.mark.parametrize(
    "target", ["", "200", "sip:", "sip:a@example.org", "sip:a@192.0.2.1\r\nX: y", "im:a@192.0.2.1"]
)
def test_a_target_that_cannot_be_reached_is_refused(target: str) -> None:
    with pytest.raises(LocalProtocolError):
        Wire().agent.invite(target, MEDIA, 0.0)


@pytest.mark.parametrize("caller", ["a\r\nX: y", "a>b", "a b"])
def test_a_caller_that_would_break_the_message_is_refused(caller: str) -> None:
    with pytest.raises(LocalProtocolError):
        Wire().agent.invite("sip:a@192.0.2.9", MEDIA, 0.0, caller=caller)
