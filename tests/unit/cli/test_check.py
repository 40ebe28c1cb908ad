"""`dtmflow check`: findings, formats, exit codes, repairs."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from dtmflow.cli.main import main

pytestmark = pytest.mark.unit

SOUND = """\
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
UNKNOWN_TARGET = SOUND.replace("Connected: greeting", "Connected: greting")
UNQUOTED = """\
version: 1
name: menu
states:
  ringing:
    do: answer
    on: { Connected: main }
  main:
    menu:
      say: Press 1.           # a comment that stays
      timeout: 5
      choices:
        1: end                # and this one
    on: { exhausted: end }
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sound_flow_has_no_findings(capsys: pytest.CaptureFixture[str]) -> None:
    Path("flow.yaml").write_text(SOUND)
    assert main(["check"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "1 flow checked, no findings\n"


def test_a_finding_shows_place_code_line_caret_and_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("flow.yaml").write_text(UNKNOWN_TARGET)
    assert main(["check", "flow.yaml"]) == 1
    captured = capsys.readouterr()
    assert "flow.yaml:6:22: F101 " in captured.out
    assert "    6 |     on: { Connected: greting }" in captured.out
    assert "^^^^^^^" in captured.out
    assert "`greeting`" in captured.out
    assert captured.err.startswith("1 flow checked, 1 error")


def test_the_concise_format_is_one_line_for_each_finding(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("flow.yaml").write_text(UNKNOWN_TARGET)
    main(["check", "--format", "concise", "--select", "F101"])
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_json_has_exactly_the_promised_fields(capsys: pytest.CaptureFixture[str]) -> None:
    Path("flow.yaml").write_text(UNKNOWN_TARGET)
    assert main(["check", "--format", "json", "--select", "F101", "flow.yaml"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)
    assert list(finding) == [
        "code",
        "level",
        "message",
        "file",
        "line",
        "column",
        "end_line",
        "end_column",
        "help",
        "fix",
        "related",
    ]
    place = {key: finding[key] for key in ("file", "line", "column", "end_line", "end_column")}
    assert place == {
        "file": "flow.yaml",
        "line": 6,
        "column": 22,
        "end_line": 6,
        "end_column": 29,
    }


def test_json_without_findings_is_an_empty_array(capsys: pytest.CaptureFixture[str]) -> None:
    Path("flow.yaml").write_text(SOUND)
    assert main(["check", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_select_and_ignore_choose_rules(capsys: pytest.CaptureFixture[str]) -> None:
    Path("flow.yaml").write_text(UNKNOWN_TARGET)
    assert main(["check", "--ignore", "F101,F102,F104"]) == 0
    assert main(["check", "--select", "Y", "--select", "S,V"]) == 0
    assert main(["check", "--select", "F1"]) == 1
    assert "F101" in capsys.readouterr().out


def test_a_rule_that_does_not_exist_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    Path("flow.yaml").write_text(SOUND)
    assert main(["check", "--select", "Q9"]) == 2
    assert "Q9" in capsys.readouterr().err


def test_standard_input_is_checked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(UNKNOWN_TARGET.encode())))
    assert main(["check", "--format", "concise", "-"]) == 1
    assert capsys.readouterr().out.startswith("<stdin>:6:22: F101 ")


def test_fix_repairs_what_is_safe_and_keeps_comments(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("flow.yaml")
    path.write_text(UNQUOTED)
    assert main(["check", "--fix"]) == 0
    assert path.read_text() == UNQUOTED.replace("timeout: 5", "timeout: 5s").replace(
        "1: end", '"1": end'
    )
    assert capsys.readouterr().err == "1 flow checked, 2 problems repaired, no findings\n"


def test_fix_is_idempotent() -> None:
    path = Path("flow.yaml")
    path.write_text(UNQUOTED)
    main(["check", "--fix"])
    repaired = path.read_bytes()
    written = path.stat().st_mtime_ns
    assert main(["check", "--fix"]) == 0
    assert path.read_bytes() == repaired
    assert path.stat().st_mtime_ns == written


def test_fix_leaves_unsafe_repairs_until_asked() -> None:
    path = Path("flow.yaml")
    path.write_text(UNKNOWN_TARGET)
    assert main(["check", "--fix"]) == 1
    assert path.read_text() == UNKNOWN_TARGET
    assert main(["check", "--fix", "--unsafe-fixes"]) == 0
    assert path.read_text() == SOUND


def test_text_that_is_not_utf_8_is_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    Path("flow.yaml").write_bytes(SOUND.replace("Hello", "Olé").encode("latin-1"))
    assert main(["check", "--fix", "--format", "concise"]) == 1
    assert "flow.yaml:8:" in capsys.readouterr().out


def test_line_ends_and_a_byte_order_mark_outlive_a_repair() -> None:
    path = Path("flow.yaml")
    path.write_bytes(b"\xef\xbb\xbf" + UNQUOTED.replace("\n", "\r\n").encode())
    assert main(["check", "--fix"]) == 0
    repaired = path.read_bytes()
    assert repaired.startswith(b"\xef\xbb\xbfversion")
    assert b"timeout: 5s\r\n" in repaired
    assert repaired.count(b"\n") == repaired.count(b"\r\n")


@pytest.mark.parametrize("options", [["--unsafe-fixes"], ["--fix", "-"], ["nowhere"]])
def test_options_that_make_no_sense_are_wrong_usage(options: list[str]) -> None:
    Path("flow.yaml").write_text(SOUND)
    assert main(["check", *options]) == 2


def test_without_a_terminal_there_is_no_colour(capsys: pytest.CaptureFixture[str]) -> None:
    Path("flow.yaml").write_text(UNKNOWN_TARGET)
    main(["check"])
    captured = capsys.readouterr()
    assert "\x1b" not in captured.out + captured.err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_there_is_colour_unless_no_color_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("flow.yaml").write_text(UNKNOWN_TARGET)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stdout", plain := Terminal())
    main(["check"])
    assert "\x1b[" in plain.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stdout", plain := Terminal())
    main(["check"])
    assert "\x1b[" not in plain.getvalue()
