"""Which files a FLOW or PATH argument means."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtmflow.cli.sources import find_flows, find_tests, flow_file, read_text
from dtmflow.errors import UsageError

pytestmark = pytest.mark.unit

FLOW = "version: 1\nstates: {}\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {
        "desk/flow.yaml": FLOW,
        "desk/flow.test.yaml": "flow: flow.yaml\ntests: []\n",
        "desk/night.yaml": FLOW,
        "desk/compose.yaml": "version: 3\nservices: {}\n",
        "desk/misspelt.yaml": "version: 1\nstart: incoming\nstats: {}\n",
        "broken/flow.yaml": "][",
        ".hidden/flow.yaml": FLOW,
        "node_modules/flow.yaml": FLOW,
        "notes.txt": "states:\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("tree")
class TestArguments:
    def test_a_folder_means_its_flow_yaml(self) -> None:
        assert flow_file("desk") == Path("desk/flow.yaml")

    def test_a_file_means_itself(self) -> None:
        assert flow_file("desk/night.yaml") == Path("desk/night.yaml")

    @pytest.mark.parametrize("argument", ["nowhere", "desk/flow.test.yaml", "."])
    def test_anything_else_is_wrong_usage(self, argument: str) -> None:
        with pytest.raises(UsageError, match=r"^" + argument.replace(".", r"\.")):
            flow_file(argument)

    def test_below_a_folder_all_flows_are_found_and_other_yaml_is_not(self) -> None:
        assert find_flows([]) == [
            Path("broken/flow.yaml"),
            Path("desk/flow.yaml"),
            Path("desk/misspelt.yaml"),
            Path("desk/night.yaml"),
        ]

    def test_a_named_file_is_taken_whatever_it_holds(self) -> None:
        assert find_flows(["desk/compose.yaml"]) == [Path("desk/compose.yaml")]

    def test_a_flow_named_twice_is_checked_once(self) -> None:
        assert find_flows(["desk/flow.yaml", "desk", "desk/night.yaml"]) == [
            Path("desk/flow.yaml"),
            Path("desk/misspelt.yaml"),
            Path("desk/night.yaml"),
        ]

    def test_tests_are_found_below_a_folder_and_beside_a_flow(self) -> None:
        assert find_tests(["."]) == [Path("desk/flow.test.yaml")]
        assert find_tests(["desk/flow.yaml"]) == [Path("desk/flow.test.yaml")]

    def test_a_flow_without_tests_is_named(self) -> None:
        with pytest.raises(UsageError, match=r"no night\.test\.yaml beside it"):
            find_tests(["desk/night.yaml"])

    def test_a_folder_without_flows_is_wrong_usage(self, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        with pytest.raises(UsageError, match="no flow found in empty"):
            find_flows(["empty"])


def test_a_file_that_is_no_text_is_wrong_usage(tmp_path: Path) -> None:
    path = tmp_path / "flow.yaml"
    path.write_bytes(b"name: caf\xe9\n")
    with pytest.raises(UsageError, match="not UTF-8"):
        read_text(path)


def test_line_ends_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "flow.yaml"
    path.write_bytes(b"version: 1\r\n")
    assert read_text(path) == "version: 1\r\n"
