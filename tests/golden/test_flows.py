"""Sound flows of many kinds: no finding, the same meaning when expanded, drawn in every form.

`flows/<what>.yaml` shows one thing each; `flows/<what>.test.yaml` beside it says what it does.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dtmflow.compiling import graph
from dtmflow.compiling.core import Core
from dtmflow.compiling.yaml_form import core_to_plain
from dtmflow.linting.engine import check
from dtmflow.linting.render import concise
from dtmflow.loading.dump import dump
from dtmflow.testing.runner import run_file

pytestmark = pytest.mark.golden

FOLDER = Path(__file__).parent / "flows"
FLOWS = sorted(path for path in FOLDER.glob("*.yaml") if not path.stem.endswith(".test"))
TESTED = [path for path in FLOWS if path.with_suffix(".test.yaml").is_file()]


def core_of(path: Path) -> Core:
    analysis = check(path.read_bytes(), path.name)
    assert concise.render(analysis.diagnostics) == ""
    assert analysis.core is not None
    return analysis.core


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_a_sound_flow_is_clean_as_written_and_as_expanded(path: Path, tmp_path: Path) -> None:
    expanded = tmp_path / path.name
    expanded.write_text(dump(core_to_plain(core_of(path))), "utf-8")
    assert dump(core_to_plain(core_of(expanded))) == expanded.read_text("utf-8")


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_a_sound_flow_is_drawn(path: Path) -> None:
    core = core_of(path)
    assert graph.mermaid(core).startswith("stateDiagram-v2\n")
    assert graph.dot(core).startswith("digraph ")
    nodes = {node["id"] for node in json.loads(graph.json(core))["nodes"]}
    assert {name for name, state in core.states.items() if not state.generated} <= nodes


@pytest.mark.parametrize("path", TESTED, ids=lambda path: path.stem)
def test_a_flow_does_what_its_tests_say_also_when_expanded(path: Path, tmp_path: Path) -> None:
    tests = path.with_suffix(".test.yaml")
    expanded = tmp_path / path.name
    expanded.write_text(dump(core_to_plain(core_of(path))), "utf-8")
    shutil.copy(tests, tmp_path)
    for file in (tests, tmp_path / tests.name):
        results = run_file(file)
        assert results
        assert [result.describe() for result in results if not result.passed] == []
