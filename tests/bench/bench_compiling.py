"""What compiling costs, and what a guard and a dispatch of the machine cost.

`pytest -s -m bench tests/bench/bench_compiling.py` prints the figures; limits are ratios (see
`support.pace`), 20,000 rounds being less than half a second.
"""

import pytest

from dtmflow.compiling.expand import expand
from dtmflow.compiling.machine import Machine
from dtmflow.compiling.program import compile_program
from dtmflow.loading.read import load
from dtmflow_schema.flow import Flow
from support.models import NotingModel
from support.pace import cost

pytestmark = pytest.mark.bench


def large(states: int) -> str:
    """Return a flow of so many states: menus, prompts and plain states in turn."""
    lines = ["version: 1", "vars: { tries: 0 }", "on: { Disconnected: end }", "states:"]
    for at in range(states):
        after = f"s{(at + 1) % states}"
        lines += [
            (
                (
                    f"  s{at}: {{ menu: {{ say: 'Press ${{tries}}', timeout: 5s, "
                    f"choices: {{ '1': {after}, '2': end }} }}, on: {{ exhausted: end }} }}"
                ),
                f"  s{at}: {{ prompt: {{ say: 'State {at}' }}, to: {after} }}",
                (
                    f"  s{at}: {{ do: {{ say: hi }}, on: {{ PlaybackFinished: "
                    f"[{{ if: tries < {at}, to: {after} }}, {{ to: end }}] }} }}"
                ),
                f"  s{at}: {{ do: {{ set: {{ tries: '${{tries + 1}}' }} }}, to: {after} }}",
            )[at % 4]
        ]
    return "\n".join(lines)


def test_a_flow_of_200_states_compiles_within_a_second(
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = load(large(200), "large.yaml")
    flow = Flow.model_validate(document.data)
    core = expand(flow)
    found = {
        "expand": cost(lambda: expand(flow), times=1),
        "machine": cost(lambda: Machine(core), times=1),
        "program": cost(lambda: compile_program(core, document), times=1),
    }
    with capsys.disabled():
        print(f"\n200 states as written, {len(core.states)} expanded:")  # noqa: T201 - a figure to read
        for name, each in found.items():
            print(f"  {name}: {each.microseconds / 1000:.1f} ms")  # noqa: T201 - a figure to read
    assert sum(each.rounds for each in found.values()) < 20_000


def test_a_guard_and_a_dispatch_cost_microseconds(capsys: pytest.CaptureFixture[str]) -> None:
    document = load(large(200), "large.yaml")
    core = expand(Flow.model_validate(document.data))
    program = compile_program(core, document)
    transition = core.states["s2"].on[0].transitions[0]
    model = NotingModel(true=['event.tone == "1"'])

    def move() -> None:
        model.state = "s0/listen"
        model.notes.clear()
        assert program.machine.trigger(model, "caller.ToneReceived")

    guard = cost(lambda: program.guard(transition, {"tries": 1}), times=500)
    dispatch = cost(move, times=500)
    unhandled = cost(lambda: program.machine.trigger(model, "caller.OnHold"), times=500)
    with capsys.disabled():
        print(f"\nguard {guard}, dispatch {dispatch}, without handler {unhandled}")  # noqa: T201 - a figure to read
    assert guard.rounds < 2
    assert dispatch.rounds < 1.5
    assert unhandled.rounds < 0.1
