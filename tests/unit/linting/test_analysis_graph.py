"""Edges between configurations."""

import pytest

from dtmflow.compiling.core import END
from dtmflow.linting.analysis.cycles import components, is_cycle
from dtmflow.linting.analysis.graph import Cause, Edge, Graph
from support.charts import act, after, core, go, later, lost, on, state

pytestmark = pytest.mark.unit


def moves(graph: Graph, leaf: str) -> list[tuple[str, str]]:
    return [(str(edge.trigger or edge.cause.value), edge.target) for edge in graph.edges(leaf)]


def names(edge: Edge) -> list[str]:
    return [action.name for action in edge.actions]


def test_a_flow_starts_in_the_initial_leaf_with_entry_actions_from_outside_in() -> None:
    graph = Graph(core(state("talk", act("answer")), state("talk/wait", act("say"))))
    assert graph.start is not None
    assert graph.start.target == "talk/wait"
    assert names(graph.start) == ["answer", "say"]


def test_the_primary_leg_that_hangs_up_ends_the_flow_unless_it_is_handled() -> None:
    quiet = Graph(core(state("a", on("ToneReceived", END))))
    assert ("caller.Disconnected", END) in moves(quiet, "a")
    handled = Graph(core(state("a"), state("b", go(END)), root=(on("Disconnected", "b"),)))
    assert [move for move in moves(handled, "a") if "Disconnected" in move[0]] == [
        ("caller.Disconnected", "b")
    ]


def test_a_guarded_answer_to_the_hang_up_leaves_the_default_open() -> None:
    graph = Graph(core(state("a", on("Disconnected", go("b", guard="x"))), state("b", go(END))))
    targets = [target for trigger, target in moves(graph, "a") if "Disconnected" in trigger]
    assert targets == ["b", END]


def test_an_inner_handler_without_guard_hides_the_outer_one() -> None:
    graph = Graph(
        core(
            state("out", on("ToneReceived", END)),
            state("out/deaf", on("ToneReceived", "out/deaf")),
            state("out/half", on("ToneReceived", go("out/deaf", guard="x"))),
        )
    )
    assert ("caller.ToneReceived", END) not in moves(graph, "out/deaf")
    assert ("caller.ToneReceived", END) in moves(graph, "out/half")


def test_entries_after_an_unguarded_one_are_never_taken() -> None:
    graph = Graph(core(state("a", on("ToneReceived", "b", END)), state("b", go(END))))
    assert ("caller.ToneReceived", END) not in moves(graph, "a")


def test_a_state_that_completes_unguarded_never_waits() -> None:
    graph = Graph(core(state("a", on("ToneReceived", "b"), go(END)), state("b", go(END))))
    assert moves(graph, "a") == [("to", END)]
    assert graph.passes("a")


def test_leaving_runs_exits_inside_out_and_keeps_the_states_around_both() -> None:
    graph = Graph(
        core(
            state("out", act("answer"), exit=(act("hangup"),)),
            state(
                "out/a", on("ToneReceived", go("out/b", act("log"))), exit=(act("stopPlayback"),)
            ),
            state("out/b", act("say"), on("ToneReceived", "out")),
        )
    )
    across = next(edge for edge in graph.edges("out/a") if edge.cause is Cause.EVENT)
    assert names(across) == ["stopPlayback", "log", "say"]
    back = next(edge for edge in graph.edges("out/b") if edge.cause is Cause.EVENT)
    assert names(back) == ["hangup", "answer"]


def test_an_internal_transition_stays_and_runs_only_its_own_actions() -> None:
    graph = Graph(core(state("a", act("say"), on("ToneReceived", go(None, act("log"))))))
    stay = graph.edges("a")[0]
    assert (stay.target, names(stay)) == ("a", ["log"])


def test_root_timers_and_handlers_reach_every_state() -> None:
    graph = Graph(core(state("a"), state("b"), root=(on("ToneReceived", "b"), after("1m", END))))
    assert {("caller.ToneReceived", "b"), ("after", END)} <= set(moves(graph, "b"))


def test_an_own_event_counts_only_where_something_raises_it() -> None:
    quiet = core(state("a", on("done", "b")), state("b", go(END)))
    assert "b" not in Graph(quiet).reachable
    loud = core(state("a", act("emit", "", event="done"), on("done", "b")), state("b", go(END)))
    assert "b" in Graph(loud).reachable


def test_an_outcome_counts_where_a_kind_may_end_with_it() -> None:
    graph = Graph(core(state("a", on("ok", "b"), later=later("http", "ok")), state("b", go(END))))
    assert "b" in graph.reachable


def test_an_unknown_target_is_taken_for_the_state_that_it_resembles() -> None:
    graph = Graph(core(state("a", on("ToneReceived", lost("slaes"))), state("sales", go(END))))
    assert "sales" in graph.reachable


def test_an_ambiguous_target_may_lead_to_each_candidate() -> None:
    graph = Graph(
        core(
            state("a", on("ToneReceived", lost("x", "day/x", "night/x"))),
            state("day"),
            state("day/x"),
            state("night"),
            state("night/x"),
        )
    )
    assert {"day/x", "night/x"} <= graph.reachable


def test_a_core_without_states_has_no_start() -> None:
    graph = Graph(core())
    assert graph.start is None
    assert not graph.reachable


def test_components_come_with_successors_first() -> None:
    graph = {1: [2], 2: [3], 3: [2, 4], 4: [], 5: [5, 9]}
    assert [set(group) for group in components(graph)] == [{4}, {2, 3}, {1}, {5}]
    assert is_cycle((5,), graph)
    assert is_cycle((2, 3), graph)
    assert not is_cycle((4,), graph)
