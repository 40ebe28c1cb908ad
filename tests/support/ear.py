"""Many callers' RTP ends, outside of the program under test.

Binds a UDP socket per caller, stamps every packet with the kernel's receive time and, when
asked, answers with 50 packets a second of steady mu-law audio and presses a key by RFC 4733.
Runs as a program of its own: `python ear.py --callers 300 --base 20000 --seconds 30 --out FILE`.
It prints `ready`, and at the end writes one `.npz` with `caller, at_ns, payload_type, marker,
sequence, timestamp, ssrc, size` and the payloads (160 bytes, zero padded) of what was heard, and
`sent`, the packets of each caller, and `dropped`, what the ear was too slow to hear in all.
"""

from __future__ import annotations

import argparse
import contextlib
import select
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

FRAME_BYTES = 160
SO_TIMESTAMPNS = 35
SO_RCVBUFFORCE = 33
SPACE = socket.CMSG_SPACE(16)
NAP = 0.002
"""Seconds between two looks. No selector wakes the ear at each packet, for that would be charged
to the program under test where a network card would do it; the kernel's stamps are exact."""


@dataclass
class Caller:
    socket: socket.socket
    remote: tuple[str, int] | None = None
    sequence: int = 1
    timestamp: int = 0
    due: float = 0.0
    until: float = 0.0
    press_at: float = 0.0
    digits: list[bytes] = field(default_factory=list)
    sent: int = 0


def events(digit: str, sequence: int, timestamp: int, ssrc: int, payload_type: int) -> list[bytes]:
    """RFC 4733 2.5.1: a key of 100 ms, its end packet three times."""
    code = "0123456789*#".index(digit)
    packets = []
    for number in range(8):
        end = number >= 5
        duration = 160 * min(number + 1, 6)
        header = struct.pack(
            ">BBHLL",
            0x80,
            (0x80 if number == 0 else 0) | payload_type,
            (sequence + number) & 0xFFFF,
            timestamp,
            ssrc,
        )
        packets.append(header + struct.pack(">BBH", code, (0x80 if end else 0) | 10, duration))
    return packets


def bind(arguments: argparse.Namespace) -> list[Caller]:
    """Bind the callers' ports and ask the kernel for receive times."""
    callers = []
    for index in range(arguments.callers):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        with contextlib.suppress(OSError):  # only root may
            one.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 20)
        one.settimeout(0)
        one.bind((arguments.host, arguments.base + arguments.step * index))
        callers.append(Caller(one))
    return callers


def hear(
    caller: Caller,
    index: int,
    rows: list[tuple[int, int, bytes]],
    now: float,
    arguments: argparse.Namespace,
) -> None:
    """Take one packet; the first tells where to send to."""
    try:
        data, ancillary, _, source = caller.socket.recvmsg(512, SPACE)
    except OSError:
        return
    seconds, nanoseconds = struct.unpack("qq", ancillary[0][2][:16])
    rows.append((index, seconds * 1_000_000_000 + nanoseconds, data))
    if caller.remote is None:
        caller.remote, caller.due = source, now
        caller.until = now + (arguments.speak or arguments.seconds)
        caller.press_at = now + arguments.press_after


def listen(arguments: argparse.Namespace) -> None:
    """Hear and speak for every caller until told to stop, then write what was heard."""
    tone = np.sin(np.arange(FRAME_BYTES) * 2 * np.pi * 5 / FRAME_BYTES) * 20 + 128
    payload = tone.astype("u1").tobytes()
    callers = bind(arguments)
    poller = select.epoll()
    by_descriptor = {caller.socket.fileno(): index for index, caller in enumerate(callers)}
    for descriptor in by_descriptor:
        poller.register(descriptor, select.EPOLLIN)
    rows: list[tuple[int, int, bytes]] = []
    told_to_stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _frame: told_to_stop.append(got))
    print("ready", flush=True)
    end = time.monotonic() + arguments.seconds
    while not told_to_stop and (now := time.monotonic()) < end:
        time.sleep(NAP)  # noqa: TID251 - a program of its own, in real time
        for descriptor, _ in poller.poll(0, 4096):
            index = by_descriptor[descriptor]
            hear(callers[index], index, rows, now, arguments)
        for index, caller in enumerate(callers if arguments.audio else ()):
            while caller.remote is not None and caller.due <= min(now, caller.until):
                send(caller, index, payload, arguments)
    save(rows, callers, arguments.out)
    for caller in callers:
        caller.socket.close()
    print(f"sent {sum(caller.sent for caller in callers)} received {len(rows)}", flush=True)


