"""`dtmflow test`: what passed, what failed and where."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dtmflow.cli.main import main

pytestmark = pytest.mark.unit

FLOW = """\
version: 1
name: hello
states:
  ringing:
    do: answer
    on: { Connected: greeting }
  greeting:
    prompt: { say: Hello. }
    to: end
"""
PASSING = """\
flow: flow.yaml
tests:
  - name: a greeting is heard
    steps:
      - incoming: {}
      - fire: Connected
      - hear: Hello.
  - name: numbers do not matter
    each: ["+491", "+492"]
    steps:
      - incoming: { callerid: "${each}" }
      - expect: answer
"""
FAILING = PASSING.replace("hear: Hello.", "hear: Good day.")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("flow.yaml").write_text(FLOW)
    Path("flow.test.yaml").write_text(PASSING)
    return tmp_path


def test_what_passes_is_one_line_with_the_speed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test"]) == 0
    out = capsys.readouterr().out
    assert re.fullmatch(
        r"3 passed, 0 failed in \d+\.\d s \(\d+ tests a second on one core\)\n", out
    )


def test_a_failure_shows_expected_and_happened_at_the_line_of_yaml(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("flow.test.yaml").write_text(FAILING)
    assert main(["test"]) == 1
    out = capsys.readouterr().out
    assert "FAILED  a greeting is heard" in out
    assert "flow.test.yaml:7:" in out
    assert re.search(r"expected .*Good day\.", out)
    assert re.search(r"happened .*Hello\.", out)
    assert "2 passed, 1 failed" in out


def test_verbose_names_every_test_and_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "-v", "flow.yaml"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        "flow.test.yaml",
        "ok      a greeting is heard",
        "ok      numbers do not matter [+491]",
        "ok      numbers do not matter [+492]",
    ]


def test_a_word_chooses_tests(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "-k", "greeting"]) == 0
    assert capsys.readouterr().out.startswith("1 passed, 0 failed")


def test_a_word_that_no_test_has_is_wrong_usage() -> None:
    assert main(["test", "-k", "nothing like it"]) == 2


def test_json_tells_each_test_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    Path("flow.test.yaml").write_text(FAILING)
    assert main(["test", "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["passed"], report["failed"], report["invalid"]) == (2, 1, [])
    failed = report["tests"][0]
    assert (failed["file"], failed["line"], failed["passed"]) == ("flow.test.yaml", 3, False)
    assert failed["failure"]["line"] == 7
    assert "Good day." in failed["failure"]["expected"]


def test_a_broken_flow_fails_with_its_findings_and_the_others_are_played(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("broken").mkdir()
    Path("broken/flow.yaml").write_text(FLOW.replace("states:", "stats:"))
    Path("broken/flow.test.yaml").write_text(PASSING)
    assert main(["test"]) == 1
    out = capsys.readouterr().out
    assert "broken/flow.yaml:3:1: S101" in out
    assert "3 passed, 0 failed" in out
    assert "not run, because of what is above: 1 file" in out


def test_a_broken_test_file_fails_with_its_findings(capsys: pytest.CaptureFixture[str]) -> None:
    Path("flow.test.yaml").write_text(PASSING.replace("hear:", "heard:"))
    assert main(["test"]) == 1
    assert "flow.test.yaml:7:9: S" in capsys.readouterr().out


def test_the_flow_that_a_test_names_must_exist(capsys: pytest.CaptureFixture[str]) -> None:
    Path("flow.test.yaml").write_text(PASSING.replace("flow.yaml", "flaw.yaml"))
    assert main(["test"]) == 2
    assert "flaw.yaml" in capsys.readouterr().err
