"""A network in memory and a wheel on virtual time, to run the real engine in."""

from __future__ import annotations

import itertools
from collections import deque

import numpy as np

from dtmflow.media.bank import PromptBank
from dtmflow.media.codecs import Clip, Law
from dtmflow.media.engine.engine import Engine
from dtmflow.media.engine.messages import Connect, MediaEvent, Open, Play
from dtmflow.media.engine.ports import Address, Port
from dtmflow.media.engine.wheel import Wheel
from dtmflow.media.packets import FRAME, RtpPacket, TelephoneEvent

EVENTS = 101
"""Payload type of telephone events."""


class Network:
    """Ports by address; what is sent to one waits there. Every datagram is kept with its time."""

    def __init__(self) -> None:
        self.now = 100.0
        self.ports: dict[Address, MemoryPort] = {}
        self.log: list[tuple[float, Address, Address, bytes]] = []

    def send(self, data: bytes, source: Address, target: Address) -> None:
        self.log.append((self.now, source, target, data))
        if target in self.ports:
            self.ports[target].waiting.append((data, source))


class MemoryPort:
    _numbers = itertools.count(1000)

    def __init__(self, network: Network, address: Address) -> None:
        self.network, self.address = network, address
        self.waiting: deque[tuple[bytes, Address]] = deque()
        self.number = next(self._numbers)
        self.broken = False
        network.ports[address] = self

    def sendto(self, data: memoryview | bytes, address: Address, /) -> int:
        if self.broken:
            raise OSError("network is unreachable")
        self.network.send(bytes(data), self.address, address)
        return len(data)

    def recvfrom_into(self, buffer: memoryview, /) -> tuple[int, Address]:
        data, source = self.waiting.popleft()
        size = min(len(data), len(buffer))
        buffer[:size] = data[:size]
        return size, source

    def fileno(self) -> int:
        return self.number

    def close(self) -> None:
        del self.network.ports[self.address]


class MemoryPorts:
    def __init__(self) -> None:
        self.rows: dict[int, tuple[int, Port]] = {}

    def add(self, row: int, port: Port) -> None:
        self.rows[port.fileno()] = (row, port)

    def remove(self, port: Port) -> None:
        del self.rows[port.fileno()]
        port.close()

    def ready(self) -> list[int]:
        return [
            row
            for row, port in self.rows.values()
            if isinstance(port, MemoryPort) and port.waiting
        ]


class Studio:
    """An engine, its network and a wheel that runs as fast as the arithmetic goes."""

    def __init__(self, capacity: int = 64) -> None:
        self.network = Network()
        self.events: list[MediaEvent] = []
        self.bank = PromptBank(1 << 20)
        self.engine = Engine(
            capacity=capacity,
            frames=self.bank.frames,
            ports=MemoryPorts(),
            emit=self.events.append,
        )
        self.wheel = Wheel(self.engine, lambda: self.network.now, self.sleep)
        self.oversleep = 0.0

    def sleep(self, seconds: float) -> None:
        self.network.now += seconds + self.oversleep
        self.oversleep = 0.0

    def run(self, seconds: float) -> None:
        end = self.network.now + seconds - 1e-9
        while self.network.now < end:
            self.wheel.turn()

    def call(
        self,
        leg: int = 1,
        *,
        law: Law = Law.PCMU,
        events: int = EVENTS,
        sequence: int = 65530,
        timestamp: int = 2**32 - 800,
    ) -> Caller:
        """Open and connect a leg to a caller of its own."""
        ours = MemoryPort(self.network, ("10.0.0.1", 20000 + 2 * leg))
        self.engine.open(Open(leg, 7000 + leg, sequence, timestamp), ours)
        caller = Caller(self.network, ("10.0.0.2", 30000 + 2 * leg), ours.address, law)
        host, port = caller.port.address[:2]
        self.engine.apply(Connect(leg, host, port, law.value, law.payload_type, events))
        return caller

    def play(self, leg: int, clip: Clip, *, token: int = 1, loop: bool = False) -> None:
        first, frames = self.bank.acquire(clip)
        self.engine.apply(Play(leg, token, first, frames, loop))


class Caller:
    """The far end of a leg."""

    def __init__(self, network: Network, own: Address, peer: Address, law: Law) -> None:
        self.port = MemoryPort(network, own)
        self.peer, self.law = peer, law
        self.sequence, self.timestamp, self.ssrc = 65534, 2**32 - 160, 0xCA11E8

    def packets(self) -> list[RtpPacket]:
        """Return the packets that have come since the last time."""
        received = [RtpPacket.parse(data) for data, _ in self.port.waiting]
        self.port.waiting.clear()
        return received

    def say(
        self,
        payload: bytes | None = None,
        *,
        lose: bool = False,
        payload_type: int | None = None,
        source: MemoryPort | None = None,
    ) -> None:
        """Send 20 ms."""
        payload = bytes([0x55]) * FRAME if payload is None else payload
        kind = self.law.payload_type if payload_type is None else payload_type
        packet = RtpPacket(kind, self.sequence & 0xFFFF, self.timestamp, self.ssrc, payload)
        self.sequence += 1
        self.timestamp = self.timestamp + len(payload) & 0xFFFFFFFF
        if not lose:
            (source or self.port).sendto(packet.build(), self.peer)

    def key(self, code: int, duration: int, *, end: bool = False, lose: bool = False) -> None:
        """Send one packet of a key; the timestamp moves on with `release`."""
        payload = TelephoneEvent(code, end=end, duration=duration).build()
        packet = RtpPacket(EVENTS, self.sequence & 0xFFFF, self.timestamp, self.ssrc, payload)
        self.sequence += 1
        if not lose:
            self.port.sendto(packet.build(), self.peer)

    def press(self, code: int) -> None:
        """Send a key of 100 ms all at once."""
        for duration in (160, 320, 480, 640):
            self.key(code, duration)
        for _ in range(3):
            self.key(code, 800, end=True)
        self.timestamp = self.timestamp + 1600 & 0xFFFFFFFF


def melody(frames: int, law: Law = Law.PCMU, seed: int = 1) -> Clip:
    """Return a clip in which every frame differs."""
    payload = np.random.default_rng(seed).integers(0, 256, frames * FRAME, dtype=np.uint8)
    return Clip(("melody", seed, frames, law), law, payload.tobytes(), frames * 20)