def send(caller: Caller, index: int, payload: bytes, arguments: argparse.Namespace) -> None:
    """Send what is due: a queued key event, else a frame of audio."""
    assert caller.remote is not None
    if arguments.press and caller.due >= caller.press_at:
        caller.digits = events(
            arguments.press, caller.sequence, caller.timestamp, index + 1, arguments.event_type
        )
        caller.press_at = caller.due + (arguments.press_every or arguments.seconds)
    if caller.digits:
        packet = caller.digits.pop(0)
    else:
        packet = (
            struct.pack(
                ">BBHLL",
                0x80,
                0,
                caller.sequence & 0xFFFF,
                caller.timestamp & 0xFFFFFFFF,
                index + 1,
            )
            + payload
        )
    with contextlib.suppress(OSError):
        caller.socket.sendto(packet, caller.remote)
    caller.sent += 1
    caller.sequence += 1
    caller.timestamp += FRAME_BYTES
    caller.due += 0.02


def dropped(callers: list[Caller]) -> int:
    """Return how many packets the kernel had no room for in the callers' sockets."""
    ports = {caller.socket.getsockname()[1] for caller in callers}
    lines = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
    return sum(int(line[-1]) for line in lines if int(line[1].rpartition(":")[2], 16) in ports)


def save(rows: list[tuple[int, int, bytes]], callers: list[Caller], out: Path) -> None:
    """Write what was heard as arrays, one row a packet."""
    rows = [row for row in rows if len(row[2]) >= 12]
    payloads = np.zeros((len(rows), FRAME_BYTES), "u1")
    heads = [struct.unpack(">BBHLL", data[:12]) for _, _, data in rows]
    for number, (_, _, data) in enumerate(rows):
        body = np.frombuffer(data[12 : 12 + FRAME_BYTES], "u1")
        payloads[number, : len(body)] = body
    np.savez(
        out,
        caller=np.array([row[0] for row in rows], "i4"),
        at_ns=np.array([row[1] for row in rows], "i8"),
        payload_type=np.array([head[1] & 0x7F for head in heads], "u1"),
        marker=np.array([head[1] >> 7 for head in heads], "u1"),
        sequence=np.array([head[2] for head in heads], "u2"),
        timestamp=np.array([head[3] for head in heads], "u4"),
        ssrc=np.array([head[4] for head in heads], "u4"),
        size=np.array([len(row[2]) for row in rows], "i4"),
        payload=payloads,
        sent=np.array([caller.sent for caller in callers], "i4"),
        dropped=np.array([dropped(callers)], "i4"),
    )


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--callers", type=int, default=20)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--base", type=int, default=20000)
    parser.add_argument("--step", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--audio", action="store_true", help="send 50 packets a second back")
    parser.add_argument("--press", default="", help="key to press by RFC 4733")
    parser.add_argument("--press-after", type=float, default=0.0, help="seconds, also of audio")
    parser.add_argument("--press-every", type=float, default=0.0, help="seconds; 0 is once")
    parser.add_argument(
        "--speak", type=float, default=0.0, help="seconds of audio; 0 is all along"
    )
    parser.add_argument("--event-type", type=int, default=101)
    parser.add_argument("--out", type=Path, required=True)
    listen(parser.parse_args())
    return 0


if __name__ == "__main__":
    sys.exit(main())
