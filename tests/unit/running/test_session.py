import logging
import re
from typing import Any

import pytest

from dtmflow.clock import VirtualClock
from dtmflow.compiling.program import Program
from dtmflow.errors import CallError
from dtmflow.lines.simulated import SimulatedCall, SimulatedLine, far
from dtmflow.running.effects import Effect, Finish
from dtmflow.running.journal import MemoryJournal
from dtmflow.running.session import Session
from dtmflow_schema.base import Command
from dtmflow_schema.catalogue import EVENTS
from support.programs import compiled

pytestmark = pytest.mark.unit


class Stage:
    """A session on a simulated call, with its journal and everything it told its observer."""

    def __init__(self, text: str, **params: Any) -> None:
        self.program: Program = compiled(text)
        self.clock = VirtualClock()
        self.journal = MemoryJournal()
        self.effects: list[Effect] = []
        self.ended: list[Session] = []
        self.line = SimulatedLine(self.clock, listener=self)
        self.params = params
        self.call: SimulatedCall = self.line.call(callerid="+49301", number="100")
        self.clock.settle()

    def incoming(self, call: Any, headers: Any) -> None:
        self.session = Session(
            self.program,
            self.clock,
            call,
            name="s",
            headers=headers,
            params=self.params,
            journal=self.journal,
            on_end=self.ended.append,
        )
        self.session.observe(self.effects.append)
        self.session.start()

    def event(self, call: Any, event: Any) -> None:
        self.session.event(call, event)

    def fire(self, event: str, **fields: Any) -> "Stage":
        far.fire(self.call, EVENTS[event], fields)
        self.clock.settle()
        return self

    def states(self) -> list[str]:
        return [record["state"] for record in self.journal.records]

    def events(self) -> list[str]:
        return [record["event"]["name"] for record in self.journal.records]


HELLO = """
    states:
      ringing: {do: answer, on: {Connected: greeting}}
      greeting: {do: {say: "Hello, and goodbye."}, on: {PlaybackFinished: end}}
"""


def test_a_call_is_led_through_its_flow() -> None:
    stage = Stage(HELLO).fire("Connected")
    assert stage.call.playback is not None
    assert stage.call.playback.what == "Hello, and goodbye."
    stage.clock.advance(5)
    assert stage.session.outcome == "ok"
    assert stage.session.ended
    assert stage.ended == [stage.session]
    assert str(stage.call.state) == "TERMINATED"
    assert stage.effects.count(Finish("ok")) == 1


def test_the_journal_tells_the_whole_story_in_order() -> None:
    stage = Stage(HELLO).fire("Connected")
    stage.clock.advance(5)
    records = stage.journal.records
    assert [record["seq"] for record in records] == list(range(len(records)))
    assert stage.events()[0] == "session"
    assert stage.events()[-2:] == ["caller.Disconnected", "end"]
    assert records[0]["flow"]["version"] == stage.program.digest
    assert records[-1]["outcome"] == "ok"
    assert [state for state in dict.fromkeys(stage.states()) if state] == [
        "ringing", "greeting", "end",
    ]  # fmt: skip


def test_a_timer_moves_the_flow_when_its_time_has_come() -> None:
    stage = Stage(
        "states: {a: {do: answer, on: {Connected: end}, after: {5s: b}}, b: {final: late}}"
    )
    stage.clock.advance(4.999)
    assert stage.session.outcome is None
    stage.clock.advance(0.001)
    assert stage.session.outcome == "late"


def test_an_event_in_the_same_tick_as_a_timer_comes_first() -> None:
    stage = Stage("""
        states:
          a: {do: answer, on: {Connected: b}}
          b:
            do: {say: "fourteen chars"}
            on: {PlaybackFinished: {do: {log: event}, to: c}}
            after: {1s: end}
          c: {after: {9s: end}}
    """)
    stage.fire("Connected")
    stage.clock.advance(1)
    assert stage.session.context.state == "c"


def test_timers_of_one_tick_fire_in_document_order() -> None:
    stage = Stage("""
        vars: {seen: ""}
        after: {5s: {do: {set: {seen: "${seen + 'r'}"}}}}
        states:
          a:
            after: {5s: {do: {set: {seen: "${seen + 'a'}"}}}}
            states:
              x:
                after:
                  5000ms: {do: {set: {seen: "${seen + 'x'}"}}}
                on: {Connected: end}
    """)
    stage.clock.advance(5)
    assert stage.session.context.variables["seen"] == "rax"


def test_a_method_that_the_line_refuses_is_a_fault() -> None:
    stage = Stage("""
        states:
          a: {do: {say: Too early}, on: {fault: b, Connected: end}}
          b: {do: answer, on: {Connected: end}}
    """)
    assert stage.session.context.state == "b"


def test_a_caller_who_hangs_up_under_an_action_is_no_fault() -> None:
    stage = Stage("""
        states:
          a: {do: answer, on: {Connected: b}}
          b: {after: {1s: c}}
          c: {do: {say: Hello}, on: {PlaybackFinished: end}}
    """).fire("Connected")
    stage.clock.call_later(1, lambda: far.drop(stage.call))
    stage.clock.advance(1)
    assert stage.session.outcome == "hangup"


