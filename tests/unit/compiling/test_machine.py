import logging
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transitions.extensions import nesting

from dtmflow.compiling.core import After, Core, Handler, State, Transition, Trigger
from dtmflow.compiling.machine import SEPARATOR, Machine, after_trigger, done_trigger, lineage
from support.cores import core, handler, state, transition
from support.models import NotingModel
from support.thoroughness import examples

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


class Stock:
    """The same statechart on the library as it comes: stock events, states and transitions.

    It has no place for a `do` between leaving and entering, so that comes before both.
    """

    def __init__(self, chart: Core, leaf: str, true: tuple[str, ...]) -> None:
        self.state, self.true, self.notes = leaf, true, list[str]()
        states = [self.declared(chart, path) for path in chart.states if "/" not in path]
        self.machine = StockMachine(
            model=None,
            states=states,
            initial=None,
            send_event=True,
            auto_transitions=False,
            ignore_invalid_triggers=True,
        )
        for path, each in chart.states.items():
            for found in each.on:
                self.add(path, found)
        for path in chart.states:
            for found in chart.on if "/" not in path else ():
                self.add(path, found)

    def declared(self, chart: Core, path: str) -> dict[str, Any]:
        made = chart.states[path]
        return {
            "name": path.rpartition("/")[2],
            "initial": made.initial and made.initial.rpartition("/")[2],
            "children": [self.declared(chart, child) for child in made.children],
            "on_enter": self.noting(f"entered {path}"),
            "on_exit": self.noting(f"left {path}"),
        }

    def add(self, path: str, found: Handler) -> None:
        for each in found.transitions:
            self.machine.add_transition(
                found.trigger.event,
                path,
                each.to,
                conditions=[] if each.guard is None else [self.guard(each.guard)],
                before=[self.noting(f"do {action.arguments['text']}") for action in each.do],
            )

    def guard(self, name: str) -> Callable[[object], bool]:
        return lambda _: name in self.true

    def noting(self, note: str) -> Callable[[object], None]:
        return lambda _: self.notes.append(note)

    def trigger(self, name: str) -> bool:
        return bool(self.machine.trigger_event(self, name))


class StockState(nesting.NestedState):
    separator = SEPARATOR


class StockMachine(nesting.HierarchicalMachine):
    state_cls = StockState


def done_first(notes: list[str]) -> list[str]:
    """Order the notes of one transition as the stock library makes them."""
    return sorted(notes, key=lambda note: not note.startswith("do "))


@st.composite
def trees(draw: st.DrawFn) -> tuple[str, ...]:
    """Return paths, parents first; names come again in other branches and below themselves."""
    paths = [*draw(st.lists(st.sampled_from("abc"), min_size=1, unique=True))]
    for path in paths:
        if path.count("/") < 3 and len(paths) < 12:
            below = draw(st.lists(st.sampled_from("abc"), max_size=3, unique=True))
            paths += [f"{path}/{name}" for name in below]
    return tuple(paths)


def handlers(draw: st.DrawFn, paths: tuple[str, ...]) -> list[Handler]:
    return draw(
        st.dictionaries(
            st.sampled_from("ef"),
            st.lists(
                st.builds(
                    lambda to, guard, do: transition(to, guard=guard, do=do),
                    st.sampled_from([*paths, None]),
                    st.sampled_from(["p", "q", None]),
                    st.sampled_from(["one", "two", ""]),
                ),
                min_size=1,
                max_size=3,
            ),
            max_size=2,
        ).map(lambda table: [handler(event, *each) for event, each in table.items()])
    )


@st.composite
def charts(draw: st.DrawFn) -> Core:
    paths = draw(trees())
    made: list[State] = []
    for path in paths:
        below = [each for each in paths if each.rpartition("/")[0] == path]
        initial = draw(st.sampled_from(below)) if below else None
        on = handlers(draw, paths)
        made.append(state(path, on=on, initial=initial, children=below))
    return core(made, on=handlers(draw, paths))


@settings(max_examples=examples(100), deadline=None)
@given(
    charts(),
    st.randoms(use_true_random=False),
    st.lists(
        st.tuples(st.sampled_from("efg"), st.sampled_from([(), ("p",), ("q",), ("p", "q")])),
        max_size=12,
    ),
)
def test_the_machine_dispatches_as_the_plain_rules_and_the_stock_library_do(
    chart: Core, random: Random, steps: list[tuple[str, tuple[str, ...]]]
) -> None:
    leaf = random.choice([path for path, each in chart.states.items() if not each.children])
    machine, model = Machine(chart), at(leaf)
    reference, stock = Reference(chart, leaf, ()), Stock(chart, leaf, ())
    for name, true in steps:
        for each in (model, reference, stock):
            each.true = true
            each.notes.clear()
        taken = machine.trigger(model, name)
        assert taken == reference.trigger(name) == stock.trigger(name)
        assert model.state == reference.leaf == stock.state
        assert model.notes == reference.notes
        assert done_first(model.notes) == stock.notes


@settings(deadline=None, max_examples=examples(30))
@given(charts(), st.sampled_from("ef"))
def test_a_dispatch_is_the_same_the_second_time(chart: Core, name: str) -> None:
    machine = Machine(chart)
    for leaf in (path for path, each in chart.states.items() if not each.children):
        first, second = at(leaf, "p"), at(leaf, "p")
        assert machine.trigger(first, name) == machine.trigger(second, name)
        assert (first.state, first.notes) == (second.state, second.notes)
