"""Rules on the graph of a flow: messages, places and fixes."""

from pathlib import Path

import pytest

from support.findings import codes, found, mended, with_states

pytestmark = pytest.mark.unit

RULES = Path(__file__).parents[2] / "golden" / "rules"


@pytest.mark.parametrize(
    "path", sorted(RULES.glob("F*/bad-*.yaml")), ids=lambda p: p.parent.name + "-" + p.stem
)
def test_a_bad_flow_is_found(path: Path) -> None:
    assert path.parent.name in codes(path.read_text())


@pytest.mark.parametrize(
    "path", sorted(RULES.glob("F*/good-*.yaml")), ids=lambda p: p.parent.name + "-" + p.stem
)
def test_a_good_flow_is_clean(path: Path) -> None:
    assert not [code for code in codes(path.read_text()) if code[0] in "FCV"]


def test_an_unknown_target_is_marked_and_a_close_name_proposed() -> None:
    flow = with_states(
        "ringing: { do: answer, on: { Connected: gretting } }", "greeting: { to: end }"
    )
    finding = found("F101", flow)
    assert finding.message == "there is no state `gretting`"
    assert finding.help == "did you mean `greeting`?"
    assert mended(flow, finding).count("greeting") == 2


def test_an_unknown_target_without_a_close_name_gets_the_list() -> None:
    flow = with_states("ringing: { do: answer, on: { Connected: somewhere } }")
    assert found("F101", flow).help == "there are `ringing`, `end`"


def test_a_target_of_a_root_timer_is_looked_at() -> None:
    flow = "after: { 5m: somewhere }\n" + with_states(
        "ringing: { do: answer, after: { 9s: end } }"
    )
    assert codes(flow) == ["F101"]


def test_an_unreachable_state_can_be_cut_out() -> None:
    flow = with_states(
        "ringing: { do: answer, on: { Connected: end } }",
        "old:\n    do: { say: Hello. }    # from last year\n    on: { PlaybackFinished: end }",
        "older: { to: old }",
    )
    finding = found("F102", flow)
    assert finding.message == "no path from `ringing` leads to `old`"
    assert finding.fix is not None
    assert not finding.fix.safe
    assert mended(flow, finding) == with_states(
        "ringing: { do: answer, on: { Connected: end } }", "older: { to: old }"
    )


def test_only_the_outermost_unreachable_state_is_told() -> None:
    flow = with_states(
        "ringing: { do: answer, on: { Connected: end } }",
        "old: { states: { one: { to: two }, two: { to: end } } }",
    )
    assert codes(flow) == ["F102"]


def test_a_misspelt_target_does_not_make_its_state_unreachable() -> None:
    flow = with_states(
        "ringing: { do: answer, on: { Connected: gretting } }", "greeting: { to: end }"
    )
    assert codes(flow) == ["F101"]


def test_a_dead_end_is_marked_at_its_key() -> None:
    finding = found(
        "F103",
        with_states("ringing: { do: answer, on: { Connected: a } }", "a: { do: { say: x } }"),
    )
    assert (finding.span.line, finding.span.column, finding.span.end_column) == (5, 3, 4)


def test_a_trap_names_all_its_states_once() -> None:
    flow = with_states(
        "ringing: { do: answer, on: { Connected: a } }",
        "a: { after: { 1s: b } }",
        "b: { after: { 1s: c } }",
        "c: { after: { 1s: a } }",
    )
    assert codes(flow) == ["F104"]
    assert (
        found("F104", flow).message == "`a`, `b` and `c` lead only to each other, never to an end"
    )


def test_a_spinning_circle_is_told_once() -> None:
    flow = with_states(
        "ringing: { do: answer, on: { Connected: a } }", "a: { to: b }", "b: { to: a }"
    )
    assert codes(flow) == ["F105"]


def test_a_state_that_spins_by_itself_is_told() -> None:
    flow = with_states("ringing: { do: answer, on: { Connected: a } }", "a: { to: a }")
    message = "`a` leads to itself without waiting and would spin forever"
    assert found("F105", flow).message == message


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("vars: { used: 0, idle: 0 }\n", "vars: { used: 0 }\n"),
        ("vars: { idle: 0, used: 0 }\n", "vars: { used: 0 }\n"),
        ("vars:\n  idle: 0   # why?\n  used: 0\n", "vars:\n  used: 0\n"),
        ("vars:\n  used: 0\n  idle:\n    type: int\n    default: 0\n", "vars:\n  used: 0\n"),
    ],
)
def test_an_unused_variable_is_removed_with_its_lines(before: str, after: str) -> None:
    flow = with_states('ringing: { do: [answer, { log: "${used}" }], on: { Connected: end } }')
    finding = found("F109", before + flow)
    assert finding.fix is not None
    assert finding.fix.safe
    assert mended(before + flow, finding) == after + flow


def test_the_last_unused_definition_takes_its_section_along() -> None:
    flow = with_states("ringing: { do: answer, on: { Connected: end } }")
    finding = found("F109", "vars: { idle: 0 }\n" + flow)
    assert mended("vars: { idle: 0 }\n" + flow, finding) == flow


def test_a_variable_that_is_only_set_has_no_fix() -> None:
    flow = with_states("ringing: { do: [answer, { set: { x: 1 } }], on: { Connected: end } }")
    finding = found("F109", "vars: { x: 0 }\n" + flow)
    assert finding.message == "variable `x` is set but never read"
    assert finding.fix is None


def test_what_a_misspelt_name_stands_for_is_not_called_unused() -> None:
    flow = with_states('ringing: { do: [answer, { log: "${tires}" }], on: { Connected: end } }')
    assert codes("vars: { tries: 0 }\n" + flow) == ["V302"]


def test_a_built_in_name_is_no_misspelt_variable() -> None:
    flow = with_states(
        'ringing: { do: answer, on: { Connected: { do: { log: "${event.name}" }, to: end } } }'
    )
    assert codes("vars: { even: 0 }\n" + flow) == ["F109"]


def test_removing_a_parameter_is_unsafe() -> None:
    flow = with_states("ringing: { do: answer, on: { Connected: end } }")
    finding = found("F109", "params: { box: string }\n" + flow)
    assert finding.fix is not None
    assert not finding.fix.safe


def test_an_ambiguous_target_lists_the_paths_and_points_at_them() -> None:
    flow = with_states(
        "ringing: { do: answer, on: { Connected: a } }",
        "a: { states: { x: { after: { 1s: b } } } }",
        "b: { states: { x: { after: { 1s: c } } } }",
        "c: { after: { 1s: x, 2s: end } }",
    )
    finding = found("F110", flow)
    assert finding.help == "write `a/x` or `b/x`"
    assert [related.span.line for related in finding.related] == [5, 6]


def test_an_initial_state_that_is_no_child_is_told_with_the_children() -> None:
    flow = with_states(
        "ringing: { do: answer, on: { Connected: a } }",
        "a: { initial: zzzzz, states: { x: { to: end } } }",
    )
    finding = found("F111", flow)
    assert finding.message == "there is no nested state `zzzzz` to begin with"
    assert finding.help == "there are `x`"
