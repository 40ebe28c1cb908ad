"""Whole calls between two agents over a network that loses, delays and doubles datagrams."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dtmflow.clock import VirtualClock
from dtmflow.sip.events import (
    Acked,
    Answered,
    Ended,
    EndedBy,
    Failed,
    IncomingCall,
    LegId,
    Ringing,
    SipEvent,
)
from dtmflow.sip.offer_answer import LocalMedia
from dtmflow.sip.settings import Settings
from dtmflow.sip.transport.driver import Driver
from dtmflow.sip.user_agent import UserAgent
from support.lossy_link import LossyLink, Weather
from support.sip_wire import tokens

pytestmark = pytest.mark.unit

CALLER, CALLEE = ("192.0.2.9", 5060), ("192.0.2.1", 5060)


class Callee:
    """Rings for two seconds, answers, and notes how each call went."""

    def __init__(self, link: LossyLink) -> None:
        self.clock = link.clock
        self.agent = UserAgent(Settings(*CALLEE), tokens("b"))
        self.driver: Driver = link.join(self.agent, CALLEE, self.on_event)
        self.acked: set[LegId] = set()
        self.ended: list[Ended] = []

    def on_event(self, event: SipEvent) -> None:
        if isinstance(event, IncomingCall):
            self.agent.ring(event.leg, self.clock.now())
            self.clock.call_later(2.0, lambda: self.answer(event.leg))
        elif isinstance(event, Acked):
            self.acked.add(event.leg)
        elif isinstance(event, Ended):
            self.ended.append(event)

    def answer(self, leg: LegId) -> None:
        self.agent.answer(leg, LocalMedia(CALLEE[0], 40000), self.clock.now())
        self.driver.flush()


class Caller:
    """Hangs up ten seconds after the answer."""

    def __init__(self, link: LossyLink) -> None:
        self.clock = link.clock
        self.agent = UserAgent(Settings(*CALLER), tokens("c"))
        self.driver: Driver = link.join(self.agent, CALLER, self.on_event)
        self.answered = self.rang = 0
        self.failed: list[Failed] = []
        self.ended: list[Ended] = []

    def dial(self, headers: Mapping[str, str] | None = None) -> None:
        now = self.clock.now()
        target = f"sip:100@{CALLEE[0]}:{CALLEE[1]}"
        self.agent.invite(target, LocalMedia(CALLER[0], 30000), now, headers=headers or {})
        self.driver.flush()

    def on_event(self, event: SipEvent) -> None:
        if isinstance(event, Answered):
            self.answered += 1
            self.clock.call_later(10.0, lambda: self.hangup(event.leg))
        elif isinstance(event, Ringing):
            self.rang += 1
        elif isinstance(event, Failed):
            self.failed.append(event)
        elif isinstance(event, Ended):
            self.ended.append(event)

    def hangup(self, leg: LegId) -> None:
        self.agent.hangup(leg, self.clock.now())
        self.driver.flush()


def run(weather: Weather, calls: int, seed: int = 4) -> tuple[Caller, Callee, LossyLink]:
    clock = VirtualClock()
    link = LossyLink(clock, weather, seed)
    callee, caller = Callee(link), Caller(link)
    for number in range(calls):
        clock.call_later(0.05 * number, caller.dial)
    clock.advance(200)
    return caller, callee, link


@pytest.mark.parametrize(
    "weather",
    [
        Weather(),
        Weather(loss=0.05, duplicates=0.05, jitter=0.05),
        Weather(loss=0.20, duplicates=0.10, jitter=0.20),
        Weather(duplicates=1.0, jitter=1.5),
    ],
    ids=["clear", "5 % loss", "20 % loss", "all doubled, far out of order"],
)
def test_a_hundred_calls_complete_whatever_the_weather(weather: Weather) -> None:
    caller, callee, link = run(weather, 100)
    assert caller.failed == []
    assert caller.answered == 100
    assert len(callee.acked) == 100
    assert {(event.code, event.by) for event in caller.ended} == {(200, EndedBy.US)}
    assert {(event.code, event.by) for event in callee.ended} == {(200, EndedBy.PEER)}
    assert len(caller.ended) == len(callee.ended) == 100
    assert (link.lost > 0) == (weather.loss > 0)
    assert caller.agent.legs == callee.agent.legs == 0


def test_nothing_is_kept_of_calls_that_are_over() -> None:
    caller, callee, _ = run(Weather(loss=0.2, duplicates=0.1, jitter=0.1), 50)
    for agent in (caller.agent, callee.agent):
        stack = agent._stack
        assert (stack.legs, stack.dialogs, stack.calls) == ({}, {}, {})
        assert len(stack.transactions) == 0
        assert agent.next_timer() is None


def test_without_any_network_every_call_fails_with_408() -> None:
    caller, callee, _ = run(Weather(loss=1.0), 5)
    assert [event.code for event in caller.failed] == [408] * 5
    assert callee.agent.legs == 0


def test_the_same_seed_is_the_same_weather() -> None:
    weather = Weather(loss=0.2, duplicates=0.1, jitter=0.1)
    first, second, other = (run(weather, 10, seed)[2] for seed in (1, 1, 2))
    assert (first.carried, first.lost, first.doubled) == (
        second.carried,
        second.lost,
        second.doubled,
    )
    assert (first.carried, first.lost) != (other.carried, other.lost)
