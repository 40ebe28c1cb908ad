"""The step as a function: occurrences in, effects out. No line, no clock."""

from datetime import UTC, datetime
from typing import Any

import pytest

from dtmflow.running import step
from dtmflow.running.context import Context, LegFacts, WrongTypeError, fresh
from dtmflow.running.effects import (
    CancelTimer,
    Do,
    Effect,
    Failure,
    Finish,
    LegEvent,
    Log,
    Note,
    OwnEvent,
    Passed,
    StartTimer,
    TimerFired,
    TimerId,
)
from dtmflow_schema.base import CallId, CallState
from dtmflow_schema.catalogue import EVENTS
from support.programs import compiled

pytestmark = pytest.mark.unit

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


class Running:
    """A flow under the step, fed by hand."""

    def __init__(self, text: str, params: dict[str, Any] | None = None) -> None:
        self.program = compiled(text)
        facts = LegFacts(id=CallId("c1"), callerid="+49301", number="100")
        self.context: Context = fresh(self.program.core, {"caller": facts}, params)
        self.effects: list[Effect] = step.start(self.program, self.context, NOW)

    def feed(self, occurrence: Any) -> "Running":
        self.effects = step.feed(self.program, self.context, occurrence, NOW)
        return self

    def event(self, name: str, leg: str = "caller", **fields: Any) -> "Running":
        return self.feed(LegEvent(leg, EVENTS[name](**fields)))

    def connected(self) -> "Running":
        self.event("StateChanged", old_state="ALERTING", new_state="CONNECTED")
        return self.event("Connected")

    def fire(self, state: str, index: int = 0, visit: int | None = None) -> "Running":
        found = self.context.visits[state] if visit is None else visit
        return self.feed(TimerFired(TimerId(state, found, index)))

    @property
    def done(self) -> list[str]:
        """Methods that were ordered, with a text where there is one."""
        found = []
        for effect in self.effects:
            if isinstance(effect, Do):
                text = getattr(effect.command, "text", "")
                found.append(f"{effect.command.method_name} {text}".strip())
        return found

    @property
    def state(self) -> str:
        return self.context.state

    @property
    def outcome(self) -> str | None:
        return self.context.outcome

    def of(self, kind: type[Effect]) -> list[Any]:
        return [effect for effect in self.effects if isinstance(effect, kind)]


def test_the_flow_starts_in_its_first_state() -> None:
    flow = Running("states: {ringing: {do: answer, on: {Connected: end}}}")
    assert flow.state == "ringing"
    assert flow.done == ["answer"]


def test_a_final_state_hangs_up_what_is_live_and_finishes_once() -> None:
    flow = Running("states: {ringing: {do: answer, on: {Connected: end}}}").connected()
    assert flow.done == ["hangup"]
    assert flow.of(Finish) == [Finish("ok")]
    flow.event("Disconnected")
    assert flow.effects == []


def test_a_named_final_state_gives_its_outcome() -> None:
    flow = Running("states: {a: {on: {Connected: b}}, b: {final: served}}").connected()
    assert flow.outcome == "served"


def test_exit_transition_and_entry_actions_run_in_this_order() -> None:
    flow = Running("""
        states:
          a:
            exit: {log: left a}
            on: {Connected: {do: {log: between}, to: b}}
          b:
            do: {log: entered b}
            on: {Disconnected: end}
    """).connected()
    assert [log.text for log in flow.of(Log)] == ["left a", "between", "entered b"]


def test_the_first_true_guard_wins_and_sees_what_was_set() -> None:
    flow = Running("""
        vars: {n: 1}
        states:
          a:
            on:
              ToneReceived:
                - {if: 'event.tone == "1" && n == 2', to: c}
                - {if: 'event.tone == "1"', do: {set: {n: "${n + 1}"}}}
              Disconnected: end
          c: {on: {Disconnected: end}}
    """).connected()
    flow.event("ToneReceived", tone="1")
    assert (flow.state, flow.context.variables) == ("a", {"n": 2})
    assert flow.event("ToneReceived", tone="1").state == "c"


def test_a_text_that_grows_too_long_is_left_to_the_line_to_refuse() -> None:
    flow = Running("""
        vars: {word: "0123456789"}
        states: {a: {do: {say: "${word}"}, on: {PlaybackFinished: end}}}
    """)
    flow.context.variables["word"] = "0123456789" * 151
    flow.effects = step.start(flow.program, flow.context, NOW)
    assert flow.done == ["say " + "0123456789" * 151]
    assert flow.outcome is None