def test_a_bug_ends_its_session_and_is_journalled(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stage = Stage(HELLO)
    monkeypatch.setattr(stage.program.machine, "trigger", lambda *_: 1 / 0)
    with caplog.at_level(logging.ERROR):
        stage.fire("Connected")
    assert stage.session.ended
    assert stage.session.outcome == "fault"
    assert str(stage.call.state) == "TERMINATED"
    assert "ZeroDivisionError" in stage.journal.records[-2]["error"]
    assert "bug in session s" in caplog.text


def test_a_line_that_breaks_ends_the_session_too(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(SimulatedCall):
        def do(self, command: Command[Any]) -> Any:
            if command.method_name in {"say", "hangup"}:
                raise RuntimeError("broken line")
            return super().do(command)

    stage = Stage(HELLO)
    stage.call.__class__ = Broken
    with caplog.at_level(logging.ERROR):
        stage.fire("Connected")
    assert stage.session.ended
    assert "broken line" in caplog.text


def test_secrets_never_reach_the_journal() -> None:
    stage = Stage("""
        vars: {pin: {type: string, secret: true, default: ""}}
        states:
          a: {do: answer, on: {Connected: b}}
          b:
            do: {handleTones: true}
            on:
              ToneReceived:
                - {if: 'event.tone == "#"', do: {say: "You said ${pin}."}}
                - {do: {set: {pin: "${pin + event.tone}"}}}
    """).fire("Connected")
    far.press(stage.call, "4711#")
    stage.clock.settle()
    assert stage.session.context.variables["pin"] == "4711"
    told = [r for r in stage.journal.records if r["event"]["name"] == "caller.ToneReceived"]
    assert [record["event"]["tone"] for record in told] == ["***"] * 4 + ["#"]
    assert "4711" not in str(stage.journal.records)
    assert stage.call.heard == ["You said 4711."]


def test_the_digits_of_a_secret_gather_are_masked_one_by_one() -> None:
    stage = Stage("""
        vars: {pin: {type: string, secret: true, default: ""}}
        states:
          ringing: {do: answer, on: {Connected: ask}}
          ask:
            gather: {say: Your PIN please., into: pin, digits: 4, timeout: 5s, interdigit: 3s}
            on: {ok: done, exhausted: end}
          done: {on: {OnHold: end}}
    """).fire("Connected")
    far.press(stage.call, "7836")
    stage.clock.settle()
    assert stage.session.context.variables["pin"] == "7836"
    for record in stage.journal.records:
        told = [record["event"], record["actions"], record["vars"]]
        texts = set(re.findall(r"'(\d+)'", str(told)))
        assert not {*"7836", "78", "783", "7836"} & texts


def test_an_event_that_nobody_waits_for_shows_no_secret_either() -> None:
    stage = Stage("""
        vars: {pin: {type: string, secret: true, default: "4711"}}
        states: {a: {do: answer, on: {Connected: {do: {log: "${pin}"}}}}}
    """).fire("Connected")
    stage.fire("MessageReceived", text="my PIN is 4711")
    assert stage.events()[-1] == "caller.MessageReceived"
    assert "4711" not in str(stage.journal.records)


def test_a_recording_keeps_the_session_open_until_it_is_written() -> None:
    stage = Stage("""
        states:
          a: {do: answer, on: {Connected: {do: record}, OnHold: end}}
    """).fire("Connected")
    stage.fire("OnHold")
    assert stage.session.ended
    assert stage.events().index("caller.Disconnected") < stage.events().index(
        "caller.RecordStopped"
    )


def test_hanging_up_from_outside_ends_the_flow_as_a_hangup() -> None:
    stage = Stage(HELLO).fire("Connected")
    stage.session.hang_up()
    stage.clock.settle()
    assert stage.session.outcome == "hangup"
    assert stage.session.ended


def test_an_own_event_from_outside_is_taken() -> None:
    stage = Stage("states: {a: {on: {wake: b}}, b: {final: awake}}")
    stage.session.emit("wake")
    assert stage.session.outcome == "awake"


def test_nothing_happens_after_the_end() -> None:
    stage = Stage(HELLO).fire("Connected")
    stage.clock.advance(5)
    count = len(stage.journal.records)
    stage.session.emit("wake")
    stage.session.event(stage.call, EVENTS["OnHold"]())
    stage.clock.advance(600)
    assert len(stage.journal.records) == count
    assert len(stage.ended) == 1


def test_a_journal_that_cannot_be_written_does_not_end_the_call(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(HELLO)

    def full(_journal: object, _record: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(MemoryJournal, "write", full)
    stage.fire("Connected")
    stage.clock.advance(5)
    assert stage.session.outcome == "ok"
    assert "disk full" in caplog.text


def test_the_simulated_call_knows_the_folder_of_the_flow() -> None:
    assert Stage(HELLO).call.folder is not None


def test_a_leg_that_cannot_be_asked_keeps_empty_facts() -> None:
    class Dumb(SimulatedCall):
        def do(self, command: Command[Any]) -> Any:
            if command.method_name == "callerid":
                raise CallError("cannot")
            return super().do(command)

    stage = Stage(HELLO)
    stage.call.__class__ = Dumb
    again = Session(stage.program, stage.clock, stage.call, name="t")
    assert again.context.legs["caller"].callerid == ""
    assert again.context.legs["caller"].number == "100"
