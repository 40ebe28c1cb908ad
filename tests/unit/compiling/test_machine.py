import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtmflow.compiling.core import After, Core, Handler, State, Transition, Trigger
from dtmflow.compiling.machine import Machine, after_trigger, done_trigger, lineage
from support.cores import core, handler, state, transition
from support.models import NotingModel

pytestmark = pytest.mark.unit

HOUSE = core(
    [
        state("street", on=[handler("go", transition("house", do="door"))]),
        state(
            "house",
            on=[
                handler("leave", transition("street")),
                handler("again", transition("house")),
                handler("down", transition("house/cellar")),
                handler("call", transition(None, do="outer")),
            ],
            initial="house/hall",
            children=["house/hall", "house/cellar", "house/hall_2"],
        ),
        state(
            "house/hall",
            on=[
                handler("call", transition(None, guard="loud", do="inner")),
                handler(
                    "down", transition("house/cellar", guard="brave"), transition("house/hall")
                ),
            ],
            to=[transition("house/cellar")],
            after=[After("5s", (transition("street"),), ())],
        ),
        state("house/cellar", initial="house/cellar/shelf", children=["house/cellar/shelf"]),
        state("house/cellar/shelf", on=[handler("leave", transition("end"))]),
        state("house/hall_2"),
    ],
    on=[handler("call", transition(None, do="root")), handler("fire", transition("street"))],
    after=[After("1h", (transition("end"),), ())],
)


def at(leaf: str, *true: str) -> NotingModel:
    model = NotingModel(true)
    model.state = leaf
    return model


@pytest.mark.parametrize(
    ("leaf", "name", "true", "leaf_after", "notes"),
    [
        ("street", "go", "", "house/hall", "left street|do door|entered house|entered house/hall"),
        ("house/hall", "down", "", "house/hall", "left house/hall|entered house/hall"),
        (
            "house/hall",
            "down",
            "brave",
            "house/cellar/shelf",
            "left house/hall|entered house/cellar|entered house/cellar/shelf",
        ),
        (
            "house/cellar/shelf",
            "down",
            "",
            "house/cellar/shelf",
            (
                "left house/cellar/shelf|left house/cellar|"
                "entered house/cellar|entered house/cellar/shelf"
            ),
        ),
        (
            "house/hall",
            "again",
            "",
            "house/hall",
            "left house/hall|left house|entered house|entered house/hall",
        ),
        (
            "house/cellar/shelf",
            "leave",
            "",
            "end",
            "left house/cellar/shelf|left house/cellar|left house|entered end",
        ),
        ("house/hall", "call", "loud", "house/hall", "do inner"),
        ("house/hall", "call", "", "house/hall", "do outer"),
        ("street", "call", "", "street", "do root"),
        ("house/hall_2", "fire", "", "street", "left house/hall_2|left house|entered street"),
        (
            "house/hall",
            done_trigger("house/hall"),
            "",
            "house/cellar/shelf",
            "left house/hall|entered house/cellar|entered house/cellar/shelf",
        ),
        (
            "house/hall",
            after_trigger("house/hall", 0),
            "",
            "street",
            "left house/hall|left house|entered street",
        ),
        ("street", after_trigger("", 0), "", "end", "left street|entered end"),
    ],
)
def test_a_transition_leaves_acts_and_enters_in_order(
    leaf: str, name: str, true: str, leaf_after: str, notes: str
) -> None:
    model = at(leaf, *true.split())
    assert Machine(HOUSE).trigger(model, name)
    assert model.state == leaf_after
    assert "|".join(model.notes) == notes