def test_inner_handlers_come_before_outer_ones() -> None:
    flow = Running("""
        on: {OnHold: c}
        states:
          a:
            on: {OnHold: b}
            states:
              inner: {on: {OffHold: c, OnHold: {do: {log: inner}}}}
          b: {on: {Disconnected: end}}
          c: {on: {Disconnected: end}}
    """)
    assert flow.event("OnHold").state == "a/inner"
    assert flow.of(Log)[0].text == "inner"
    assert flow.event("OffHold").state == "c"


def test_an_internal_transition_keeps_timers_running() -> None:
    flow = Running("states: {a: {on: {OnHold: {do: {log: x}}}, after: {5s: end}}}")
    assert flow.of(StartTimer) == [StartTimer(TimerId("a", 1, 0), 5000)]
    flow.event("OnHold")
    assert not flow.of(CancelTimer)


def test_leaving_a_state_cancels_its_timers_and_entering_again_starts_new_ones() -> None:
    flow = Running("states: {a: {on: {OnHold: a}, after: {5s: end, 7s: end}}}")
    flow.event("OnHold")
    assert {c.timer for c in flow.of(CancelTimer)} == {TimerId("a", 1, 0), TimerId("a", 1, 1)}
    assert [s.timer for s in flow.of(StartTimer)] == [TimerId("a", 2, 0), TimerId("a", 2, 1)]


def test_a_timer_of_an_earlier_visit_does_nothing() -> None:
    flow = Running("states: {a: {on: {OnHold: a}, after: {5s: end}}}").event("OnHold")
    assert flow.fire("a", visit=1).effects == []
    assert flow.outcome is None
    assert flow.fire("a", visit=2).outcome == "ok"


def test_a_timer_fires_once_for_each_entry() -> None:
    flow = Running("states: {a: {on: {OnHold: end}, after: {5s: {do: {log: late}}}}}")
    assert len(flow.fire("a").of(Log)) == 1
    assert flow.fire("a").effects == []


def test_a_root_timer_runs_from_the_start_whatever_the_state() -> None:
    flow = Running("""
        after: {1m: end}
        states: {a: {on: {OnHold: b}}, b: {on: {OffHold: a}}}
    """)
    assert flow.of(StartTimer) == [StartTimer(TimerId("", 1, 0), 60_000)]
    flow.event("OnHold")
    assert flow.fire("").outcome == "ok"


def test_a_duration_may_be_an_expression() -> None:
    flow = Running("""
        vars: {seconds: 7}
        states: {a: {on: {OnHold: end}, after: {"${string(seconds)}s": end}}}
    """)
    assert flow.of(StartTimer)[0].milliseconds == 7000


def test_a_switch_takes_the_first_true_completion() -> None:
    flow = Running("""
        vars: {n: 2}
        states:
          a: {on: {OnHold: choose}}
          choose: {do: {set: {n: "${n + 1}"}}, to: [{if: n == 2, to: b}, {if: n == 3, to: c}]}
          b: {on: {Disconnected: end}}
          c: {on: {Disconnected: end}}
    """)
    assert flow.event("OnHold").state == "c"


def test_entry_runs_do_then_queued_events_then_completion() -> None:
    flow = Running("""
        states:
          a: {on: {OnHold: b}}
          b:
            do: [{emit: news}, {log: do}]
            on: {news: {do: {log: news}}}
            to: c
          c: {do: {log: c}, on: {Disconnected: end}}
    """)
    flow.event("OnHold")
    assert [log.text for log in flow.of(Log)] == ["do", "news", "c"]


def test_event_in_entry_and_completion_is_the_one_that_caused_the_entry() -> None:
    flow = Running("""
        vars: {key: "", again: ""}
        states:
          a: {on: {ToneReceived: b}}
          b: {do: {set: {key: "${event.tone}"}}, to: [{if: 'event.tone == "7"', to: c}]}
          c: {do: {set: {again: "${event.tone}"}}, on: {Disconnected: end}}
    """)
    flow.event("ToneReceived", tone="7")
    assert flow.context.variables == {"key": "7", "again": "7"}
    assert flow.state == "c"


def test_getters_follow_the_call() -> None:
    flow = Running("""
        vars: {who: "", state: "", data: ""}
        states:
          a:
            on:
              StateChanged: {do: {set: {who: "${call.callerid}", state: "${call.state}"}}}
              OnHold:
                do:
                  - customData: mine
                  - set: {data: "${call.customData}"}
    """)
    flow.event("StateChanged", old_state="ALERTING", new_state="PROGRESSING")
    assert flow.context.variables["who"] == "+49301"
    assert flow.context.variables["state"] == "PROGRESSING"
    flow.event("OnHold")
    assert flow.context.variables["data"] == "mine"


