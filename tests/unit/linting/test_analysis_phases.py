"""Where a leg stands on each path, and which events it may raise."""

import pytest

from dtmflow.compiling.core import END, Core
from dtmflow.linting.analysis.answering import left_ringing
from dtmflow.linting.analysis.enabling import never_enabled
from dtmflow.linting.analysis.graph import Graph
from dtmflow.linting.analysis.phases import PLAYING, Phases
from support.charts import act, after, core, go, later, on, state

pytestmark = pytest.mark.unit


def slips(subject: Core, leg: str = "caller") -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (slip.action.name, slip.stand.value, slip.path)
        for slip in Phases(Graph(subject), leg).missteps
    ]


def answered(*states: object) -> Core:
    return core(state("ringing", act("answer"), on("Connected", "talk")), *states)  # type: ignore[arg-type]


def test_a_call_is_connected_where_connected_was_handled() -> None:
    assert not slips(answered(state("talk", act("say"), on("PlaybackFinished", END))))


def test_nothing_can_be_said_while_the_call_rings() -> None:
    assert slips(core(state("a", act("say"), on("PlaybackFinished", END)))) == [
        ("say", "ringing", ("a",))
    ]


def test_nothing_can_be_said_between_answer_and_connected() -> None:
    found = slips(core(state("a", act("answer"), act("say"), on("PlaybackFinished", END))))
    assert found == [("say", "answered but not connected yet", ("a",))]


def test_what_works_before_and_after_works_in_between() -> None:
    early = core(state("a", act("answer"), act("handleTones"), act("hangup")))
    assert not slips(early)


def test_a_timer_may_run_before_connected_comes() -> None:
    found = slips(
        core(
            state("a", act("answer"), after("2s", "b")),
            state("b", act("say"), on("PlaybackFinished", END)),
        )
    )
    assert found == [("say", "answered but not connected yet", ("a", "b"))]


def test_a_call_is_answered_once() -> None:
    assert slips(answered(state("talk", act("answer"), go(END)))) == [
        ("answer", "connected", ("ringing", "talk"))
    ]
    assert slips(core(state("a", act("answer"), act("answer")))) == [
        ("answer", "answered but not connected yet", ("a",))
    ]


def test_an_answered_call_cannot_be_rejected() -> None:
    assert slips(answered(state("talk", act("reject", code=486)))) == [
        ("reject", "connected", ("ringing", "talk"))
    ]


def test_early_media_can_play() -> None:
    assert not slips(
        core(
            state("a", act("startEarlyMedia"), act("say"), on("PlaybackFinished", "b")),
            state("b", act("answer"), on("Connected", END)),
        )
    )


def test_after_the_end_only_hangup_is_left() -> None:
    found = slips(
        answered(
            state("talk", act("say"), on("Disconnected", "bye")),
            state("bye", act("hangup"), act("say"), go(END)),
        )
    )
    assert found == [("say", "over", ("ringing", "talk", "bye"))]


def test_after_our_own_hangup_nothing_can_be_said() -> None:
    found = slips(answered(state("talk", act("hangup"), act("say"), go(END))))
    assert found == [("say", "being hung up", ("ringing", "talk"))]


def test_a_slip_is_told_once_not_for_everything_that_follows() -> None:
    found = slips(
        core(
            state("a", act("say"), on("PlaybackFinished", "b")),
            state("b", act("say"), on("PlaybackFinished", END)),
        )
    )
    assert [name for name, _, _ in found] == ["say"]


def test_the_shortest_wrong_path_is_named_although_another_is_right() -> None:
    found = slips(
        core(
            state("a", go("open", guard="x"), go("closed")),
            state("open", act("answer"), on("Connected", "talk")),
            state("closed", after("1s", "talk")),
            state("talk", act("say"), on("PlaybackFinished", END)),
        )
    )
    assert found == [("say", "ringing", ("a", "closed", "talk"))]


def test_a_dialled_leg_rings_until_it_is_connected() -> None:
    wrong = core(
        state(
            "a", act("dial", "", leg="agent"), after("5s", "b"), on("Connected", "b", leg="agent")
        ),
        state("b", act("say", "agent"), on("PlaybackFinished", END, leg="agent")),
        legs=("agent",),
    )
    assert slips(wrong, "agent") == [("say", "ringing", ("a", "b"))]
    right = core(
        state("a", act("dial", "", leg="agent"), on("Connected", "b", leg="agent")),
        state("b", act("say", "agent"), on("PlaybackFinished", END, leg="agent")),
        legs=("agent",),
    )
    assert not slips(right, "agent")


def test_audio_before_the_answer_is_early_media() -> None:
    early = core(
        state("a", act("dial", "", leg="agent"), on("AudioStarted", "b", leg="agent")),
        state("b", act("say", "agent"), on("PlaybackFinished", END, leg="agent")),
        legs=("agent",),
    )
    assert not slips(early, "agent")


def test_nothing_is_known_about_the_leg_of_a_connect() -> None:
    subject = core(
        state("a", act("dial", "", leg="agent"), go("agent")),
        state("agent", on("ok", "c"), later=later("connect", "ok")),
        state("c", act("say", "agent"), on("PlaybackFinished", END, leg="agent")),
        legs=("agent",),
    )
    assert not slips(subject, "agent")


