"""How fast signalling is: `pytest -s -m bench tests/bench/bench_sip.py`."""

from __future__ import annotations

import time

import pytest

from dtmflow.sip.events import Answered, IncomingCall
from dtmflow.sip.messages import parse
from dtmflow.sip.settings import Settings
from dtmflow.sip.user_agent import UserAgent
from support.sip_wire import MEDIA, OFFER, Call, tokens

pytestmark = pytest.mark.bench

CALLER, CALLEE = ("192.0.2.9", 5060), ("192.0.2.1", 5060)


def test_messages_parsed_per_second(capsys: pytest.CaptureFixture[str]) -> None:
    invite, count = Call().request("INVITE", OFFER), 20_000
    start = time.perf_counter()
    for _ in range(count):
        parse(invite)
    rate = count / (time.perf_counter() - start)
    with capsys.disabled():
        print(f"\nINVITEs parsed: {rate:.0f}/s, {1e6 / rate:.1f} us each")  # noqa: T201 - a figure to read
    assert rate > 5_000


def test_set_ups_per_second_through_two_agents(capsys: pytest.CaptureFixture[str]) -> None:
    """INVITE, 100, 180, 200, ACK, BYE, 200: both sides counted, three minutes of timers kept."""
    count = 3_000
    limits = {"max_legs": 10**6, "setups_per_second": 1e9, "setup_burst": 10**9}
    limits |= {"total_setups_per_second": 1e9, "total_setup_burst": 10**9}
    caller = UserAgent(Settings(*CALLER, **limits), tokens("c"))  # type: ignore[arg-type]
    callee = UserAgent(Settings(*CALLEE, **limits), tokens("d"))  # type: ignore[arg-type]
    done = 0
    start = time.perf_counter()
    for number in range(count):
        now = number / 300
        caller.invite("sip:100@192.0.2.1", MEDIA, now)
        done += carry(caller, callee, now)
        for agent in (caller, callee):
            agent.fire_timers(now)
    rate = done / (time.perf_counter() - start)
    with capsys.disabled():
        print(f"\nset-ups with both ends: {rate:.0f}/s, {1e6 / rate:.0f} us each")  # noqa: T201 - a figure to read
    assert done == count
    assert rate > 300


def carry(caller: UserAgent, callee: UserAgent, now: float) -> int:
    """Exchange datagrams until both are silent; return how many calls were answered."""
    answered = 0
    while True:
        to_callee, to_caller = caller.datagrams(), callee.datagrams()
        for data, _ in to_callee:
            callee.receive(data, CALLER, now)
        for data, _ in to_caller:
            caller.receive(data, CALLEE, now)
        for event in callee.events():
            if isinstance(event, IncomingCall):
                callee.ring(event.leg, now)
                callee.answer(event.leg, MEDIA, now)
        for happened in caller.events():
            if isinstance(happened, Answered):
                answered += 1
                caller.hangup(happened.leg, now)
        if not to_callee and not to_caller:
            return answered
