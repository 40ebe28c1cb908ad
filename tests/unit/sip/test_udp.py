"""The UDP transport on loopback."""

from __future__ import annotations

import asyncio
import itertools
import socket

import pytest

from dtmflow.clock import LoopClock
from dtmflow.errors import TransportError
from dtmflow.sip.events import Answered, Ended, IncomingCall, SipEvent
from dtmflow.sip.offer_answer import LocalMedia
from dtmflow.sip.settings import Settings
from dtmflow.sip.transport.udp import UdpTransport
from dtmflow.sip.user_agent import UserAgent
from support.sip_wire import tokens

pytestmark = pytest.mark.unit

MEDIA = LocalMedia("127.0.0.1", 40000)


class Party:
    """Answers what comes, hangs up what it dialled, counts what ended."""

    def __init__(self, seed: str) -> None:
        self.clock = LoopClock()
        self.agent = UserAgent(Settings("127.0.0.1", 0), tokens(seed))
        self.transport = UdpTransport(self.agent, self.clock, self.on_event)
        self.address = self.transport.open("127.0.0.1", 0)
        self.ended: list[Ended] = []
        self.done = asyncio.Event()
        self.wanted = 1

    def on_event(self, event: SipEvent) -> None:
        if isinstance(event, IncomingCall):
            self.agent.answer(event.leg, MEDIA, self.clock.now())
        elif isinstance(event, Answered):
            self.agent.hangup(event.leg, self.clock.now())
        elif isinstance(event, Ended):
            self.ended.append(event)
            if len(self.ended) == self.wanted:
                self.done.set()


def test_a_burst_of_calls_over_real_sockets_completes() -> None:
    async def run() -> None:
        callee, caller = Party("a"), Party("b")
        callee.wanted = caller.wanted = 100
        host, port = callee.address
        for _ in range(100):
            caller.agent.invite(f"sip:1@{host}:{port}", MEDIA, caller.clock.now())
        caller.transport.flush()
        async with asyncio.timeout(20):
            await caller.done.wait()
            await callee.done.wait()
        assert {event.code for event in caller.ended + callee.ended} == {200}
        caller.transport.close()
        callee.transport.close()
        callee.transport.flush()

    asyncio.run(run())


def test_noise_and_unreachable_peers_do_not_disturb_the_socket() -> None:
    async def run() -> None:
        callee, caller = Party("a"), Party("b")
        caller.agent.invite("sip:1@127.0.0.1:9", MEDIA, caller.clock.now())
        caller.agent.invite("sip:1@[::1]:9", MEDIA, caller.clock.now())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for size in itertools.islice(itertools.count(0, 700), 20):
                stranger.sendto(b"\xff" * size, callee.address)
        host, port = callee.address
        caller.agent.invite(f"sip:1@{host}:{port}", MEDIA, caller.clock.now())
        caller.transport.flush()
        async with asyncio.timeout(20):
            await callee.done.wait()
        caller.transport.close()
        callee.transport.close()

    asyncio.run(run())


def test_an_address_that_is_taken_is_told() -> None:
    async def run() -> None:
        party = Party("a")
        other = UdpTransport(party.agent, party.clock, party.on_event)
        with pytest.raises(TransportError, match=f"port {party.address[1]}"):
            other.open(*party.address)
        with pytest.raises(TransportError):
            other.open("192.0.2.1", 0)
        party.transport.close()

    asyncio.run(run())
