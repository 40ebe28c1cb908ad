"""`dtmflow expand` prints a flow that means the same without short forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtmflow.cli.main import main

pytestmark = pytest.mark.unit

FLOWS = Path(__file__).parents[3] / "flows"


def test_a_menu_is_written_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["expand", str(FLOWS / "front-desk")]) == 0
    out = capsys.readouterr().out
    assert "handleTones: true" in out
    assert "menu:" not in out
    assert "prompt:" not in out


@pytest.mark.parametrize("name", sorted(path.parent.name for path in FLOWS.glob("*/flow.yaml")))
def test_the_expanded_flow_is_sound_and_passes_the_same_tests(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["expand", str(FLOWS / name)]) == 0
    (tmp_path / "flow.yaml").write_text(capsys.readouterr().out)
    tests = (FLOWS / name / "flow.test.yaml").read_text()
    (tmp_path / "flow.test.yaml").write_text(tests)
    # A menu counts its input even where no prompt says it back: F109 is no fault of the author.
    assert main(["check", "--ignore", "F109", str(tmp_path)]) == 0, capsys.readouterr().out
    assert main(["test", str(tmp_path)]) == 0, capsys.readouterr().out


def test_what_is_no_flow_is_refused_with_its_findings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flow.yaml").write_text("version: 1\n")
    assert main(["expand", str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "S115" in captured.err
