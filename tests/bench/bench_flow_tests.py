"""How many flow tests one core runs in a second, loading not counted.

Absolute figures depend on the machine, so what must hold is a ratio: a flow test may cost so many
rounds of a fixed piece of plain Python, timed in turns with it. 300 tests a second on the machine
of reference are 200 rounds a test.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dtmflow.testing.programs import Programs
from dtmflow.testing.runner import FlowTests

pytestmark = pytest.mark.bench

FLOWS = Path(__file__).parents[2] / "flows"
ROUNDS_PER_TEST = 200
TURNS = 5


class _Leaf:
    def __init__(self, name: str, value: int) -> None:
        self.name, self.value = name, value

    def shown(self) -> str:
        return f"{self.name}={self.value}"


def plain_python() -> int:
    """Two hundred rounds of objects, calls, dictionaries and texts."""
    for number in range(200):
        leaves = {f"k{at}": _Leaf(f"n{at}", at * number) for at in range(20)}
        ", ".join(leaf.shown() for _, leaf in sorted(leaves.items()) if isinstance(leaf, _Leaf))
    return 200


def seconds_for_one(work: Callable[[], int]) -> float:
    started = time.process_time()
    count = work()
    return (time.process_time() - started) / count


def test_flow_tests_stay_fast(capsys: pytest.CaptureFixture[str]) -> None:
    programs = Programs()
    files = [FlowTests(path, programs) for path in sorted(FLOWS.glob("*/flow.test.yaml"))]

    def all_flow_tests() -> int:
        results = [result for file in files for result in file.run()]
        assert all(result.passed for result in results)
        return len(results)

    all_flow_tests()
    ratios, rates = [], []
    for _ in range(TURNS):
        unit = seconds_for_one(plain_python)
        cost = seconds_for_one(all_flow_tests)
        ratios.append(cost / unit)
        rates.append(1 / cost)
    best = min(ratios)
    with capsys.disabled():
        rate = max(rates)
        print(f"\n{rate:.0f} flow tests a second on one core, {best:.0f} rounds each")  # noqa: T201 - a figure to read
    assert best < ROUNDS_PER_TEST