def test_a_leg_that_failed_is_over() -> None:
    found = slips(
        core(
            state("a", act("dial", "", leg="agent"), on("Failed", "b", leg="agent")),
            state("b", act("say", "agent"), go(END)),
            legs=("agent",),
        ),
        "agent",
    )
    assert found == [("say", "over", ("a", "b"))]


def test_a_leg_that_is_not_dialled_is_left_to_another_rule() -> None:
    assert not slips(core(state("a", act("say", "agent"), go(END)), legs=("agent",)), "agent")


def test_nothing_is_known_after_a_fault() -> None:
    subject = core(
        state("a", act("ring"), act("answer"), on("Connected", END)),
        state("sorry", act("say"), on("PlaybackFinished", END)),
        root=(on("fault", "sorry"),),
    )
    assert not slips(subject)
    assert not left_ringing(Graph(subject))


def test_nothing_is_known_in_a_sub_flow_and_after_one() -> None:
    assert not slips(core(state("a", act("say"), go(END)), start="sub"))
    assert not slips(
        core(
            state("a", on("ok", "b"), later=later("run", "ok")),
            state("b", act("say"), on("PlaybackFinished", END)),
        )
    )


def test_the_events_of_sound_follow_from_the_catalogue() -> None:
    assert {"PlaybackFinished", "ToneReceived", "RecordStarted", "TransferFailed"} <= PLAYING
    assert not {"Connected", "Disconnected", "RecordStopped", "MicStatusChange"} & PLAYING


def test_a_flow_that_only_waits_for_connected_never_answers() -> None:
    graph = Graph(core(state("a", on("Connected", "b")), state("b", go(END))))
    assert left_ringing(graph) == (("a",),)


def test_every_last_state_of_an_unanswered_path_is_told() -> None:
    graph = Graph(
        core(
            state("a", go("open", guard="x"), go("closed", guard="y"), go("late")),
            state("open", act("answer"), on("Connected", END)),
            state("closed", after("5s", END)),
            state("late", final="late"),
        )
    )
    assert sorted(left_ringing(graph)) == [("a", "closed"), ("a", "late")]


def test_a_circle_that_rings_for_ever_is_told() -> None:
    graph = Graph(core(state("a", act("ring"), after("5s", "b")), state("b", after("5s", "a"))))
    assert [path[-1] for path in left_ringing(graph)] == ["a"]


@pytest.mark.parametrize("name", ["answer", "reject", "hangup", "startEarlyMedia"])
def test_a_call_that_is_dealt_with_is_not_told(name: str) -> None:
    graph = Graph(core(state("a", act("ring"), after("5s", "b")), state("b", act(name), go(END))))
    assert not left_ringing(graph)


def test_a_requested_flow_has_no_call_to_answer() -> None:
    assert not left_ringing(Graph(core(state("a", go(END)), start="request", primary="out")))


def missing(subject: Core) -> list[tuple[str, str]]:
    return [(holder, str(handler.trigger)) for holder, handler in never_enabled(Graph(subject))]


def test_keys_must_be_enabled_before_they_are_handled() -> None:
    assert missing(core(state("a", on("ToneReceived", END)))) == [("a", "caller.ToneReceived")]


def test_one_path_that_enables_is_enough() -> None:
    assert not missing(
        core(
            state("a", go("b", guard="x"), go("c")),
            state("b", act("handleTones", doHandle=True), go("c")),
            state("c", on("ToneReceived", END)),
        )
    )


def test_enabling_after_the_handler_is_too_late() -> None:
    found = missing(
        core(
            state("a", on("ToneReceived", "b")),
            state("b", act("handleTones", doHandle=True), on("PlaybackFinished", END)),
        )
    )
    assert found == [("a", "caller.ToneReceived")]


def test_an_internal_transition_of_the_same_state_may_enable() -> None:
    assert not missing(
        core(
            state(
                "a",
                on("Connected", go(None, act("handleTones", "agent", doHandle=True)), leg="agent"),
                on("ToneReceived", END, leg="agent"),
            ),
            legs=("agent",),
        )
    )


def test_switching_off_or_another_leg_does_not_enable() -> None:
    off = core(state("a", act("handleTones", doHandle=False), on("ToneReceived", END)))
    assert missing(off) == [("a", "caller.ToneReceived")]
    other = core(
        state("a", act("handleTones", "agent", doHandle=True), on("ToneReceived", END)),
        legs=("agent",),
    )
    assert missing(other) == [("a", "caller.ToneReceived")]


def test_a_root_handler_is_served_by_whatever_enables_anywhere() -> None:
    root = (on("ToneReceived", END),)
    assert missing(core(state("a", go(END)), root=root)) == [("", "caller.ToneReceived")]
    served = core(
        state("a", after("1s", "b")),
        state("b", act("handleTones", doHandle=True), after("1s", "a")),
        root=root,
    )
    assert not missing(served)


def test_unreachable_handlers_and_sub_flows_are_left_alone() -> None:
    assert not missing(core(state("a", go(END)), state("b", on("ToneReceived", END))))
    assert not missing(core(state("a", on("ToneReceived", END)), start="sub"))
    assert not missing(core(root=(on("ToneReceived", END),)))
