import json
from typing import Any

import pytest

from dtmflow.errors import UsageError
from dtmflow.running.ladder import show

pytestmark = pytest.mark.unit


def line(**changes: Any) -> str:
    values: dict[str, Any] = {
        "t": 0.0, "seq": 0, "session": "s1", "call": "c", "state": "a",
        "event": {"name": "start"}, "guards": [], "actions": [], "vars": {},
    }  # fmt: skip
    return json.dumps(values | changes)


FLOW = {"name": "hello", "primary": "caller", "version": "0123456789", "time": "2026-01-05"}


def test_a_ladder_has_a_head_events_actions_and_states() -> None:
    text = show(
        [
            line(flow=FLOW, state="", event={"name": "session", "callerid": "+49301"}),
            line(actions=[{"caller.answer": {}, "line": 6}]),
            line(
                t=1.5,
                state="b",
                event={"name": "caller.ToneReceived", "handled": True, "tone": "1"},
                guards=[{"if": 'event.tone == "1"', "is": True, "line": 8}],
                actions=[{"caller.say": {"text": "Hi"}, "line": 9}, {"set": {"n": 1}}],
                vars={"n": 1},
            ),
            "",
            line(t=2, state="b", event={"name": "caller.OnHold", "handled": False}),
            line(t=3, state="end", event={"name": "end"}, outcome="ok"),
        ]
    )
    rows = text.splitlines()
    assert rows[0].startswith("session s1   flow hello (01234567)   2026-01-05")
    assert any("answer |" in row and row.endswith("(line 6)") for row in rows)
    assert any("1.500" in row and 'ToneReceived "1" -' in row for row in rows)
    assert any(row.endswith('if event.tone == "1": yes (line 8)') for row in rows)
    assert any('- say "Hi" |' in row and row.endswith("(line 9)") for row in rows)
    assert any(row.endswith("set n=1") for row in rows)
    assert any("OnHold" in row and row.endswith("(ignored)") for row in rows)
    assert [row.split("| ")[-1] for row in rows if row.endswith("]")] == ["[a]", "[b]", "[end]"]
    assert rows[-1].endswith("outcome: ok")


def test_long_texts_are_cut_so_that_the_rails_stay_straight() -> None:
    rows = show([line(actions=[{"caller.say": {"text": "x" * 200}}])]).splitlines()
    assert {row.rindex("|") for row in rows if "say" in row or "start" in row} == {
        rows[0].rindex("|")
    }


def test_a_bug_shows_its_last_line() -> None:
    assert "error: ValueError: x" in show([line(error="Traceback\n  File\nValueError: x\n")])


def test_an_empty_journal_is_empty() -> None:
    assert show([]) == ""


@pytest.mark.parametrize("bad", ["{", "[]", '{"t": 1}', '{"t": "x", "state": "", "event": {}}'])
def test_what_is_no_journal_is_refused_with_its_line(bad: str) -> None:
    with pytest.raises(UsageError, match="line 2"):
        show([line(), bad])
