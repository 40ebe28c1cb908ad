import pytest

from dtmflow.compiling.causes import Cause, entry_causes
from dtmflow.compiling.core import Core, Transition, Trigger
from dtmflow.compiling.expand import expand
from dtmflow.compiling.typed import typed_expressions
from dtmflow.loading.read import load
from dtmflow_schema.flow import Flow

pytestmark = pytest.mark.unit


def core_of(states: str, head: str = "") -> Core:
    document = load(f"version: 1\n{head}\nstates:\n{states}", "flow.yaml")
    return expand(Flow.model_validate(document.data))


def on(core: Core, state: str, event: str) -> tuple[Transition, ...]:
    (handler,) = [each for each in core.states[state].on if each.trigger.event == event]
    return handler.transitions


def test_actions_and_events_without_a_leg_mean_the_primary_one() -> None:
    core = core_of(
        "  a: { do: [say: x, agent.hangup, set: { v: 1 }], on: { Connected: end, agent.Failed: end, mine: end } }",  # noqa: E501 - one flow, one line
        "vars: { v: 0 }",
    )
    assert [(each.name, each.leg) for each in core.states["a"].do] == [
        ("say", "caller"),
        ("hangup", "agent"),
        ("set", ""),
    ]
    assert [each.trigger for each in core.states["a"].on] == [
        Trigger("Connected", "caller"),
        Trigger("Failed", "agent"),
        Trigger("mine"),
    ]


def test_the_first_leg_is_the_primary_one_of_a_flow_that_is_requested() -> None:
    head = "start: request\nlegs: { callee: { to: 'sip:a@b' }, agent: { to: 'sip:c@d' } }"
    assert core_of("  a: { to: end }", head).primary == "callee"
    assert core_of("  a: { to: end }", head + "\nprimary: agent").primary == "agent"
    assert list(core_of("  a: { to: end }", head).legs) == ["callee", "agent"]
    assert core_of("  a: { to: end }").primary == "caller"


def test_places_lead_to_what_the_author_wrote() -> None:
    core = core_of(
        "  a:\n"
        "    do: { say: { text: Hi, voice: x } }\n"
        "    on:\n"
        "      Connected:\n"
        "        - { if: 1 < 2, do: [log: one, hangup], to: end }\n"
        "        - a\n"
    )
    (say,) = core.states["a"].do
    assert say.origin == ("states", "a", "do", "say")
    assert say.places["voice"] == ("states", "a", "do", "say", "voice")
    first, second = on(core, "a", "Connected")
    place = ("states", "a", "on", "Connected")
    assert (first.origin, first.guard_origin) == ((*place, 0), (*place, 0, "if"))
    assert first.target_origin == (*place, 0, "to")
    assert [each.origin for each in first.do] == [
        (*place, 0, "do", 0, "log"),
        (*place, 0, "do", 1),
    ]
    assert first.do[0].places["text"] == (*place, 0, "do", 0, "log")
    assert (second.target_origin, second.to) == ((*place, 1), "a")


def test_wrong_targets_are_kept_for_the_rules() -> None:
    core = core_of(
        "  a: { on: { x1: slaes, x2: twin, x3: b/twin, x4: end } }\n"
        "  b: { states: { twin: { to: end } } }\n"
        "  c: { initial: nope, states: { twin: { to: end } } }\n"
    )
    assert (on(core, "a", "x1")[0].target, on(core, "a", "x1")[0].to) == ("slaes", None)
    assert on(core, "a", "x2")[0].candidates == ("b/twin", "c/twin")
    assert on(core, "a", "x3")[0].to == "b/twin"
    assert on(core, "a", "x4")[0].to == "end"
    assert core.states["b"].initial == "b/twin"
    assert core.states["c"].initial is None