@pytest.mark.parametrize("name", ["go", "nothing", after_trigger("street", 0), "done:street"])
def test_a_trigger_that_no_active_state_handles_does_nothing_silently(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    model = at("house/hall")
    with caplog.at_level(logging.DEBUG):
        assert not Machine(HOUSE).trigger(model, name)
    assert (model.state, model.notes, caplog.records) == ("house/hall", [], [])


def test_the_start_enters_from_the_root_to_the_leaf() -> None:
    states = [HOUSE.states["house"], *(each for each in HOUSE.states.values() if "/" in each.path)]
    model = NotingModel()
    Machine(core([*states, state("street")])).enter(model)
    assert model.state == "house/hall"
    assert model.notes == ["entered house", "entered house/hall"]


def test_an_unresolved_target_is_refused() -> None:
    broken = Transition(None, (), "nowhere", None, ())
    with pytest.raises(ValueError, match="`nowhere` in a leads nowhere"):
        Machine(core([state("a", on=[Handler(Trigger("x"), (broken,), ())])]))


def test_a_flow_may_have_its_own_end() -> None:
    model = at("a")
    Machine(core([state("a", to=[transition("end")]), state("end")])).trigger(model, "done:a")
    assert model.state == "end"


class Reference:
    """The statechart's rules in their plainest form."""

    def __init__(self, chart: Core, leaf: str, true: tuple[str, ...]) -> None:
        self.chart, self.leaf, self.true, self.notes = chart, leaf, true, list[str]()

    def trigger(self, name: str) -> bool:
        for source in (*reversed(lineage(self.leaf)), ""):
            for each in self.transitions(source, name):
                if each.guard is None or each.guard in self.true:
                    self.take(each)
                    return True
        return False

    def transitions(self, source: str, name: str) -> list[Transition]:
        handlers = self.chart.on if not source else ()
        if source in self.chart.states:
            handlers = self.chart.states[source].on
        return [one for each in handlers if each.trigger.event == name for one in each.transitions]

    def take(self, each: Transition) -> None:
        active, target = lineage(self.leaf), lineage(each.to) if each.to is not None else ()
        kept = [path for path in active if path in target] if each.to is not None else list(active)
        if each.to in kept:
            kept.remove(each.to)
        self.notes += [f"left {path}" for path in reversed(active) if path not in kept]
        self.notes += [f"do {action.arguments['text']}" for action in each.do]
        if each.to is None:
            return
        entered = [path for path in target if path not in kept]
        self.leaf = each.to
        while (initial := self.chart.states[self.leaf].initial) is not None:
            self.leaf = initial
            entered.append(initial)
        self.notes += [f"entered {path}" for path in entered]


PATHS = ("a", "b", "a/x", "a/y", "a/x/m", "a/x/n", "b/x")
LEAVES = tuple(path for path in PATHS if not any(other.startswith(path + "/") for other in PATHS))
TRANSITIONS = st.builds(
    lambda to, guard, do: transition(to, guard=guard, do=do),
    st.sampled_from([*PATHS, None]),
    st.sampled_from(["p", "q", None]),
    st.sampled_from(["one", "two", ""]),
)
HANDLERS = st.dictionaries(
    st.sampled_from("ef"), st.lists(TRANSITIONS, min_size=1, max_size=3), max_size=2
).map(lambda table: [handler(event, *each) for event, each in table.items()])


@st.composite
def charts(draw: st.DrawFn) -> Core:
    made: list[State] = []
    for path in PATHS:
        below = [each for each in PATHS if each.rpartition("/")[0] == path]
        initial = draw(st.sampled_from(below)) if below else None
        made.append(state(path, on=draw(HANDLERS), initial=initial, children=below))
    return core(made, on=draw(HANDLERS))


@settings(deadline=None)
@given(
    charts(),
    st.sampled_from(LEAVES),
    st.lists(st.tuples(st.sampled_from("efg"), st.sampled_from([(), ("p",), ("q",), ("p", "q")]))),
)
def test_the_machine_dispatches_as_the_plain_rules_say(
    chart: Core, leaf: str, steps: list[tuple[str, tuple[str, ...]]]
) -> None:
    machine, model, reference = Machine(chart), at(leaf), Reference(chart, leaf, ())
    for name, true in steps:
        model.true = reference.true = true
        assert machine.trigger(model, name) == reference.trigger(name)
        assert (model.state, model.notes) == (reference.leaf, reference.notes)
