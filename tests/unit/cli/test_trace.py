"""`dtmflow trace show` prints a journal as a ladder."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from dtmflow.cli.main import main

pytestmark = pytest.mark.unit

JOURNAL = "".join(
    json.dumps(record) + "\n"
    for record in (
        {
            "t": 0.0,
            "seq": 0,
            "session": "s1",
            "call": "c1",
            "state": "ringing",
            "event": {"name": "start"},
            "flow": {"name": "hello", "version": "0123456789abcdef", "time": "2026-03-04T10:00Z"},
            "actions": [{"caller.answer": {}, "line": 8}],
        },
        {
            "t": 0.2,
            "seq": 1,
            "session": "s1",
            "call": "c1",
            "state": "greeting",
            "event": {"name": "caller.Connected"},
            "outcome": "ok",
        },
    )
)


def test_states_events_and_the_outcome_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "call.jsonl"
    path.write_text(JOURNAL)
    assert main(["trace", "show", str(path)]) == 0
    out = capsys.readouterr().out
    for word in ("hello", "answer", "[ringing]", "Connected", "[greeting]", "outcome: ok"):
        assert word in out


def test_a_journal_is_read_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(JOURNAL))
    assert main(["trace", "show", "-"]) == 0
    assert "[greeting]" in capsys.readouterr().out


def test_a_file_that_is_no_journal_is_named_with_the_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(JOURNAL + "hello\n")
    assert main(["trace", "show", str(path)]) == 2
    assert "notes.txt: line 3 is not a line of a journal" in capsys.readouterr().err


def test_a_missing_journal_is_wrong_usage() -> None:
    assert main(["trace", "show", "nowhere.jsonl"]) == 2
