"""What a running flow costs: starting a session, an event through `feed`, memory.

`pytest -s -m bench tests/bench/bench_running.py` prints the figures; limits are ratios (see
`support.pace`). The flow is a menu with a guard per key, as most are; the calls do nothing.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from dtmflow.clock import VirtualClock
from dtmflow.running import step
from dtmflow.running.context import Context, LegFacts, fresh
from dtmflow.running.effects import LegEvent
from dtmflow.running.session import Session
from dtmflow_schema.base import CallId, CallState, Command
from dtmflow_schema.events.dtmf import ToneReceived
from dtmflow_schema.events.lifecycle import Connected, OnHold
from support.pace import Cost, cost
from support.programs import compiled

pytestmark = pytest.mark.bench

R = TypeVar("R")
NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SESSIONS = 500

MENU = compiled("""
    vars: {tries: 0, name: ""}
    states:
      ringing: {do: answer, on: {Connected: main}}
      main:
        menu:
          say: Press 1 for sales or 2 for the workshop.
          timeout: 5s
          choices: {"1": main, "2": main, "9": end}
        on: {exhausted: end}
""")
KEY = LegEvent("caller", ToneReceived(tone="2"))
UNHEARD = LegEvent("caller", OnHold())


class SilentCall:
    """Takes every method; its getters know nothing but a live state."""

    id = CallId("c1")

    def files_below(self, folder: Path) -> None:
        """Play nothing, so look for nothing."""

    def do(self, command: Command[R]) -> R:
        answers: dict[str, Any] = {"state": CallState.ALERTING, "incoming": True, "vad": False}
        result: R = answers.get(command.method_name, "")
        return result


def session() -> Session:
    made = Session(MENU, VirtualClock(), SilentCall(), name="bench")
    made.start()
    return made


def at_menu() -> Context:
    context = fresh(MENU.core, {"caller": LegFacts(id=CallId("c1"))})
    step.start(MENU, context, NOW)
    step.feed(MENU, context, LegEvent("caller", Connected()), NOW)
    return context


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    def shown(text: str) -> None:
        with capsys.disabled():
            print(f"\n{text}")  # noqa: T201 - a figure to read

    return shown


def test_a_session_starts_within_a_tenth_of_a_millisecond(show: Callable[[str], None]) -> None:
    found = cost(session, times=200)
    show(f"session start: {found}")
    assert found.rounds < 4


def test_events_through_feed(show: Callable[[str], None]) -> None:
    context = at_menu()
    assert context.state.startswith("main/")
    before = context.visits["main"]
    step.feed(MENU, context, KEY, NOW)
    assert context.visits["main"] == before + 1

    def feed(event: LegEvent) -> Cost:
        return cost(lambda: step.feed(MENU, context, event, NOW), times=300)

    key, unheard = feed(KEY), feed(UNHEARD)
    show(f"a key that chooses: {key}, {key.per_second:.0f}/s")
    show(f"an event that nobody waits for: {unheard}, {unheard.per_second:.0f}/s")
    assert key.rounds < 4
    assert unheard.rounds < 0.25


def test_a_session_takes_few_kilobytes(show: Callable[[str], None]) -> None:
    session()
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        kept = [session() for _ in range(SESSIONS)]
        each = (tracemalloc.get_traced_memory()[0] - before) / len(kept)
    finally:
        tracemalloc.stop()
    show(f"memory of a session with its clock: {each:.0f} bytes")
    assert each < 8_000
