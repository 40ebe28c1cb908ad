"""What a hostile network sends to a SIP port and to an RTP port; bounded, from loopback only."""

from __future__ import annotations

import random
import socket
import struct
from collections.abc import Iterator
from dataclasses import replace

from support.sip_wire import OFFER, Call

Address = tuple[str, int]


def garbage(chance: random.Random, count: int) -> Iterator[bytes]:
    """Yield bytes without any sense, of all lengths."""
    for _ in range(count):
        yield chance.randbytes(chance.choice((0, 1, 3, 12, 100, 1400, 9000)))


def almost_sip(invite: bytes, chance: random.Random, count: int) -> Iterator[bytes]:
    """Yield an INVITE cut short, with lies about its length, with bytes knocked over."""
    head, _, body = invite.partition(b"\r\n\r\n")
    for _ in range(count):
        spoilt = bytearray(invite)
        for _ in range(chance.randrange(1, 8)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        lie = chance.choice((b"-1", b"0", b"99999999999", b"1e9", b"", b"\xff", b"5"))
        lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
        yield chance.choice(
            (
                bytes(spoilt),
                invite[: chance.randrange(len(invite))],
                b"\r\n".join([*lines, b"Content-Length: " + lie, b"", body]),
                invite.replace(b"\r\n", b"\n\r"),
                invite.replace(b"Call-ID: ", b"Call-ID: \0\x1b[2J"),
                head + b"\r\n" + b"X-A: b\r\n" * chance.choice((100, 200, 4000)) + b"\r\n",
                head + b"\r\nX-Long: " + b"a" * chance.choice((4000, 60_000)) + b"\r\n\r\n",
                invite + b"x" * 60_000,
            )
        )


def nobodys(call: Call) -> Iterator[bytes]:
    """Yield requests and responses that want to end or to change a call of somebody else."""
    guess = replace(call, from_tag="guess", branch="z9hG4bK-guess").next()
    for wrong in (guess, replace(guess, from_tag=call.from_tag, to_tag="guess")):
        for method in ("BYE", "CANCEL", "INVITE", "UPDATE", "INFO", "ACK", "REFER"):
            yield wrong.request(method, OFFER if method in {"INVITE", "UPDATE"} else "")
    for code in (100, 200, 403, 481, 699):
        yield (
            f"SIP/2.0 {code} No\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK-guess\r\n"
            f"From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: {call.call_id}\r\n"
            "CSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n"
        ).encode()


def invites(call: Call, count: int, name: str) -> Iterator[bytes]:
    """Yield so many new calls that will never be acknowledged."""
    for number in range(count):
        each = replace(
            call, call_id=f"{name}-{number}", branch=f"z9hG4bK-{name}-{number}", to_tag=""
        )
        yield each.request("INVITE", OFFER.replace("192.0.2.9", "127.0.0.1"))


def false_audio(chance: random.Random, count: int) -> Iterator[bytes]:
    """Yield garbage, audio and pressed keys for an RTP port, with a stream of their own."""
    for number in range(count):
        audio = struct.pack(">BBHLL", 0x80, 0, number & 0xFFFF, number * 160, 666) + bytes(160)
        key = struct.pack(">BBHLL", 0x80, 101, number & 0xFFFF, number * 160, 666) + b"\x09\x8a\3 "
        rtcp = struct.pack(">BBHL", 0x80, 203, 1, 666)
        yield chance.choice(
            (audio, key, rtcp, chance.randbytes(chance.randrange(300)), b"", audio[:13])
        )


def send(target: Address, datagrams: Iterator[bytes], *, pause_every: int = 50) -> int:
    """Send all of them from one socket of its own; returns how many.

    Loopback drops what the other side's buffer has no room for, so nobody is flooded by more
    than it can take in; after `pause_every` datagrams the sender lets others run.
    """
    sent = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 0))
        sender.settimeout(0.001)
        for datagram in datagrams:
            sender.sendto(datagram, target)
            sent += 1
            if sent % pause_every == 0:
                while True:
                    try:
                        sender.recv(65536)
                    except TimeoutError:
                        break
    return sent
