"""What holds for every sequence of events, whatever the flow."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtmflow.running import step
from dtmflow.running.context import LegFacts, fresh
from dtmflow.running.effects import (
    CancelTimer,
    Effect,
    Failure,
    Finish,
    LegEvent,
    Note,
    Occurrence,
    OwnEvent,
    Passed,
    StartTimer,
    TimerFired,
    TimerId,
)
from dtmflow_schema.catalogue import EVENTS
from dtmflow_schema.events.dtmf import ToneReceived
from dtmflow_schema.events.lifecycle import StateChanged
from support.programs import compiled
from support.thoroughness import examples

pytestmark = pytest.mark.properties

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)

FLOWS = [
    compiled("""
        vars: {n: 0, keys: ""}
        on: {fault: sorry, OnHold: a}
        after: {9m: end}
        states:
          a: {do: [answer, {handleTones: true}], on: {Connected: b}}
          b:
            do: {say: "${string(10 / n)}"}
            exit: stopPlayback
            on:
              ToneReceived:
                - {if: 'int(event.tone) > n', do: {set: {n: "${n + 1}"}}, to: b}
                - {if: 'event.tone == "*"', do: {emit: star}}
                - {do: {set: {keys: "${keys + event.tone}"}}}
              star: c
              PlaybackFinished: {do: record}
            after: {5s: c, 7s: b}
            states:
              inner: {on: {OffHold: end, MessageReceived: {do: {say: "${event.text}"}}}}
          c: {to: [{if: n > 3, to: end}, {if: n > 1, to: b}, {to: a}]}
          sorry: {do: {say: Sorry}, on: {PlaybackFinished: b, Disconnected: late}}
          late: {on: {RecordStopped: end}, after: {1s: end}}
    """),
    compiled("""
        on: {fault: spin}
        states:
          a: {do: answer, on: {Connected: spin}}
          spin: {to: again}
          again: {to: spin}
    """),
]

leg_events = st.one_of(
    st.sampled_from(sorted(EVENTS)).map(lambda name: LegEvent("caller", EVENTS[name]())),
    st.text("0123456789*#x", max_size=2).map(
        lambda tone: LegEvent("caller", ToneReceived(tone=tone))
    ),
    st.sampled_from(["ALERTING", "PROGRESSING", "CONNECTED", "TERMINATED"]).map(
        lambda new: LegEvent("caller", StateChanged(old_state="ALERTING", new_state=new))
    ),
)
occurrences = st.one_of(
    leg_events,
    st.builds(
        TimerFired,
        st.builds(
            TimerId,
            st.sampled_from(["", "b", "late", "nowhere"]),
            st.integers(0, 3),
            st.integers(0, 2),
        ),
    ),
    st.sampled_from([OwnEvent("star"), OwnEvent("fault"), OwnEvent("unknown")]),
    st.builds(Failure, st.just("caller"), st.just("say"), st.text(max_size=5), st.just(())),
    st.just(LegEvent("nobody", EVENTS["OnHold"]())),
)


def valid(event: Occurrence) -> Occurrence:
    """Give a StateChanged without payload one that a line would give it."""
    if isinstance(event, LegEvent) and event.event == StateChanged():
        return LegEvent(event.leg, StateChanged(new_state="CONNECTED"))
    return event


def run(program: Any, events: list[Occurrence]) -> list[list[Effect]]:
    context = fresh(program.core, {"caller": LegFacts()})
    out = [step.start(program, context, NOW)]
    out.extend(step.feed(program, context, event, NOW) for event in events)
    return out


@settings(max_examples=examples(80), deadline=None)
@given(st.sampled_from(FLOWS), st.lists(occurrences.map(valid), max_size=25))
def test_the_step_takes_any_sequence_and_finishes_at_most_once(
    program: Any, events: list[Occurrence]
) -> None:
    effects = [effect for batch in run(program, events) for effect in batch]
    finishes = [at for at, effect in enumerate(effects) if isinstance(effect, Finish)]
    assert len(finishes) <= 1
    if finishes:
        last, *late = effects[finishes[0] + 1 :]
        assert isinstance(last, Note)
        assert all(isinstance(effect, Passed) for effect in late)
        recorded = [effect.trigger for effect in late if isinstance(effect, Passed)]
        assert all(name.startswith("caller.Record") for name in recorded)


@settings(max_examples=examples(50), deadline=None)
@given(st.sampled_from(FLOWS), st.lists(occurrences.map(valid), max_size=15))
def test_the_same_events_give_the_same_effects(program: Any, events: list[Occurrence]) -> None:
    assert run(program, events) == run(program, deepcopy(events))


@settings(max_examples=examples(50), deadline=None)
@given(st.sampled_from(FLOWS), st.lists(occurrences.map(valid), max_size=25))
def test_a_timer_is_cancelled_only_while_it_runs(program: Any, events: list[Occurrence]) -> None:
    running: set[TimerId] = set()
    for at, batch in enumerate(run(program, events)):
        fired = events[at - 1] if at else None
        if isinstance(fired, TimerFired):
            running.discard(fired.timer)
        for effect in batch:
            if isinstance(effect, StartTimer):
                assert effect.timer not in running
                running.add(effect.timer)
            elif isinstance(effect, CancelTimer):
                assert effect.timer in running
                running.remove(effect.timer)