def test_a_prompt_goes_on_when_its_last_sound_has_ended() -> None:
    core = core_of("  a: { prompt: [say: one, startPlayback: two.wav], to: b }\n  b: { to: end }")
    assert core.states["a"].children == ("a/play", "a/play2")
    assert [each.to for each in on(core, "a/play", "PlaybackFinished")] == ["a/play2"]
    assert [each.to for each in on(core, "a/play2", "PlaybackFinished")] == ["b"]
    assert core.states["a"].sugar == "prompt"
    assert core.states["a/play"].generated


def test_a_prompt_without_a_way_on_waits_for_what_else_may_come() -> None:
    core = core_of("  a: { prompt: { say: one }, on: { ToneReceived: end } }")
    assert core.states["a/play"].on == ()
    assert [each.trigger.event for each in core.states["a"].on] == ["ToneReceived"]


def test_a_sound_that_fails_is_the_outcome_error_where_that_is_handled() -> None:
    core = core_of("  a: { prompt: { say: one }, on: { error: b, ok: end } }\n  b: { to: end }")
    first, second = on(core, "a/play", "PlaybackFinished")
    assert (first.guard, first.to) == ('event.error != ""', "b")
    assert (second.guard, second.to) == (None, "end")


def test_an_unhandled_outcome_ends_the_flow_and_says_so() -> None:
    core = core_of("  a: { menu: { say: x, retries: 0, choices: { '1': end } } }")
    last = on(core, "a/listen", "ToneReceived")[-1]
    assert last.to == "end"
    assert last.do[0].arguments == {"text": "a: nothing handles the outcome exhausted"}


def test_a_menu_that_never_asks_again_has_no_answers_to_wrong_keys() -> None:
    core = core_of(
        "  a: { menu: { say: x, retries: 0, nomatch: { say: y }, choices: { '1': end } },"
        " on: { exhausted: end } }"
    )
    assert core.states["a"].children == ("a/play", "a/listen")


def test_the_kind_of_a_leg_speaks_and_listens_there() -> None:
    core = core_of(
        "  a: { menu: { leg: agent, say: x, choices: { '1': { do: hangup, to: end } } },"
        " on: { exhausted: end } }"
    )
    assert core.states["a/play"].do[0].leg == "agent"
    assert {each.trigger.leg for each in core.states["a/play"].on} == {"agent"}
    choice = on(core, "a/listen", "ToneReceived")[0]
    assert [(each.name, each.leg) for each in choice.do] == [("hangup", "agent")]


def test_else_and_to_stand_for_the_outcomes_that_are_not_handled() -> None:
    core = core_of(
        "  a: { connect: { to: 'sip:a@b' }, on: { ok: end, else: b } }\n"
        "  b: { http: { get: 'http://x' }, on: { ok: a }, to: end }\n"
    )
    assert {each.trigger.event: each.transitions[0].to for each in core.states["a"].on} == {
        "ok": "end",
        "busy": "b",
        "noanswer": "b",
        "declined": "b",
        "failed": "b",
    }
    assert {each.trigger.event: each.transitions[0].to for each in core.states["b"].on} == {
        "ok": "a",
        "error": "end",
    }
    later = core.states["b"].later
    assert later is not None
    assert (later.kind, later.settings["url"]) == ("http", "http://x")
    assert "a" in core.legs


def test_text_variables_keep_numbers_as_they_were_written() -> None:
    core = core_of(
        "  a: { do: { set: { pin: 0123, n: 0123 } }, to: end }", "vars: { pin: '', n: 0 }"
    )
    assert core.states["a"].do[0].arguments == {"pin": "0123", "n": 123}


def test_the_digits_of_a_secret_are_secret_while_they_are_pressed() -> None:
    head = "vars: { pin: { type: string, secret: true, default: '' } }"
    core = core_of("  a: { gather: { say: x, into: pin, digits: 4 }, to: end }", head)
    assert core.variables["a_input"].secret
    assert not core.variables["a_tries"].secret


