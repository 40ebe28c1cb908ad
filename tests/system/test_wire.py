"""What Call methods put on the wire, and which events follow from what a peer sends."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from dtmflow.errors import CallError
from dtmflow.sip.messages import Request, Response
from dtmflow_schema.base import CallState, Event
from dtmflow_schema.events.lifecycle import Connected, Disconnected
from system.raw_peer import RawPeer, audio_port
from system.scene import Scene, Studio, answer

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    made = Studio()
    yield made
    made.close()


async def connected(scene: Scene, **headers: str) -> RawPeer:
    scene.on_incoming = answer
    peer = scene.peer()
    await peer.connect(**headers)
    await scene.until_event("Connected")
    return peer


def fields(event: Event) -> dict[str, Any]:
    return {
        name: each for name, each in event.wire().items() if name not in {"name", "call", "id"}
    }


# Header fields, both ways.


def test_extra_headers_stand_in_180_183_200_and_bye(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        peer = scene.peer()
        peer.send("INVITE", peer.offer())
        await scene.until(lambda: scene.call is not None)
        scene.do("ring", extraHeaders={"X-At": "ring"})
        assert (await peer.response(180)).get("x-at") == "ring"
        scene.do("startEarlyMedia", extraHeaders={"X-At": "early"})
        early = await peer.response(183)
        assert early.get("x-at") == "early"
        scene.do("answer", extraHeaders={"X-At": "answer"})
        ok = await peer.response(200)
        assert ok.get("x-at") == "answer"
        assert ok.body == early.body  # the 200 repeats what the 183 said
        peer.call = peer.call.within(ok)
        peer.acknowledge()
        await scene.until_event("Connected")
        scene.do("hangup", extraHeaders={"X-At": "hangup"})
        bye = await peer.request("BYE")
        assert bye.get("x-at") == "hangup"
        peer.reply(bye)

    studio.play(body)


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [("reject", {"code": 480}, 480), ("decline", {"code": 603}, 603), ("hangup", {}, 603)],
)
def test_a_refusal_has_its_code_and_extra_headers_and_is_repeated_until_the_ack(
    studio: Studio, method: str, arguments: dict[str, Any], code: int
) -> None:
    async def body(scene: Scene) -> None:
        scene.on_incoming = lambda s: s.do(method, **arguments, extraHeaders={"X-Why": "closed"})
        peer = scene.peer()
        peer.send("INVITE", peer.offer())
        refused = await peer.response(code)
        assert refused.get("x-why") == "closed"
        assert await peer.response(code)  # no ACK came for 500 ms
        peer.call = peer.call.within(refused)
        peer.send("ACK")
        assert scene.names() == ["StateChanged", "Disconnected"]
        end = scene.events[-1]
        assert isinstance(end, Disconnected)
        assert (end.internal_code, end.duration, end.direction) == (code, 0, "incoming_sip")

    studio.play(body)


@pytest.mark.parametrize("code", [301, 302, 401, 407])
def test_refusals_that_would_need_more_than_a_code_are_refused_themselves(
    studio: Studio, code: int
) -> None:
    async def body(scene: Scene) -> None:
        peer = scene.peer()
        peer.send("INVITE", peer.offer())
        await scene.until(lambda: scene.call is not None)
        with pytest.raises(CallError, match=str(code)):
            scene.do("reject", code=code)
        scene.do("reject", code=486)
        await peer.response(486)

    studio.play(body)


def test_headers_that_are_no_x_fields_are_left_out_and_user_to_user_is_not(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    async def body(scene: Scene) -> None:
        peer = scene.peer()
        peer.send("INVITE", peer.offer())
        await scene.until(lambda: scene.call is not None)
        assert scene.call is not None
        headers = scene.call.headers({"Contact": "<sip:evil@x>", "User-to-User": "56", "x-y": "z"})  # type: ignore[attr-defined]
        assert headers == {"User-to-User": "56", "x-y": "z"}
        assert "Contact" in caplog.text

    studio.play(body)


@pytest.mark.parametrize("value", ["a\r\nContact: <sip:evil@x>", "a\nb", "a\0b"])
def test_a_line_break_in_a_header_value_reaches_no_peer(studio: Studio, value: str) -> None:
    async def body(scene: Scene) -> None:
        peer = scene.peer()
        peer.send("INVITE", peer.offer())
        await scene.until(lambda: scene.call is not None)
        for method in ("ring", "startEarlyMedia", "answer", "hangup"):
            command = scene.command(method)
            evil = command.model_copy(update={"extra_headers": {"X-Evil": value}})
            with pytest.raises(CallError, match="X-Evil"):
                scene.call.do(evil)  # type: ignore[union-attr]
        assert [m.code for m in peer.seen if isinstance(m, Response)] == [100]
        scene.do("answer")  # what was refused has left nothing behind
        await peer.response(200)

    studio.play(body)


def test_custom_data_and_x_headers_of_the_invite_reach_the_flow(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        peer = await connected(scene, X_Custom_Data="gold", X_Shop="7", Subject="no")
        assert scene.headers == {"X-Custom-Data": "gold", "X-Shop": "7"}
        event = await scene.until_event("Connected")
        assert isinstance(event, Connected)
        assert (event.custom_data, event.headers["X-Shop"]) == ("gold", "7")
        assert event.scheme == {"0": {"audio": {"codec": "PCMU", "clock": 8000, "pt": 0}}}
        assert scene.do("customData") == "gold"
        peer.send_next("BYE", headers={"X-Why": "done", "Reason": 'SIP;cause=200;text="Bye now"'})
        end = await scene.until_event("Disconnected")
        assert isinstance(end, Disconnected)
        assert (end.reason, end.headers) == ("Bye now", {"X-Why": "done"})

    studio.play(body)


# Answering.


def test_connected_comes_with_the_ack_and_no_audio_leaves_before_it(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        scene.on_incoming = answer
        peer = scene.peer()
        peer.send("INVITE", peer.offer())
        ok = await peer.response(200)
        await asyncio.sleep(0.1)
        assert scene.names() == []
        assert scene.do("state") is CallState.ALERTING
        assert peer.hears_nothing()
        peer.call = peer.call.within(ok)
        peer.acknowledge()
        await scene.until_event("Connected")
        assert scene.names() == ["StateChanged", "Connected"]
        assert len(await peer.hear(3)) == 3

    studio.play(body)


def test_an_invite_without_offer_gets_ours_and_the_ack_answers(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        scene.on_incoming = answer
        peer = scene.peer()
        peer.send("INVITE")
        ok = await peer.response(200)
        assert b"RTP/AVP 0 8 101" in ok.body
        peer.call = peer.call.within(ok)
        peer.acknowledge(peer.offer(formats="8 101"))
        event = await scene.until_event("Connected")
        assert isinstance(event, Connected)
        assert event.scheme["0"] == {"audio": {"codec": "PCMA", "clock": 8000, "pt": 8}}
        assert (await peer.hear(1))[0][1] & 0x7F == 8

    studio.play(body)


def test_early_media_of_an_invite_without_offer_is_refused_and_the_call_lives(
    studio: Studio,
) -> None:
    async def body(scene: Scene) -> None:
        peer = scene.peer()
        peer.send("INVITE")
        await scene.until(lambda: scene.call is not None)
        with pytest.raises(CallError, match="needs an offer"):
            scene.do("startEarlyMedia")
        with pytest.raises(CallError, match="not up yet"):
            scene.do("sendInfo", mimeType="text/plain", body="x")
        scene.do("answer")
        await peer.response(200)

    studio.play(body)


@pytest.mark.parametrize("early", [False, True])
def test_an_unanswered_call_ends_with_408_when_its_time_is_over(
    studio: Studio, *, early: bool
) -> None:
    async def body(scene: Scene) -> None:
        scene.on_incoming = lambda s: s.do("startEarlyMedia" if early else "ring")
        peer = scene.peer()
        peer.send("INVITE", peer.offer())
        await peer.response(408)
        end = await scene.until_event("Disconnected")
        assert isinstance(end, Disconnected)
        assert (end.internal_code, end.reason, end.duration) == (408, "Request Timeout", 0)
        progressing = ["StateChanged"] if early else []
        assert scene.names() == [*progressing, "StateChanged", "Disconnected"]

    studio.play(body, unanswered_seconds=0.2)


def test_ringing_is_said_again_and_again(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        scene.on_incoming = lambda s: s.do("ring")
        peer = scene.peer()
        peer.send("INVITE", peer.offer())
        assert [(await peer.response(180)).body for _ in range(3)] == [b""] * 3
        peer.send("CANCEL")
        await peer.response(487)
        end = await scene.until_event("Disconnected")
        assert isinstance(end, Disconnected)
        assert (end.internal_code, end.reason) == (487, "Request Terminated")

    studio.play(body, ring_again_seconds=0.1)


def test_a_caller_on_ipv6_is_answered_and_heard(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        peer = await connected(scene)
        scene.do("say", text="Yes.")
        await scene.until_event("PlaybackFinished")
        assert len(await peer.hear(5)) == 5
        scene.do("hangup")
        await peer.request("BYE")

    studio.play(body, host="::1")


# In the dialog.


@pytest.mark.parametrize(
    ("kind", "body_text", "tone"),
    [
        ("application/dtmf-relay", "Signal= 5\r\nDuration= 160\r\n", "5"),
        ("application/dtmf-relay", "Signal=#\r\n", "#"),
        ("application/dtmf-relay", "Signal=10\r\n", "*"),
        ("application/dtmf", "11", "#"),
        ("application/dtmf", "7", "7"),
    ],
)
def test_a_key_in_info_is_a_tone_of_type_3_while_tones_are_handled(
    studio: Studio, kind: str, body_text: str, tone: str
) -> None:
    async def body(scene: Scene) -> None:
        peer = await connected(scene)
        peer.send_next("INFO", body_text, content_type=kind)
        info = await scene.until_event("InfoReceived")
        assert fields(info)["mimeType"] == kind
        scene.do("handleTones", doHandle=True)
        peer.send_next("INFO", body_text, content_type=kind)
        heard = await scene.until_event("ToneReceived")
        assert (fields(heard)["tone"], fields(heard)["type"]) == (tone, "3")
        assert scene.names().count("InfoReceived") == 1

    studio.play(body)


def test_tones_of_one_kind_only_when_that_is_asked_and_in_band_is_refused(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        peer = await connected(scene)
        with pytest.raises(CallError, match="in-band"):
            scene.do("handleTones", doHandle=True, supportedDtmfTypes="IN_BAND")
        scene.do("handleTones", doHandle=True, supportedDtmfTypes="TELEPHONE_EVENT")
        peer.send_next("INFO", "5", content_type="application/dtmf")
        await scene.until_event("InfoReceived")
        press(peer, audio_port(peer.seen[1]), 9)
        tone = await scene.until_event("ToneReceived")
        assert (fields(tone)["tone"], fields(tone)["type"]) == ("9", "1")

    studio.play(body)


def press(peer: RawPeer, port: int, key: int) -> None:
    """Send a whole telephone event."""
    for number in range(8):
        end = 0x80 if number >= 5 else 0
        head = struct.pack(">BBHLL", 0x80, 101 | (0 if number else 0x80), number, 4000, 77)
        packet = head + struct.pack(">BBH", key, end | 10, 160 * min(number + 1, 6))
        peer.rtp.sendto(packet, (peer.host, port))


def test_other_info_and_messages_are_events_and_picture_requests_are_not(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        peer = await connected(scene)
        peer.send_next("INFO", "<x/>", content_type="application/media_control+xml")
        await peer.response(200)
        peer.send_next("INFO", '{"a": 1}', content_type="application/json", headers={"X-N": "1"})
        info = await scene.until_event("InfoReceived")
        expected = {"mimeType": "application/json", "body": '{"a": 1}', "headers": {"X-N": "1"}}
        assert fields(info) == expected
        peer.send_next("MESSAGE", "Hello.", content_type="text/plain")
        message = await scene.until_event("MessageReceived")
        assert fields(message)["text"] == "Hello."
        peer.send_next("MESSAGE", "<b/>", content_type="text/html")
        assert (await peer.response(415)).get("accept") == "text/plain"

    studio.play(body)


def test_info_and_messages_of_the_flow_reach_the_peer(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        peer = await connected(scene)
        scene.do("sendInfo", mimeType="application/json", body="{}", headers={"X-N": "1"})
        info = await peer.request("INFO")
        assert (info.content_type(), info.body, info.get("x-n")) == (
            "application/json",
            b"{}",
            "1",
        )
        peer.reply(info, 415)  # the peer does not take it; the call lives
        scene.do("sendMessage", text="Gr\u00fc\u00dfe")
        message = await peer.request("MESSAGE")
        assert (message.get("content-type"), message.body.decode()) == (
            "text/plain;charset=UTF-8",
            "Gr\u00fc\u00dfe",
        )
        assert message.cseq == info.cseq + 1
        for method, long in (("sendMessage", {"text": "x" * 1300}), ("sendInfo", INFO)):
            with pytest.raises(CallError, match="at most 1300"):
                scene.do(method, **long)
        peer.reply(message)
        scene.do("sendMessage", text="still there?")
        again = await peer.request("MESSAGE")
        assert again.cseq == message.cseq + 1
        peer.reply(again, 481)  # the peer knows no such call: it is over
        end = await scene.until_event("Disconnected")
        assert isinstance(end, Disconnected)
        assert end.internal_code == 481

    studio.play(body)


INFO = {"mimeType": "text/plain", "body": "x" * 1300}


def test_info_may_be_sent_while_it_rings(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        scene.on_incoming = lambda s: s.do("ring")
        peer = scene.peer()
        peer.send("INVITE", peer.offer())
        await peer.response(180)
        scene.do("sendInfo", mimeType="text/plain", body="soon")
        info = await peer.request("INFO")
        assert info.body == b"soon"
        peer.reply(info)

    studio.play(body)


def test_digits_to_a_peer_without_telephone_events_are_refused_by_a_clear_fault(
    studio: Studio,
) -> None:
    async def body(scene: Scene) -> None:
        scene.on_incoming = answer
        peer = scene.peer()
        await peer.connect(peer.offer(formats="0"))
        await scene.until_event("Connected")
        with pytest.raises(CallError, match="telephone events"):
            scene.do("sendDigits", digits="1")

    studio.play(body)


# Hold and changes of media.


@pytest.mark.parametrize("way", ["sendonly", "inactive", "c=0.0.0.0"])
def test_hold_raises_reinvite_then_onhold_and_stops_our_audio_until_it_is_taken_back(
    studio: Studio, way: str
) -> None:
    async def body(scene: Scene) -> None:
        peer = await connected(scene)
        await peer.hear(2)
        offer = peer.offer(version=2, direction="sendrecv" if way.startswith("c=") else way)
        if way.startswith("c="):
            offer = offer.replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0")
        peer.send_next("INVITE", offer, headers={"X-N": "2"})
        ok = await peer.response(200)
        assert {"sendonly": b"recvonly", "inactive": b"inactive"}.get(way, b"recvonly") in ok.body
        peer.acknowledge()
        await scene.until_event("OnHold")
        await asyncio.sleep(0.06)
        while not peer.hears_nothing():
            pass
        await asyncio.sleep(0.06)
        assert peer.hears_nothing()
        peer.send_next("INVITE", peer.offer(version=3))
        assert b"a=sendrecv" in (await peer.response(200)).body
        peer.acknowledge()
        await scene.until_event("OffHold")
        await peer.hear(2)
        changes = [
            name for name in scene.names() if name in {"ReInviteReceived", "OnHold", "OffHold"}
        ]
        assert changes == ["ReInviteReceived", "OnHold", "ReInviteReceived", "OffHold"]
        assert fields(scene.events[scene.names().index("ReInviteReceived")]) == {
            "mimeType": "application/sdp",
            "body": offer,
            "headers": {"X-N": "2"},
        }

    studio.play(body)


def test_a_session_refresh_raises_nothing(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        peer = await connected(scene)
        peer.send_next("INVITE", peer.offer())
        await peer.response(200)
        peer.acknowledge()
        peer.send_next("UPDATE")
        await peer.response(200)
        peer.send_next("INFO", "x", content_type="text/plain")
        await scene.until_event("InfoReceived")
        assert "ReInviteReceived" not in scene.names()

    studio.play(body)


def test_a_reinvite_without_offer_moves_the_audio_to_where_the_ack_says(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        peer = await connected(scene)
        elsewhere = RawPeer(scene.address, name="2")
        try:
            peer.send_next("INVITE")
            ok = await peer.response(200)
            assert b"m=audio" in ok.body
            peer.acknowledge(elsewhere.offer(version=2))
            await scene.until_event("ReInviteReceived")
            assert len(await elsewhere.hear(3)) == 3
        finally:
            elsewhere.close()

    studio.play(body)


def test_a_prompt_goes_on_in_the_codec_that_a_reinvite_leaves(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        peer = await connected(scene)
        scene.do("say", text="Press one.")
        await scene.until_event("PlaybackStarted")
        peer.send_next("INVITE", peer.offer(version=2, formats="8 101"))
        await peer.response(200)
        peer.acknowledge()
        await scene.until_event("PlaybackFinished")
        names = [name for name in scene.names() if name.startswith("Playback")]
        assert names == ["PlaybackReady", "PlaybackStarted", "PlaybackFinished"]
        kinds = [packet[1] & 0x7F for packet in await peer.hear(30)]
        assert set(kinds) == {0, 8}
        assert kinds == sorted(kinds)

    studio.play(body)


def test_a_reinvite_that_lists_another_codec_first_changes_nothing(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        peer = await connected(scene)
        peer.send_next("INVITE", peer.offer(version=2, formats="8 0 101"))
        assert b"RTP/AVP 0 101" in (await peer.response(200)).body
        peer.acknowledge()

    studio.play(body)


def test_a_payload_type_of_the_peers_own_is_used(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        scene.on_incoming = answer
        peer = scene.peer()
        offer = peer.offer(formats="96 101").replace(
            "a=rtpmap:101", "a=rtpmap:96 PCMU/8000\r\na=rtpmap:101"
        )
        await peer.connect(offer)
        await scene.until_event("Connected")
        packet = (await peer.hear(1))[0]
        assert packet[1] & 0x7F == 96
        port = audio_port(peer.seen[1])
        peer.rtp.sendto(struct.pack(">BBHLL", 0x80, 96, 1, 160, 5) + bytes(160), (peer.host, port))
        await scene.until_event("FirstAudioPacketReceived")

    studio.play(body)


@pytest.mark.parametrize("milliseconds", [10, 30, 40])
def test_audio_in_packets_of_another_length_is_heard_and_prompts_go_in_20_ms(
    studio: Studio, milliseconds: int
) -> None:
    async def body(scene: Scene) -> None:
        scene.on_incoming = answer
        peer = scene.peer()
        await peer.connect(peer.offer() + f"a=ptime:{milliseconds}\r\n")
        await scene.until_event("Connected")
        port, size = audio_port(peer.seen[1]), 8 * milliseconds
        for number in range(4):
            head = struct.pack(">BBHLL", 0x80, 0, number, number * size, 5)
            peer.rtp.sendto(head + bytes(size), (peer.host, port))
        await scene.until_event("FirstAudioPacketReceived")
        assert {len(packet) for packet in await peer.hear(3)} == {172}

    studio.play(body)


# Who may end a call.


def test_a_bye_with_a_wrong_tag_gets_481_and_the_call_lives(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        peer = await connected(scene)
        right = peer.call
        for wrong in (replace(right, from_tag="guess"), replace(right, to_tag="guess")):
            peer.call = wrong.next()
            peer.send("BYE")
            await peer.response(481)
        peer.call = right
        peer.send_next("OPTIONS")
        await peer.response(200)
        assert scene.do("state") is CallState.CONNECTED

    studio.play(body)


def test_a_flood_of_requests_in_a_dialog_is_put_off_and_its_bye_is_not(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        peer = await connected(scene)
        for _ in range(20):
            peer.send_next("INFO", "x", content_type="text/plain")
        await peer.response(503)
        assert scene.names().count("InfoReceived") <= 12
        peer.send_next("BYE")
        await scene.until_event("Disconnected")

    studio.play(body, request_burst=10, requests_per_second=1)


def test_a_refer_is_declined_and_the_call_lives(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        peer = await connected(scene)
        peer.send_next("REFER", headers={"Refer-To": "<sip:x@127.0.0.1>"})
        await peer.response(603)
        assert scene.do("state") is CallState.CONNECTED

    studio.play(body)


def test_ringback_is_heard_in_early_media_and_raises_no_events(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        def early(s: Scene) -> None:
            s.do("startEarlyMedia")
            s.do("playProgressTone", country="US")

        scene.on_incoming = early
        peer = scene.peer()
        peer.send("INVITE", peer.offer())
        await peer.response(183)
        sound = b"".join(packet[12:] for packet in await peer.hear(10))
        assert len(set(sound[800:])) > 20
        assert scene.names() == ["StateChanged"]
        scene.do("stopPlayback")
        assert isinstance(peer.seen[0], Response)
        assert not any(isinstance(message, Request) for message in peer.seen)

    studio.play(body)
