"""What compiling costs, and what each step of a running flow costs."""

from collections.abc import Callable
from time import process_time

import pytest

from dtmflow.compiling.expand import expand
from dtmflow.compiling.machine import Machine
from dtmflow.compiling.program import compile_program
from dtmflow.loading.read import load
from dtmflow_schema.flow import Flow
from support.models import NotingModel

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


def each(times: int, act: Callable[[], object]) -> float:
    """Return the shortest of three averages, in microseconds."""
    best = float("inf")
    for _ in range(3):
        begin = process_time()
        for _ in range(times):
            act()
        best = min(best, (process_time() - begin) / times)
    return best * 1e6


def test_a_flow_of_200_states_compiles_within_a_second(
    record_property: Callable[[str, object], None],
) -> None:
    document = load(large(200), "large.yaml")
    flow = Flow.model_validate(document.data)
    core = expand(flow)
    figures = {
        "expand ms": each(1, lambda: expand(flow)) / 1000,
        "machine ms": each(1, lambda: Machine(core)) / 1000,
        "program ms": each(1, lambda: compile_program(core, document)) / 1000,
    }
    print({name: round(value, 1) for name, value in figures.items()}, len(core.states), "states")  # noqa: T201 - a measurement
    for name, value in figures.items():
        record_property(name, value)
    assert sum(figures.values()) < 1000


def test_a_guard_and_a_dispatch_cost_microseconds(
    record_property: Callable[[str, object], None],
) -> None:
    document = load(large(200), "large.yaml")
    core = expand(Flow.model_validate(document.data))
    program = compile_program(core, document)
    transition = core.states["s2"].on[0].transitions[0]
    model = NotingModel(true=['event.tone == "1"'])

    def move() -> None:
        model.state = "s0/listen"
        model.notes.clear()
        assert program.machine.trigger(model, "caller.ToneReceived")

    figures = {
        "guard": each(2000, lambda: program.guard(transition, {"tries": 1})),
        "dispatch": each(1000, move),
        "unhandled": each(1000, lambda: program.machine.trigger(model, "caller.OnHold")),
    }
    print({f"{name} us": round(value, 1) for name, value in figures.items()})  # noqa: T201 - a measurement
    for name, value in figures.items():
        record_property(name, value)
    assert figures["guard"] < 200
    assert figures["dispatch"] < 1000
