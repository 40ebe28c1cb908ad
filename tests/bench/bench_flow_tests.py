"""How many flow tests one core runs in a second, loading not counted.

`pytest -s -m bench tests/bench/bench_flow_tests.py` prints the figure. What must hold is a ratio
(see `support.pace`): 300 a second would be 175 rounds a test, the limit is less than half of that.
"""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from dtmflow.testing.programs import Programs
from dtmflow.testing.runner import FlowTests
from support.pace import cost_of_parts

pytestmark = pytest.mark.bench

FLOWS = Path(__file__).parents[2] / "flows"
ROUNDS_PER_TEST = 75


def test_flow_tests_stay_fast(capsys: pytest.CaptureFixture[str]) -> None:
    programs = Programs()
    files = [FlowTests(path, programs) for path in sorted(FLOWS.glob("*/flow.test.yaml"))]

    def each_flow_test() -> list[float]:
        seconds = []
        for file in files:
            begin = process_time()
            for result in file.run():
                seconds.append(process_time() - begin)
                assert result.passed, result.describe()
                begin = process_time()
        return seconds

    found = cost_of_parts(each_flow_test, turns=10)
    with capsys.disabled():
        print(f"\n{found.per_second:.0f} flow tests a second on one core, {found} each")  # noqa: T201 - a figure to read
    assert found.rounds < ROUNDS_PER_TEST
