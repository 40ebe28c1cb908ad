"""Rules on what a call can take: messages, places and fixes."""

from pathlib import Path

import pytest

from support.findings import codes, found, mended, with_states

pytestmark = pytest.mark.unit

RULES = Path(__file__).parents[2] / "golden" / "rules"


@pytest.mark.parametrize(
    "path", sorted(RULES.glob("C*/bad-*.yaml")), ids=lambda p: p.parent.name + "-" + p.stem
)
def test_a_bad_flow_is_found(path: Path) -> None:
    assert path.parent.name in codes(path.read_text())


@pytest.mark.parametrize(
    "path", sorted(RULES.glob("C*/good-*.yaml")), ids=lambda p: p.parent.name + "-" + p.stem
)
def test_a_good_flow_is_clean(path: Path) -> None:
    assert not [code for code in codes(path.read_text()) if code[0] in "FCV"]


def test_a_wrong_phase_names_the_path_and_marks_the_action() -> None:
    flow = with_states(
        "ringing: { do: ring, after: { 3s: talk } }",
        "talk: { do: { say: Hello. }, on: { PlaybackFinished: end } }",
    )
    finding = found("C201", flow)
    assert finding.message == (
        "`say` cannot run here: `caller` is ringing on the path `ringing` -> `talk`"
    )
    assert finding.help == "answer first and go on at `Connected`"
    assert (finding.span.line, finding.span.column, finding.span.end_column) == (5, 17, 20)


def test_a_bare_action_is_marked_by_its_name() -> None:
    flow = with_states("ringing: { do: [answer, answer], on: { Connected: end } }")
    finding = found("C201", flow)
    assert finding.help == "a call is answered once"
    assert (finding.span.column, finding.span.end_column) == (27, 33)


def test_a_bare_action_without_a_list_is_marked_too() -> None:
    flow = with_states(
        "ringing: { do: answer, on: { Connected: a } }", "a: { do: answer, to: end }"
    )
    finding = found("C201", flow)
    assert (finding.span.line, finding.span.column, finding.span.end_column) == (5, 12, 18)


def test_a_state_that_is_entered_again_is_named_again() -> None:
    flow = "on: { InfoReceived: up }\n" + with_states("up: { do: answer, on: { Connected: end } }")
    assert found("C201", flow).message.endswith("on the path `up` -> `up`")


def test_a_menu_before_the_answer_is_told_once() -> None:
    flow = with_states(
        "ringing: { menu: { say: Press one., timeout: 5s, retries: 1, choices: { '1': end } }, "
        "on: { exhausted: end } }"
    )
    assert codes(flow).count("C201") == 1
    assert codes(flow).count("C202") == 1


def test_a_choice_that_comes_too_late_is_told_once() -> None:
    flow = with_states(
        "ringing: { do: answer, on: { Connected: a } }",
        "a: { menu: { say: Hi., timeout: 5s, retries: 1, "
        "choices: { '1': { do: { reject: 486 }, to: end } } }, on: { exhausted: end } }",
    )
    assert codes(flow) == ["C201"]


def test_another_leg_waits_for_its_own_connected() -> None:
    flow = "legs: { b: { to: sip:b@example.org } }\n" + with_states(
        "ringing: { do: answer, on: { Connected: a } }",
        "a: { do: [{ dial: b }, { b.say: Hi. }], after: { 9s: end } }",
    )
    assert found("C201", flow).help == "go on at `b.Connected`"


def test_an_unanswered_path_is_told_at_its_last_state() -> None:
    flow = with_states(
        "ringing: { after: { 1s: later } }", "later: { do: ring, after: { 9s: end } }"
    )
    finding = found("C202", flow)
    assert finding.message == (
        "the call is neither answered nor rejected on the path `ringing` -> `later`"
    )
    assert finding.span.line == 5


WAITS = "on: { ToneReceived: end }, after: { 9s: end } }"
BLOCK_WAITS = "    on: { ToneReceived: end }\n    after: { 9s: end }"
DO = "a:\n    do:\n      "
ENABLED = "a:\n    do:\n      - handleTones: true\n      - "


