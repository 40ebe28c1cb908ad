"""`dtmflow schema` prints what editors need, the same as is committed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dtmflow.cli.main import main

pytestmark = pytest.mark.unit

COMMITTED = Path(__file__).parents[3] / "schema" / "json"


def test_without_a_name_it_is_that_of_flows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    out = capsys.readouterr().out
    assert out == (COMMITTED / "flow.json").read_text()
    assert "states" in json.loads(out)["properties"]


def test_the_listed_names_are_those_of_the_committed_files(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["schema", "--list"]) == 0
    names = set(capsys.readouterr().out.split())
    assert names == {
        str(path.relative_to(COMMITTED).with_suffix("")) for path in COMMITTED.rglob("*.json")
    }


@pytest.mark.parametrize("name", ["flow-test", "parameters/CallSayParameters", "events/Connected"])
def test_a_schema_is_printed_by_its_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", name]) == 0
    assert json.loads(capsys.readouterr().out)["$schema"].startswith("http://json-schema.org/")


def test_a_folder_takes_all_of_them_as_they_are_committed(tmp_path: Path) -> None:
    assert main(["schema", "--output", str(tmp_path / "json")]) == 0
    written = {path.relative_to(tmp_path / "json") for path in tmp_path.rglob("*.json")}
    assert written == {path.relative_to(COMMITTED) for path in COMMITTED.rglob("*.json")}
    for path in written:
        assert (tmp_path / "json" / path).read_text() == (COMMITTED / path).read_text()


def test_a_misspelt_name_is_wrong_usage_with_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "flwo"]) == 2
    assert "did you mean flow?" in capsys.readouterr().err


def test_a_name_and_a_folder_exclude_each_other(tmp_path: Path) -> None:
    assert main(["schema", "flow", "--output", str(tmp_path)]) == 2