def test_the_caller_hanging_up_ends_the_flow() -> None:
    flow = Running("states: {a: {on: {Connected: b}}, b: {on: {OnHold: end}}}").connected()
    flow.event("Disconnected", internal_code=200)
    assert flow.outcome == "hangup"
    assert flow.context.legs["caller"].state is CallState.TERMINATED


def test_a_call_that_never_connected_ends_as_failed() -> None:
    flow = Running("states: {a: {do: answer, on: {Connected: end}}}")
    assert flow.event("Disconnected", internal_code=487).outcome == "failed"


def test_a_handled_end_of_the_call_goes_on_and_takes_record_events_only() -> None:
    flow = Running("""
        on: {Disconnected: saving}
        vars: {url: ""}
        states:
          a: {on: {Connected: {do: record}}}
          saving:
            on: {RecordStopped: {do: {set: {url: "${event.url}"}}, to: end}, OnHold: end}
            after: {15s: end}
    """).connected()
    assert flow.event("Disconnected").state == "saving"
    assert flow.event("OnHold").effects == []
    flow.event("RecordStopped", url="u", cost="0", duration=1)
    assert (flow.outcome, flow.context.variables["url"]) == ("ok", "u")
    assert flow.done == []


def test_a_flow_in_which_nothing_can_happen_any_more_ends() -> None:
    flow = Running("""
        states:
          a: {on: {Connected: b}}
          b: {on: {Disconnected: {do: {log: gone}}}}
    """).connected()
    flow.event("Disconnected")
    assert flow.of(Log)[0].text == "gone"
    assert flow.outcome == "hangup"


def test_hangup_on_an_ended_leg_does_nothing() -> None:
    flow = Running("""
        on: {Disconnected: late}
        states:
          a: {on: {Connected: end}}
          late: {do: hangup, after: {1s: end}}
    """)
    flow.event("Disconnected")
    assert flow.done == []
    assert flow.state == "late"


def test_another_action_on_an_ended_leg_is_a_fault() -> None:
    flow = Running("""
        on: {Disconnected: late}
        states:
          a: {on: {Connected: end}}
          late: {do: {say: Too late}, after: {1s: end}}
    """)
    flow.event("Disconnected")
    assert flow.outcome == "fault"
    assert "has ended" in flow.of(Log)[0].text


def test_an_unhandled_fault_is_logged_with_its_line_and_hangs_up() -> None:
    flow = Running("""
        vars: {n: 0}
        states:
          a:
            on:
              Connected:
                do:
                  - set: {n: "${1 / n}"}
                to: b
          b: {do: {say: Hi}, on: {OnHold: end}}
    """).connected()
    assert flow.outcome == "fault"
    assert flow.done == ["say Hi", "hangup"]
    text = flow.of(Log)[0].text
    assert text.startswith("fault in b: set: ")
    assert "(line 10)" in text


def test_a_fault_can_be_handled_and_says_what_went_wrong() -> None:
    flow = Running("""
        vars: {n: 0, what: "", line: 0}
        on: {fault: {do: {set: {what: "${event.action}", line: "${event.line}"}}, to: sorry}}
        states:
          a: {on: {Connected: {do: [{set: {n: "${1 / n}"}}, {log: never}], to: b}}}
          b: {on: {OnHold: end}}
          sorry: {do: {say: Sorry}, on: {OnHold: end}}
    """).connected()
    assert flow.state == "sorry"
    assert flow.done == ["say Sorry"]
    assert not flow.of(Log)
    assert flow.context.variables["what"] == "set"
    assert flow.context.variables["line"] == 7


def test_a_guard_that_fails_is_a_fault_and_no_later_guard_is_asked() -> None:
    flow = Running("""
        vars: {n: 0}
        states:
          a: {on: {OnHold: [{if: 1 / n == 1, to: b}, {to: c}], fault: d}}
          b: {on: {OnHold: end}}
          c: {on: {OnHold: end}}
          d: {on: {OnHold: end}}
    """)
    assert flow.event("OnHold").state == "d"


def test_a_value_of_another_type_is_a_fault() -> None:
    flow = Running("""
        vars: {p: {type: phone, default: ""}}
        states: {a: {on: {InfoReceived: {do: {set: {p: "${event.body}"}}}}}}
    """)
    flow.event("InfoReceived", body="+4930123")
    assert flow.context.variables["p"] == "+4930123"
    flow.event("InfoReceived", body="hello")
    assert flow.outcome == "fault"
    assert "phone number" in flow.of(Log)[0].text


def test_an_argument_that_is_out_of_range_at_run_time_is_a_fault() -> None:
    flow = Running("""
        vars: {code: 200}
        states: {a: {do: {reject: {code: "${code}"}}, on: {OnHold: end}}}
    """)
    assert flow.outcome == "fault"
    assert "code" in flow.of(Log)[0].text


