from typing import Any

import pytest

from dtmflow.clock import VirtualClock
from dtmflow.lines.simulated import SimulatedCall, SimulatedLine, far
from dtmflow.running.journal import MemoryJournal
from dtmflow.running.supervisor import Supervisor, new_session_name
from dtmflow_schema.catalogue import EVENTS
from support.programs import compiled

pytestmark = pytest.mark.unit

FLOW = """
    states:
      a: {{do: answer, on: {{Connected: b}}}}
      b: {{do: {{say: {0}}}, on: {{OnHold: end}}}}
"""


class Exchange:
    """A supervisor on a simulated line."""

    def __init__(self, **kwargs: Any) -> None:
        self.clock = VirtualClock()
        self.journals: dict[str, MemoryJournal] = {}
        self.idle = 0
        programs = kwargs.pop("programs", {"one": compiled(FLOW.format("first"))})
        self.supervisor = Supervisor(
            programs, self.clock, journals=self.open, on_idle=self.count, **kwargs
        )
        self.line = SimulatedLine(self.clock, listener=self.supervisor)

    def open(self, name: str) -> MemoryJournal:
        return self.journals.setdefault(name, MemoryJournal())

    def count(self) -> None:
        self.idle += 1

    def call(self, number: str = "") -> SimulatedCall:
        call = self.line.call(number=number)
        self.clock.settle()
        return call

    def connected(self, number: str = "") -> SimulatedCall:
        call = self.call(number)
        self.fire(call, "Connected")
        return call

    def fire(self, call: SimulatedCall, event: str) -> None:
        far.fire(call, EVENTS[event], {})
        self.clock.settle()


def test_every_call_gets_a_session_and_a_journal_of_its_own() -> None:
    exchange = Exchange()
    first, second = exchange.connected(), exchange.connected()
    assert exchange.supervisor.active == 2
    assert len(exchange.journals) == 2
    exchange.fire(first, "OnHold")
    assert exchange.supervisor.active == 1
    assert second.playback is not None
    assert exchange.supervisor.outcomes == {"ok": 1}
    assert exchange.supervisor.started == 2


def test_the_called_number_chooses_the_flow_and_the_first_is_the_default() -> None:
    programs = {name: compiled(FLOW.format(name)) for name in ("one", "two")}
    exchange = Exchange(programs=programs)
    assert exchange.connected("two").heard == ["two"]
    assert exchange.connected("12345").heard == ["one"]


def test_calls_over_the_limit_are_refused_with_503() -> None:
    exchange = Exchange(max_sessions=1)
    first = exchange.connected()
    assert not exchange.supervisor.accepting
    second = exchange.call()
    assert str(second.state) == "TERMINATED"
    assert exchange.supervisor.refused == 1
    exchange.fire(first, "OnHold")
    assert exchange.supervisor.accepting


def test_a_new_version_serves_new_calls_and_old_calls_keep_theirs() -> None:
    exchange = Exchange()
    old = exchange.call()
    exchange.supervisor.replace("one", compiled(FLOW.format("second")))
    assert exchange.connected().heard == ["second"]
    exchange.fire(old, "Connected")
    assert old.heard == ["first"]


def test_only_a_flow_that_is_served_can_be_replaced() -> None:
    exchange = Exchange()
    with pytest.raises(KeyError):
        exchange.supervisor.replace("other", compiled(FLOW.format("x")))


def test_draining_refuses_new_calls_and_lets_running_ones_end() -> None:
    exchange = Exchange()
    call = exchange.connected()
    exchange.supervisor.drain()
    assert not exchange.supervisor.accepting
    assert str(exchange.call().state) == "TERMINATED"
    assert exchange.idle == 0
    exchange.fire(call, "OnHold")
    exchange.supervisor.drain()
    assert exchange.idle == 1


def test_draining_without_calls_is_idle_at_once() -> None:
    exchange = Exchange()
    exchange.supervisor.drain()
    assert exchange.idle == 1


def test_an_observer_is_told_what_a_session_does() -> None:
    seen: list[object] = []
    exchange = Exchange(observe=lambda _session: seen.append)
    exchange.connected()
    assert seen


def test_a_journal_that_cannot_be_opened_does_not_refuse_the_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exchange = Exchange()

    def full(_name: str) -> MemoryJournal:
        raise OSError("disk full")

    monkeypatch.setattr(exchange.supervisor, "_journals", full)
    assert exchange.connected().heard == ["first"]


def test_names_of_sessions_differ() -> None:
    assert len({new_session_name() for _ in range(100)}) == 100


def test_a_supervisor_needs_a_flow() -> None:
    with pytest.raises(ValueError, match="needs a flow"):
        Supervisor({}, VirtualClock())
