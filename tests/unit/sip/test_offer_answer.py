"""Session descriptions, offers and answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dtmflow.errors import RemoteProtocolError
from dtmflow.sip.offer_answer import (
    Codec,
    Direction,
    LocalMedia,
    MediaSession,
    NotAcceptable,
    build_answer,
    build_offer,
    read_answer,
)
from dtmflow.sip.sdp import MAX_LINES, parse_sdp
from support.sip_wire import MEDIA, OFFER

pytestmark = pytest.mark.unit


def answer(
    offer: str, media: LocalMedia = MEDIA, current: MediaSession | None = None
) -> tuple[str, MediaSession]:
    body, session = build_answer(
        parse_sdp(offer.encode()), media, session_id=7, version=3, current=current
    )
    return body.decode(), session


def test_an_answer_takes_the_first_codec_of_the_offer_that_we_have() -> None:
    text, session = answer(OFFER)
    assert text == (
        "v=0\r\no=- 7 3 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
        "m=audio 40000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n"
        "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
    )
    assert session == MediaSession(
        host="192.0.2.9",
        port=30000,
        codec=Codec.PCMA,
        payload_type=8,
        telephone_event=101,
        ptime_ms=20,
        direction=Direction.SENDRECV,
        held=False,
    )


def test_our_own_choice_of_codecs_counts() -> None:
    _, session = answer(OFFER, replace(MEDIA, codecs=(Codec.PCMU,)))
    assert (session.codec, session.payload_type) == (Codec.PCMU, 0)
    with pytest.raises(NotAcceptable):
        answer(OFFER.replace("8 0 101", "8"), replace(MEDIA, codecs=(Codec.PCMU,)))


def test_payload_types_are_those_of_the_offer_and_unknown_formats_are_left_out() -> None:
    offer = OFFER.replace("8 0 101", "9 111 97 98").replace(
        "a=rtpmap:101 telephone-event/8000",
        "a=rtpmap:97 pcmu/8000/1\r\na=rtpmap:98 Telephone-Event/8000\r\na=rtpmap:111 opus/48000/2",
    )
    text, session = answer(offer)
    assert "m=audio 40000 RTP/AVP 97 98\r\n" in text
    assert (session.codec, session.payload_type, session.telephone_event) == (Codec.PCMU, 97, 98)


def test_a_peer_without_telephone_events_gets_none() -> None:
    text, session = answer(OFFER.replace("8 0 101", "0"))
    assert session.telephone_event is None
    assert "telephone-event" not in text


def test_video_and_second_audio_streams_are_answered_with_port_0_in_their_places() -> None:
    streams = "m=video 5 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n"
    text, session = answer(
        OFFER.replace("m=audio", streams + "m=audio", 1) + "m=audio 7 RTP/AVP 0\r\n"
    )
    assert [line for line in text.split("\r\n") if line.startswith("m=")] == [
        "m=video 0 RTP/AVP 96",
        "m=audio 40000 RTP/AVP 8 101",
        "m=audio 0 RTP/AVP 0",
    ]
    assert session.port == 30000


def test_of_srtp_and_rtp_the_rtp_stream_is_taken() -> None:
    text, _ = answer(OFFER.replace("m=audio", "m=audio 9 RTP/SAVP 0\r\nm=audio", 1))
    assert "m=audio 0 RTP/SAVP 0\r\nm=audio 40000 RTP/AVP" in text


@pytest.mark.parametrize(
    ("ptime", "expected"), [("30", 30), ("20", 20), ("0", 20), ("x", 20), ("9999", 20)]
)
def test_the_peers_ptime_is_reported_when_it_makes_sense(ptime: str, expected: int) -> None:
    assert answer(OFFER.replace("ptime:20", f"ptime:{ptime}"))[1].ptime_ms == expected


def test_a_direction_of_the_session_counts_for_the_stream() -> None:
    offer = OFFER.replace("a=sendrecv\r\n", "").replace("t=0 0\r\n", "t=0 0\r\na=sendonly\r\n")
    text, session = answer(offer)
    assert "a=recvonly" in text
    assert session.held
    listening = answer(OFFER.replace("sendrecv", "recvonly"))[1]
    assert (listening.direction, listening.held) == (Direction.SENDONLY, False)


def test_removing_the_stream_is_answered_in_kind_only_within_a_call() -> None:
    removed = OFFER.replace("audio 30000", "audio 0")
    with pytest.raises(NotAcceptable):
        answer(removed)
    text, session = answer(removed, current=answer(OFFER)[1])
    assert "m=audio 0 RTP/AVP 8\r\n" in text
    assert (session.host, session.held, session.codec) == ("", True, Codec.PCMA)


def test_our_offer_names_both_laws_and_all_sixteen_events() -> None:
    text = build_offer(MEDIA, session_id=1, version=1).decode()
    assert "m=audio 40000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\n" in text
    assert "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15" in text
    assert "IP6 ::1" in build_offer(replace(MEDIA, host="::1"), session_id=1, version=1).decode()


def test_an_answer_to_our_offer_is_read_or_refused() -> None:
    assert read_answer(parse_sdp(OFFER.encode()), MEDIA).codec is Codec.PCMA
    for refused in ("v=0\r\no=x\r\n", OFFER.replace("audio 30000", "audio 0")):
        with pytest.raises(NotAcceptable):
            read_answer(parse_sdp(refused.encode()), MEDIA)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "v=1\r\n",
        "v=0\r\ns=-\r\n",
        "v=0\r\no=x\r\nm=audio\r\n",
        "v=0\r\no=x\r\nm=audio 99999 RTP/AVP 0\r\n",
        "v=0\r\no=x\r\nm=audio -1 RTP/AVP 0\r\n",
        "v=0\r\no=x\r\nc=IN IP4\r\n",
        "v=0\r\no=x\r\nnonsense\r\n",
        "v=0\r\no=x\r\n" + "m=audio 1 RTP/AVP 0\r\n" * 17,
        "v=0\r\no=x\r\n" + "a=b\r\n" * MAX_LINES,
    ],
)
def test_a_broken_description_is_refused(text: str) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_sdp(text.encode())


def test_a_description_may_have_bare_line_feeds_and_lines_that_nobody_knows() -> None:
    read = parse_sdp(OFFER.replace("\r\n", "\n").replace("t=0 0", "z=1 2\ni=what").encode())
    assert read.media[0].port == 30000


@pytest.mark.parametrize("host", ["phone.example.org", "2001:db8::9", "224.0.0.1", "1.2.3"])
def test_an_address_that_audio_cannot_go_to_is_not_acceptable(host: str) -> None:
    offer = OFFER.replace("192.0.2.9", host)
    with pytest.raises(NotAcceptable):
        answer(offer)
    with pytest.raises(NotAcceptable):
        read_answer(parse_sdp(offer.encode()), MEDIA)


def test_an_ipv6_address_is_taken_where_we_have_one() -> None:
    offer = OFFER.replace("IP4 192.0.2.9", "IP6 2001:db8::9")
    assert answer(offer, replace(MEDIA, host="2001:db8::1"))[1].host == "2001:db8::9"


def test_the_codec_in_use_is_kept_when_it_is_offered_again() -> None:
    current = answer(OFFER.replace("8 0 101", "0 8 101"))[1]
    assert current.codec is Codec.PCMU
    assert answer(OFFER, current=current)[1].codec is Codec.PCMU
    assert answer(OFFER.replace("8 0 101", "8 101"), current=current)[1].codec is Codec.PCMA
