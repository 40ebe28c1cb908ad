"""Dead ends, traps and loops without a wait."""

import pytest

from dtmflow.compiling.core import END
from dtmflow.linting.analysis.completion import dead_ends, spins, traps
from dtmflow.linting.analysis.graph import Graph
from support.charts import act, after, core, go, later, lost, on, state

pytestmark = pytest.mark.unit


def test_a_state_without_to_on_or_after_is_a_dead_end() -> None:
    graph = Graph(core(state("a", on("ToneReceived", "b")), state("b", act("say"))))
    assert [found.path for found in dead_ends(graph)] == ["b"]


@pytest.mark.parametrize(
    "part",
    [go(END), on("ToneReceived", END), after("1s", END)],
    ids=["to", "on", "after"],
)
def test_a_state_that_waits_is_no_dead_end(part: object) -> None:
    assert not dead_ends(Graph(core(state("a", part))))  # type: ignore[arg-type]


def test_final_states_kinds_and_sugar_are_no_dead_ends() -> None:
    graph = Graph(
        core(
            state("a", final="ok"),
            state("b", later=later("http", "ok")),
            state("c", sugar="menu"),
        )
    )
    assert not dead_ends(graph)


def test_a_handler_of_an_enclosing_state_is_waited_for() -> None:
    graph = Graph(core(state("out", on("ToneReceived", END)), state("out/a", act("say"))))
    assert not dead_ends(graph)


def test_the_roots_answer_to_the_hang_up_is_not_waited_for() -> None:
    only = core(state("a"), state("b", go(END)), root=(on("Disconnected", "b"),))
    assert [found.path for found in dead_ends(Graph(only))] == ["a"]
    more = core(state("a"), state("b", go(END)), root=(on("ToneReceived", "b"),))
    assert not dead_ends(Graph(more))


def test_a_state_that_hangs_up_waits_for_the_end_of_the_leg() -> None:
    graph = Graph(core(state("a", on("ToneReceived", "b")), state("b", act("reject", code=486))))
    assert not dead_ends(graph)
    assert not traps(graph)


def test_states_that_lead_only_to_each_other_are_a_trap() -> None:
    graph = Graph(
        core(
            state("start", on("Connected", "a")),
            state("a", on("PlaybackFinished", "b")),
            state("b", after("5s", "a")),
        )
    )
    assert traps(graph) == (("a", "b"),)


def test_a_trap_with_one_way_out_is_none() -> None:
    graph = Graph(
        core(
            state("a", on("PlaybackFinished", "b")),
            state("b", after("5s", go("a", guard="x"), END)),
        )
    )
    assert not traps(graph)


def test_a_handled_hang_up_of_the_caller_is_no_way_out() -> None:
    graph = Graph(
        core(
            state("a", on("PlaybackFinished", "a"), on("Disconnected", "b")),
            state("b", go(END)),
        )
    )
    assert traps(graph) == (("a",),)


def test_the_flows_own_hang_up_is_a_way_out_through_its_handler() -> None:
    graph = Graph(
        core(
            state("a", on("PlaybackFinished", go(None, act("hangup")))),
            state("saving", go(END)),
            root=(on("Disconnected", "saving"),),
        )
    )
    assert not traps(graph)


def test_the_hang_up_of_another_leg_is_a_way_out() -> None:
    graph = Graph(core(state("a", on("Disconnected", END, leg="agent")), legs=("agent",)))
    assert not traps(graph)


def test_dead_ends_and_unknown_targets_are_told_by_other_rules() -> None:
    dead = Graph(core(state("a", on("ToneReceived", "b")), state("b")))
    assert not traps(dead)
    unknown = Graph(core(state("a", on("ToneReceived", lost("zzzzzz")))))
    assert not traps(unknown)


def test_completions_in_a_circle_spin() -> None:
    graph = Graph(core(state("a", go("b")), state("b", go("a"))))
    assert spins(graph) == (("a", "b"),)


def test_a_state_that_completes_into_itself_spins() -> None:
    assert spins(Graph(core(state("a", go("a"))))) == (("a",),)


def test_a_guard_on_what_never_changes_does_not_stop_a_circle() -> None:
    graph = Graph(core(state("a", go("b", guard="tries < 3"), go(END)), state("b", go("a"))))
    assert spins(graph) == (("a", "b"),)


def test_a_circle_that_counts_is_allowed() -> None:
    graph = Graph(
        core(
            state("a", go("b", guard="tries < 3"), go(END)),
            state("b", act("set", "", tries="${tries + 1}"), go("a")),
        )
    )
    assert not spins(graph)


def test_a_counter_in_one_circle_does_not_excuse_another() -> None:
    graph = Graph(
        core(
            state("a", go("b", guard="tries < 3"), go("c")),
            state("b", act("set", "", tries="${tries + 1}"), go("a")),
            state("c", go("d")),
            state("d", go("c", guard="x"), go("a")),
        )
    )
    assert spins(graph) == (("c", "d"),)


def test_a_wait_interrupts_a_circle() -> None:
    graph = Graph(core(state("a", go("b")), state("b", after("1s", "a"))))
    assert not spins(graph)
