from __future__ import annotations

import pytest

from dtmflow.errors import RemoteProtocolError
from dtmflow.media.packets import RtpPacket, TelephoneEvent

pytestmark = pytest.mark.unit


def test_a_packet_has_the_bytes_of_rfc_3550() -> None:
    packet = RtpPacket(8, 0x1234, 0x89ABCDEF, 0xDEADBEEF, b"sound", marker=True)
    assert packet.build() == bytes.fromhex("8088 1234 89abcdef deadbeef") + b"sound"


def test_csrc_extension_and_padding_are_skipped() -> None:
    data = bytes.fromhex("b1 00 0001 00000002 00000003 0000000a bede0001 01020304")
    assert RtpPacket.parse(data + b"sound" + b"\0\0\3").payload == b"sound"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\x80" * 11, "no header"),
        (b"\x40" + bytes(20), "version 1"),
        (b"\x80\xc8" + bytes(26), "RTCP"),
        (b"\x90" + bytes(13), "extension"),
        (b"\x8f" + bytes(20), "longer"),
        (b"\xa0" + bytes(12) + b"\xff", "longer"),
    ],
)
def test_what_is_no_rtp_is_refused_with_its_reason(data: bytes, problem: str) -> None:
    with pytest.raises(RemoteProtocolError, match=problem):
        RtpPacket.parse(data)


def test_an_event_has_the_bytes_of_rfc_4733() -> None:
    event = TelephoneEvent(11, end=True, duration=800)
    assert event.build() == bytes.fromhex("0b8a0320")
    assert TelephoneEvent.parse(event.build()) == event


def test_a_cut_event_is_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="under 4 bytes"):
        TelephoneEvent.parse(b"\x01\x0a\x00")
