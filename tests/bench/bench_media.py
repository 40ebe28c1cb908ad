"""How many calls one core carries: prompts out, audio in, measured from outside.

    python tests/bench/bench_media.py --legs 300 --seconds 8

The media process and its control process stand on one core, the peer on another. The peer takes
the kernel's receive stamps, which on loopback are set inside the sender's call, so its own
scheduling does not blur the figures. A deviation is a packet's distance from the 20 ms grid of
its own stream, laid through the median. `--busy` keeps the control process computing all the
while. Figures of a shared machine vary.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import struct
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from dtmflow.media.codecs import Clip, Law
from dtmflow.media.engine.messages import MediaEvent, Statistics
from dtmflow.media.gateway import Gateway

pytestmark = pytest.mark.bench

HOST = "127.0.0.1"
STAMP = 35  # SO_TIMESTAMPNS
FORCED = 33  # SO_RCVBUFFORCE


def peer(ports: list[int], seconds: float) -> None:
    """Send a stream to each port and note each packet that comes back; JSON to stdout."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sink.bind((HOST, 0))
    sink.settimeout(0)
    for option in (socket.SO_RCVBUF, FORCED):
        try:
            sink.setsockopt(socket.SOL_SOCKET, option, 32 << 20)
        except PermissionError:
            continue
    sink.setsockopt(socket.SOL_SOCKET, STAMP, 1)
    sys.stdout.write(f"{sink.getsockname()[1]}\n")
    sys.stdout.flush()
    sys.stdin.readline()
    index = {port: number for number, port in enumerate(ports)}
    targets = [(HOST, port) for port in ports]
    notes: list[tuple[int, int, int]] = []
    start = time.monotonic()
    sent = 0
    spokes = 20
    total = int(seconds * 50) * spokes
    number = 0
    while number < total or time.monotonic() < start + seconds + 0.3:
        due = start + number * 0.001
        if number < total and time.monotonic() >= due:
            turn, spoke = divmod(number, spokes)
            for leg in range(spoke, len(ports), spokes):
                head = struct.pack(">BBHLL", 0x80, 0, turn & 0xFFFF, turn * 160, leg + 1)
                sent += sink.sendto(head + b"\x55" * 160, targets[leg]) == 172
            number += 1
            continue
        # Not a selector: waking this process at each packet would be charged to the sender.
        time.sleep(max(0.0, min(due - time.monotonic(), 0.001)))  # noqa: TID251 - a process of its own
        for _ in range(200):
            try:
                data, control, _, source = sink.recvmsg(256, 64)
            except BlockingIOError:
                break
            seconds_part, nanoseconds = struct.unpack("qq", control[0][2][:16])
            sequence = int.from_bytes(data[2:4], "big")
            notes.append((index[source[1]], sequence, seconds_part * 10**9 + nanoseconds))
    sys.stdout.write(json.dumps({"sent": sent, **assess(np.array(notes), len(ports))}) + "\n")


def assess(notes: np.ndarray, legs: int) -> dict[str, float]:
    """Return what the packets that came tell: losses and distances from the grid, in ms."""
    deviations = []
    lost = streams = 0
    for leg in range(legs):
        mine = notes[notes[:, 0] == leg]
        if not len(mine):
            continue
        streams += 1
        step = (np.diff(mine[:, 1]) + 32768) % 65536 - 32768
        place = np.concatenate([[0], np.cumsum(step)])
        lost += int(place.max() - place.min() + 1 - len(np.unique(place)))
        phase = mine[:, 2] - place * 20_000_000
        deviations.append(np.abs(phase - np.median(phase)) / 1e6)
    away = np.concatenate(deviations)
    return {
        "streams": streams,
        "got": len(notes),
        "lost_out": lost,
        "p50_ms": round(float(np.quantile(away, 0.5)), 3),
        "p99_ms": round(float(np.quantile(away, 0.99)), 3),
        "max_ms": round(float(away.max()), 3),
        "over_10_ms": float((away > 10).mean()),
    }


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process, from the scheduler's own count in ns."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


class Events(list[MediaEvent]):
    """What the legs report."""

    def __init__(self) -> None:
        super().__init__()
        self._news = asyncio.Event()

    def take(self, event: MediaEvent) -> None:
        self.append(event)
        self._news.set()

    async def until(self, count: int) -> None:
        while len(self) < count:
            self._news.clear()
            await self._news.wait()


async def measure(legs: int, seconds: float, *, busy: bool = False) -> dict[str, float]:
    """Run so many legs for so long and return the figures."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    gateway = Gateway()
    await gateway.start()
    pid = gateway.pid
    assert pid is not None
    sound = np.random.default_rng(1).integers(0, 256, 250 * 160, dtype=np.uint8).tobytes()
    clip = Clip("bench", Law.PCMU, sound, 5000)
    found = Events()
    opened = [gateway.open(HOST, found.take) for _ in range(legs)]
    os.sched_setaffinity(0, cores)
    command = (sys.executable, __file__, "--peer", str(seconds))
    other = await asyncio.create_subprocess_exec(
        *command,
        *(str(leg.port) for leg in opened),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert other.stdin is not None
    assert other.stdout is not None
    os.sched_setaffinity(0, {min(cores)})
    port = int(await other.stdout.readline())
    for leg in opened:
        leg.connect(HOST, port, law=Law.PCMU, telephone_event=101)
        leg.play(clip, loop=True)
    await found.until(legs)
    other.stdin.write(b"go\n")
    await asyncio.sleep(0.5)
    before, began = cpu_seconds(pid), time.monotonic()
    while time.monotonic() < began + seconds - 1:
        if busy:
            sum(number * number for number in range(20000))
        await asyncio.sleep(0 if busy else 0.1)
    used, wall = cpu_seconds(pid) - before, time.monotonic() - began
    report = json.loads(await other.stdout.readline())
    for leg in opened:
        leg.statistics()
    await found.until(3 * legs)  # playback started, first audio, statistics
    statistics = [event for event in found if isinstance(event, Statistics)]
    await gateway.close()
    await other.wait()
    os.sched_setaffinity(0, cores)
    received = sum(event.received for event in statistics)
    return {
        "legs": legs,
        "seconds": seconds,
        "core_percent": round(100 * used / wall, 1),
        "core_percent_per_call": round(100 * used / wall / legs, 4),
        "lost_in": report.pop("sent") - received,
        "jitter_in_ms": round(max(event.jitter_ms for event in statistics), 2),
        **report,
    }


def test_300_calls_on_one_core_lose_nothing_and_keep_their_grid() -> None:
    figures = asyncio.run(measure(300, 6, busy=True))
    assert figures["streams"] == 300
    assert figures["lost_in"] == figures["lost_out"] == 0
    assert figures["over_10_ms"] < 0.005


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--legs", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--peer", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        peer([int(port) for port in options.peer[1:]], float(options.peer[0]))
    else:
        figures = asyncio.run(measure(options.legs, options.seconds, busy=options.busy))
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
