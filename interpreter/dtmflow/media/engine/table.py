"""State of all legs: one numpy row each, a column for each fact.

Rows are taken lowest first, and a row's number modulo four is the spoke of the wheel on which
it sends, so the legs spread over the 20 ms.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np

from dtmflow.media.engine.ports import NOWHERE, Address, NoPort, Port
from dtmflow.media.packets import FRAME, Bytes, Ints

SPOKES = 4
RING = 32 * FRAME
"""Samples of received audio kept for each leg, by place in the stream: 640 ms."""
HEADER = 12

PACKET = np.dtype(
    [
        ("version", "u1"),
        ("type", "u1"),
        ("sequence", ">u2"),
        ("timestamp", ">u4"),
        ("ssrc", ">u4"),
        ("payload", "u1", (FRAME,)),
    ]
)


@dataclass(slots=True)
class Dialling:
    """Digits that a leg is sending as telephone events."""

    queue: list[tuple[str, int]] = field(default_factory=list)
    """Digits and token of each `Dial` that is not over; the first one is under way."""
    at: int = 0
    """Index of the digit being sent."""
    timestamp: int = 0
    duration: int = 0
    """Samples of the event so far; 0 before its first packet."""
    ends: int = 0
    """End packets sent."""
    quiet: int = 0
    """Frames of silence before the next digit."""


@dataclass(slots=True)
class Candidate:
    """A source that is not accepted yet: it must send several packets in sequence."""

    address: Address
    ssrc: int
    sequence: int
    count: int


def _ints(capacity: int, value: int = 0) -> Ints:
    return np.full(capacity, value, np.int64)


class Outgoing:
    """What the legs send, a column for each fact."""

    def __init__(self, capacity: int) -> None:
        self.packets = np.zeros(capacity, PACKET)
        """What each leg sends next; `views` are the same bytes."""
        self.packets["version"] = 0x80
        rows = self.packets.view(np.uint8).reshape(capacity, -1)
        self.views = [row.data for row in rows]
        self.sequence = _ints(capacity)
        self.timestamp = _ints(capacity)
        self.playing = np.zeros(capacity, bool)
        self.talking = np.zeros(capacity, bool)
        """Whether the last packet held a prompt; the marker bit says when that begins."""
        self.announced = np.zeros(capacity, bool)
        """Whether `PlaybackStarted` was reported."""
        self.token = _ints(capacity)
        self.first = _ints(capacity)
        self.frames = _ints(capacity)
        self.position = _ints(capacity)
        self.loop = np.zeros(capacity, bool)
        self.dialling: dict[int, Dialling] = {}
        self.sent = _ints(capacity)
        self.unsent = _ints(capacity)

    def open(self, row: int, ssrc: int, sequence: int, timestamp: int) -> None:
        """Begin a stream in a row."""
        self.packets["ssrc"][row] = ssrc
        self.sequence[row], self.timestamp[row] = sequence, timestamp
        self.playing[row] = self.talking[row] = False
        self.sent[row] = self.unsent[row] = 0

    def close(self, row: int) -> None:
        """Forget what a row was doing."""
        self.dialling.pop(row, None)


class Incoming:
    """What the legs hear, a column for each fact."""

    def __init__(self, capacity: int) -> None:
        self.heard = np.zeros(capacity, bool)
        """Whether audio of the present stream has come."""
        self.greeted = np.zeros(capacity, bool)
        """Whether `FirstAudio` was reported."""
        self.latched = np.zeros(capacity, bool)
        """Whether the source is settled by a valid packet."""
        self.heard_at = np.zeros(capacity)
        """When the last accepted packet came, in seconds."""
        self.ssrc = _ints(capacity, -1)
        self.base = _ints(capacity)
        """First extended sequence number of the stream (RFC 3550 A.1)."""
        self.highest = _ints(capacity)
        """Highest extended sequence number."""
        self.suspect = _ints(capacity, -1)
        """The sequence number that would confirm a jump, or -1 (RFC 3550 A.1)."""
        self.received = _ints(capacity)
        self.transit = np.zeros(capacity)
        self.jitter = np.zeros(capacity)
        """In samples."""
        self.origin = _ints(capacity)
        """The timestamp that counts as place 0 of the stream."""
        self.newest = _ints(capacity)
        """Place behind the newest sample in the ring."""
        self.ring: Bytes = np.zeros((capacity, RING), np.uint8)
        self.event_seen = np.zeros(capacity, bool)
        self.event_timestamp = _ints(capacity)
        self.foreign = _ints(capacity)
        self.unwanted = _ints(capacity)
        self.rtcp = _ints(capacity)
        self.listening: dict[int, int] = {}
        """Rows whose sound is reported, with the place to report next; -1 before any."""
        self.candidates: dict[int, Candidate] = {}

    def open(self, row: int) -> None:
        """Expect a stream in a row."""
        for flag in (self.heard, self.greeted, self.latched, self.event_seen):
            flag[row] = False
        for counter in (self.received, self.foreign, self.unwanted, self.rtcp):
            counter[row] = 0
        self.ssrc[row] = -1
        self.jitter[row] = 0.0

    def close(self, row: int) -> None:
        """Forget what a row was hearing."""
        self.candidates.pop(row, None)
        self.listening.pop(row, None)


class Legs:
    """The table: which leg has which row, and what both halves of the engine must know."""

    def __init__(self, capacity: int) -> None:
        self.rows: dict[int, int] = {}
        """Row of each leg by its number."""
        self.numbers = _ints(capacity)
        """Number of the leg in each row."""
        self.connected = np.zeros(capacity, bool)
        self.send_open = np.zeros(capacity, bool)
        self.receive_open = np.zeros(capacity, bool)
        self.payload_type = _ints(capacity)
        self.event_type = _ints(capacity, -1)
        self.silence = _ints(capacity)
        """Frame of the prompt memory with the law's silence."""
        self.ports: list[Port] = [NoPort()] * capacity
        self.remote: list[Address] = [NOWHERE] * capacity
        """Where each leg sends."""
        self.source: list[Address] = [NOWHERE] * capacity
        """The address whose packets it accepts."""
        self.outgoing = Outgoing(capacity)
        self.incoming = Incoming(capacity)
        self._free = list(range(capacity))
        self._sending: list[Ints | None] = [None] * SPOKES

    def open(self, number: int, port: Port) -> int:
        """Take the lowest free row for a leg."""
        row = heapq.heappop(self._free)
        self.rows[number], self.numbers[row], self.ports[row] = row, number, port
        self.send_open[row] = self.receive_open[row] = True
        self.source[row] = self.remote[row] = NOWHERE
        self.incoming.open(row)
        return row

    def close(self, number: int) -> None:
        """Free a leg's row."""
        row = self.rows.pop(number)
        self.connected[row] = False
        self.ports[row] = NoPort()
        self.outgoing.close(row)
        self.incoming.close(row)
        heapq.heappush(self._free, row)
        self.changed(row)

    def changed(self, row: int) -> None:
        """Say that it must be looked at again whether a row sends."""
        self._sending[row % SPOKES] = None

    def sending(self, spoke: int) -> Ints:
        """Return the rows that send on a spoke."""
        rows = self._sending[spoke]
        if rows is None:
            ready = self.connected[spoke::SPOKES] & self.send_open[spoke::SPOKES]
            rows = np.flatnonzero(ready) * SPOKES + spoke
            self._sending[spoke] = rows
        return rows