def test_entry_causes_follow_completions_and_nested_beginnings() -> None:
    core = core_of(
        "  a: { on: { Connected: b, ToneReceived: c }, after: { 5s: c } }\n"
        "  b: { states: { x: { to: c } } }\n"
        "  c: { http: { get: 'http://x' }, on: { ok: d, error: d } }\n"
        "  d: { to: end }\n"
        "  lost: { to: end }\n"
    )
    causes = entry_causes(core)
    assert causes["a"] == {Cause("")}
    assert causes["b"] == causes["b/x"] == {Cause("Connected")}
    assert causes["c"] == {Cause("Connected"), Cause("ToneReceived"), Cause("after")}
    assert causes["d"] == {Cause("ok", "http"), Cause("error", "http")}
    assert causes["lost"] == frozenset()


def test_an_outcome_goes_outwards_where_its_state_does_not_handle_it() -> None:
    core = core_of(
        "  ask: { states: { inner: { menu: { say: Hi, retries: 0, choices: { '1': end } } } },"
        " on: { exhausted: sorry } }\n"
        "  again: { menu: { say: Hi, retries: 0, choices: { '1': end } } }\n"
        "  tell: { prompt: { say: Hi } }\n"
        "  sorry: { to: end }\n",
        "on: { exhausted: end, ok: again, error: sorry }",
    )
    assert on(core, "ask/inner/listen", "ToneReceived")[-1].to == "sorry"
    assert on(core, "again/listen", "ToneReceived")[-1].to == "end"
    assert [each.to for each in on(core, "tell/play", "PlaybackFinished")] == ["sorry", "again"]


def test_an_outcome_goes_outwards_where_no_guard_of_its_state_is_true() -> None:
    core = core_of(
        "  ask: { menu: { say: Hi, retries: 0, choices: { '1': end } },"
        " on: { exhausted: { if: 1 < n, to: ask } } }\n",
        "vars: { n: 0 }\non: { exhausted: end }",
    )
    taken = on(core, "ask/listen", "ToneReceived")[1:]
    assert [(each.guard, each.to) for each in taken] == [("1 < n", "ask"), (None, "end")]


def test_to_of_a_state_comes_before_the_outcomes_of_those_around() -> None:
    core = core_of("  a: { prompt: { say: Hi }, to: end }\n  b: { to: end }", "on: { ok: b }")
    assert [each.to for each in on(core, "a/play", "PlaybackFinished")] == ["end"]


def test_the_keys_pressed_are_kept_only_where_something_reads_them() -> None:
    menu = "menu: {{ say: Hi, choices: {{ '1': end{} }} }}, on: {{ exhausted: end }}"
    silent = core_of(f"  a: {{ {menu.format('')} }}")
    assert list(silent.variables) == ["a_tries"]
    assert "a_input" not in str(silent)
    longer = core_of(f"  a: {{ {menu.format(', 12: end')} }}")
    assert list(longer.variables) == ["a_input", "a_tries"]
    spoken = core_of(
        f"  a: {{ {menu.format('')} }}".replace("Hi,", "Hi, nomatch: { say: '${prompts.no}' },"),
        "prompts: { no: 'Not ${input}.' }",
    )
    assert list(spoken.variables) == ["a_input", "a_tries"]


def test_a_choice_without_a_target_may_ask_for_the_keys() -> None:
    core = core_of(
        "  a: { menu: { say: Hi, choices: { '/[12]/': "
        "{ if: 'input == \"1\"', do: { log: x } } } } }"
    )
    assert [each for each in typed_expressions(core) if each.problems()] == []


def test_a_switch_of_a_leg_may_be_an_expression(recwarn: pytest.WarningsRecorder) -> None:
    core = core_of("  a: { to: end }", "legs: { agent: { to: 'sip:a@b', amd: '${1 < 2}' } }")
    assert core.legs["agent"].settings["amd"] == "${1 < 2}"
    assert not recwarn.list
