"""`dtmflow new` makes something that works."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtmflow.cli.main import main
from dtmflow.cli.new import PLACEHOLDER, TEMPLATES

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_flow_is_sound_and_its_tests_pass(
    template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "calls/reception", "--template", template]) == 0
    assert main(["check", "--strict", "calls"]) == 0
    assert main(["test", "calls"]) == 0
    for path in Path("calls/reception").iterdir():
        assert PLACEHOLDER not in path.read_text()
    assert "name: reception\n" in Path("calls/reception/flow.yaml").read_text()


def test_it_says_what_to_do_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "desk"]) == 0
    assert "dtmflow check desk && dtmflow test desk" in capsys.readouterr().out


def test_what_exists_is_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("desk").mkdir()
    assert main(["new", "desk"]) == 2
    assert "exists already" in capsys.readouterr().err
    assert list(Path("desk").iterdir()) == []


@pytest.mark.parametrize("name", ["1st", "my flow", "desk:", "a.b"])
def test_a_name_that_a_flow_cannot_bear_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", name]) == 2
    assert list(tmp_path.iterdir()) == []