@pytest.mark.parametrize(
    ("state", "better"),
    [
        (f"a: {{ {WAITS}", f"a: {{ do: {{ handleTones: true }}, {WAITS}"),
        (f"a: {{ do: hangup, {WAITS}", f"a: {{ do: [{{ handleTones: true }}, hangup], {WAITS}"),
        (
            f"a: {{ do: [{{ say: Hi }}], {WAITS}",
            f"a: {{ do: [{{ handleTones: true }}, {{ say: Hi }}], {WAITS}",
        ),
        (f"a:\n{BLOCK_WAITS}", f"a:\n    do: {{ handleTones: true }}\n{BLOCK_WAITS}"),
        (
            f"{DO}- say: Hi    # friendly\n{BLOCK_WAITS}",
            f"{ENABLED}say: Hi    # friendly\n{BLOCK_WAITS}",
        ),
        (
            f"{DO}say:\n        text: Hi\n{BLOCK_WAITS}",
            f"{ENABLED}say:\n          text: Hi\n{BLOCK_WAITS}",
        ),
    ],
)
def test_an_event_is_enabled_where_its_state_begins(state: str, better: str) -> None:
    start = "ringing: { do: answer, on: { Connected: a } }"
    finding = found("C203", with_states(start, state))
    assert finding.fix is not None
    assert finding.fix.safe
    after = mended(with_states(start, state), finding)
    assert after == with_states(start, better)
    assert "C203" not in codes(after)


def test_another_leg_is_enabled_by_its_own_action() -> None:
    flow = (
        "start: request\nlegs: { a: { to: sip:a@example.org }, b: { to: sip:b@example.org } }\n"
        + with_states(
            "calling: { do: [{ dial: a }, { dial: b }], "
            "on: { b.MicStatusChange: end, a.Failed: end } }"
        )
    )
    finding = found("C203", flow)
    assert finding.help == "add `b.handleMicStatus: true`"
    assert "[{ b.handleMicStatus: true }, { dial: a }" in mended(flow, finding)


@pytest.mark.parametrize(
    ("event", "action"),
    [
        ("MicStatusChange", "handleMicStatus: true"),
        ("BlindTransferRequested", "handleBlindTransfer: true"),
        ("BeepDetectionComplete", "enableBeepDetection: {}"),
    ],
)
def test_an_event_that_a_switch_enables_is_mended(event: str, action: str) -> None:
    flow = with_states(
        "ringing: { do: answer, on: { Connected: a } }",
        f"a: {{ on: {{ {event}: end }}, after: {{ 9s: end }} }}",
    )
    after = mended(flow, found("C203", flow))
    assert f"a: {{ do: {{ {action} }}, on:" in after
    assert not codes(after)


def test_an_event_that_needs_arguments_to_enable_has_no_fix() -> None:
    flow = with_states(
        "ringing: { do: answer, on: { Connected: a } }",
        "a: { on: { MediaStatisticsReceived: end }, after: { 9s: end } }",
    )
    finding = found("C203", flow)
    assert finding.help == "add `monitorMediaStatistics: ...`"
    assert finding.fix is None


def test_a_root_handler_is_enabled_where_the_flow_begins() -> None:
    flow = "on: { ToneReceived: end }\n" + with_states(
        "ringing: { do: answer, after: { 9s: end } }"
    )
    assert "do: [{ handleTones: true }, answer]" in mended(flow, found("C203", flow))


def test_an_own_event_comes_only_after_what_emits_it() -> None:
    flow = with_states(
        "ringing: { do: answer, on: { Connected: work } }",
        "work: { do: { say: Hi. }, on: { PlaybackFinished: { do: { emit: tick } }, tick: work } }",
        "gone: { do: { log: gone }, to: end }",
    )
    around = "on: { Disconnected: gone, tick: gone }\nafter: { 10m: { do: hangup } }\n"
    assert codes(flow + around) == []


def test_what_follows_an_own_event_is_in_the_phase_of_its_emit() -> None:
    flow = with_states(
        "ringing: { do: [answer, { emit: now }], on: { now: talk } }",
        "talk: { do: { say: Hi. }, on: { PlaybackFinished: end } }",
    )
    assert codes(flow) == ["C201"]


def test_a_sound_is_heard_and_a_key_comes_only_after_what_brings_them() -> None:
    flow = with_states(
        "ringing: { do: answer, on: { Connected: { do: [{ handleTones: true }, { say: Hi. }] },"
        " ToneReceived: { do: stopPlayback, to: end },"
        " PlaybackFinished: { do: { say: Bye. } } } }",
    )
    assert codes(flow) == []
    early = flow.replace("do: answer,", "do: [startEarlyMedia, { handleTones: true }, answer],")
    assert codes(early) == ["C201"]
