"""The example flows: no finding, every test green, every diagram up to date."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from dtmflow.cli.diagrams import outdated
from dtmflow.cli.sources import find_flows, find_tests, read_text
from dtmflow.linting.engine import check
from dtmflow.loading.read import load
from dtmflow.testing.runner import run_file

pytestmark = pytest.mark.flows

ROOT = Path(__file__).parents[2]
FLOWS = find_flows([str(ROOT / "flows")])
TESTS = find_tests([str(ROOT / "flows")])


def short(path: Path) -> str:
    return str(path.parent.relative_to(ROOT))


def test_the_promised_examples_are_there() -> None:
    assert {path.parent.name for path in FLOWS} >= {
        "hello",
        "front-desk",
        "opening-hours",
        "survey",
        "language-choice",
    }


@pytest.mark.parametrize("path", FLOWS, ids=short)
def test_a_flow_has_no_finding_not_even_an_info(path: Path) -> None:
    assert check(read_text(path), str(path)).diagnostics == ()


@pytest.mark.parametrize("path", TESTS, ids=short)
def test_every_test_of_a_flow_passes(path: Path) -> None:
    results = run_file(path)
    assert results
    failed = [result.describe() for result in results if not result.passed]
    assert not failed, "\n" + "\n".join(failed)


@pytest.mark.parametrize("path", [*FLOWS, *TESTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_an_editor_that_follows_the_first_line_finds_no_error(path: Path) -> None:
    document = load(read_text(path), str(path))
    marker = "# yaml-language-server: $schema="
    first = document.text.splitlines()[0]
    assert first.startswith(marker)
    schema = json.loads((path.parent / first.removeprefix(marker)).read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(document.data)


@pytest.mark.parametrize("path", FLOWS, ids=short)
def test_a_flow_has_tests_and_a_page(path: Path) -> None:
    assert path.with_name("flow.test.yaml") in TESTS
    assert path.with_name("README.md").is_file()


def test_the_diagrams_are_those_of_the_flows() -> None:
    assert outdated(ROOT / "flows") == {}
