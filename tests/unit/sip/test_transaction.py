"""The machines as tables, the heap of timers, and admission."""

from __future__ import annotations

import pytest

from dtmflow.sip.admission import MAX_BUCKETS, Admission
from dtmflow.sip.machines import (
    CLIENT,
    FIRST_AFTER,
    INVITE_CLIENT,
    INVITE_SERVER,
    LONGEST,
    SERVER,
    Action,
    Input,
    Machine,
    State,
)
from dtmflow.sip.timers import Timers
from dtmflow.sip.transaction import Budget
from support.sip_wire import OFFER, Call, Wire, codes

pytestmark = pytest.mark.unit

MACHINES = [INVITE_CLIENT, CLIENT, INVITE_SERVER, SERVER]


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_is_reached_and_leads_to_the_end(machine: Machine) -> None:
    states = {state for state, _ in machine.rows}
    assert states | {State.TERMINATED} == {machine.first} | {to for to, _ in machine.rows.values()}
    leads = {State.TERMINATED}
    for _ in states:
        leads |= {state for (state, _), (to, _) in machine.rows.items() if to in leads}
    assert leads == states | {State.TERMINATED}


@pytest.mark.parametrize("machine", MACHINES)
def test_every_timer_that_runs_in_a_state_has_a_row_there_and_no_other(machine: Machine) -> None:
    running = {(state, timer) for state, timers in machine.timers.items() for timer in timers}
    assert running == {key for key in machine.rows if key[1] in FIRST_AFTER}


@pytest.mark.parametrize("machine", MACHINES)
def test_timers_that_repeat_stay_in_their_state_and_others_end_the_transaction(
    machine: Machine,
) -> None:
    for (state, what), (to, actions) in machine.rows.items():
        if what in LONGEST:
            assert (to, actions) == (state, (Action.REPEAT,))
        elif what in FIRST_AFTER:
            assert to is State.TERMINATED


def test_all_timers_of_the_rfc_for_udp_are_there() -> None:
    assert {timer.value[-1] for timer in FIRST_AFTER} == set("ABDEFGHIJKLM")
    assert FIRST_AFTER[Input.B] == FIRST_AFTER[Input.H] == 32
    assert FIRST_AFTER[Input.K] == FIRST_AFTER[Input.I] == 5


def test_a_request_of_an_old_peer_without_magic_branch_is_matched_by_its_other_fields() -> None:
    wire = Wire()
    old = Call(branch="1")
    assert codes(wire.send(old.request("INVITE", OFFER))) == [100]
    assert codes(wire.send(old.request("INVITE", OFFER))) == [100]
    assert codes(wire.send(Call(branch="1", call_id="2").request("INVITE", OFFER))) == [100]
    assert wire.agent.legs == 2
    assert codes(wire.send(old.request("CANCEL"))) == [200, 487]


def test_timers_fire_in_order_of_time_then_of_asking_and_not_when_cancelled() -> None:
    timers, fired = Timers(), list[str]()
    timers.start(2.0, lambda _: fired.append("b"))
    timers.start(1.0, lambda _: fired.append("a"))
    timers.start(2.0, lambda now: timers.start(now, lambda _: fired.append("d")) and None)
    timers.start(2.0, lambda _: fired.append("c"))
    timers.start(1.5, lambda _: fired.append("never")).cancel()
    assert timers.next_due() == 1.0
    timers.fire(1.9)
    assert (fired, timers.next_due()) == (["a"], 2.0)
    timers.fire(2.0)
    assert (fired, timers.next_due()) == (["a", "b", "c", "d"], None)


def test_a_budget_leaves_room_for_the_last_word() -> None:
    budget = Budget()
    budget.bytes_in = 100
    assert budget.spend(800, repeat=True)
    assert not budget.spend(1, repeat=True)
    assert budget.spend(200, repeat=False)
    assert not budget.spend(1, repeat=False)
    budget.proved = True
    assert budget.spend(10**6, repeat=True)


def test_forged_sources_cannot_fill_the_memory() -> None:
    admission = Admission(0.001, 2, total_rate=1, total_burst=10**6)
    for number in range(2 * MAX_BUCKETS):
        assert admission.admit(f"host {number}", 0.0)
        assert len(admission._buckets) <= MAX_BUCKETS


def test_forged_sources_together_get_no_more_in_than_the_whole_may_take() -> None:
    admission = Admission(400, 800, total_rate=10, total_burst=20)
    assert sum(admission.admit(f"host {number}", 0.0) for number in range(1000)) == 20
    assert sum(admission.admit(f"host {number}", 1.0) for number in range(1000)) == 10


def test_a_bucket_fills_again_with_time_but_not_beyond_its_size() -> None:
    admission = Admission(2, 3, total_rate=100, total_burst=100)
    assert [admission.admit("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert [admission.admit("a", 1.0) for _ in range(3)] == [True, True, False]
    assert [admission.admit("a", 100.0) for _ in range(4)] == [True, True, True, False]