def test_an_action_that_the_line_refuses_is_a_fault() -> None:
    flow = Running(
        "states: {a: {do: {say: Hi}, on: {OnHold: end, fault: b}}, b: {on: {OnHold: end}}}"
    )
    flow.feed(Failure("caller", "say", "not connected", ("states", "a", "do")))
    assert flow.state == "b"


def test_an_action_refused_because_its_leg_has_ended_since_is_no_fault() -> None:
    flow = Running("""
        on: {Disconnected: saving, fault: broken}
        states:
          a: {on: {Connected: end}}
          saving: {after: {1s: end}}
          broken: {after: {1s: end}}
    """)
    flow.event("Disconnected")
    flow.feed(Failure("caller", "say", "ended", ()))
    assert flow.state == "saving"


def test_a_flow_that_spins_is_stopped() -> None:
    flow = Running("""
        vars: {n: 0}
        states:
          a: {on: {OnHold: b}}
          b: {do: {set: {n: "${n + 1}"}}, to: c}
          c: {to: b}
    """)
    flow.event("OnHold")
    assert flow.outcome == "fault"
    assert flow.context.variables["n"] == 51
    assert "100 transitions" in flow.of(Log)[0].text


def test_a_fault_handler_that_spins_too_is_stopped_for_good() -> None:
    flow = Running("""
        on: {fault: b}
        states:
          a: {on: {OnHold: b}}
          b: {to: c}
          c: {to: b}
    """)
    flow.event("OnHold")
    assert flow.outcome == "fault"
    assert len(flow.of(Finish)) == 1


def test_an_own_event_from_outside_is_handled_like_any_other() -> None:
    flow = Running("states: {a: {on: {wake: b}}, b: {on: {OnHold: end}}}")
    assert flow.feed(OwnEvent("wake")).state == "b"


def test_prompts_speak_the_chosen_language_with_a_voice_of_it() -> None:
    flow = Running("""
        prompts: {hello: {en: Hello, de: Guten Tag}}
        states:
          a: {on: {Connected: {do: {say: "${prompts.hello}"}}, OnHold: {do: {set: {lang: de}}}}}
    """).connected()
    first = flow.of(Do)[0].command
    assert (first.text, first.parameters.voice) == ("Hello", "en")
    flow.event("OnHold").event("Connected")
    second = flow.of(Do)[0].command
    assert (second.text, second.parameters.voice) == ("Guten Tag", "de")


def test_a_language_that_no_prompt_has_is_a_fault() -> None:
    flow = Running("""
        vars: {wish: xx}
        prompts: {hello: {en: Hello, de: Guten Tag}}
        states:
          a:
            on:
              OnHold: {do: {set: {lang: "${wish}"}}}
              Connected: {do: {say: "${prompts.hello}"}}
    """)
    assert flow.event("OnHold").outcome == "fault"


def test_parameters_are_typed() -> None:
    text = """
        params: {n: {type: int, default: 3}}
        vars: {seen: 0}
        states: {a: {on: {OnHold: {do: {set: {seen: "${params.n}"}}}}}}
    """
    assert Running(text, {"n": 5}).event("OnHold").context.variables == {"seen": 5}
    with pytest.raises(WrongTypeError, match="`n` is int"):
        Running(text, {"n": "5"})
    with pytest.raises(WrongTypeError, match="unknown parameter `m`"):
        Running(text, {"m": 5})


def test_a_note_tells_what_was_asked_done_and_changed() -> None:
    flow = Running("""
        vars: {n: 0}
        states: {a: {on: {OnHold: [{if: n > 0, to: end}, {if: n == 0, do: {set: {n: 1}}}]}}}
    """).event("OnHold")
    entry = flow.of(Note)[0].entry
    assert entry.event == "caller.OnHold"
    assert [(g.guard, g.result) for g in entry.guards] == [("n > 0", False), ("n == 0", True)]
    assert [action.name for action in entry.actions] == ["set"]
    assert entry.variables == {"n": 1}
    assert (entry.before, entry.state, entry.handled) == ("a", "a", True)


def test_an_event_that_nobody_waits_for_is_passed_and_its_entry_made_on_demand() -> None:
    flow = Running("""
        vars: {pin: {type: string, secret: true, default: "4711"}}
        states: {a: {on: {OnHold: end}}}
    """).event("MessageReceived", text="it is 4711")
    (effect,) = flow.effects
    assert isinstance(effect, Passed)
    entry = step.passed(flow.program, flow.context, effect)
    assert (entry.event, entry.before, entry.state) == ("caller.MessageReceived", "a", "a")
    assert (entry.handled, entry.guards, entry.actions) == (False, (), ())
    assert entry.fields["text"] == "it is 4711"
    assert entry.secrets == {"4711"}
