import json
from pathlib import Path
from typing import Any

import pytest

from dtmflow.running.effects import ActionTaken, Entry, GuardResult
from dtmflow.running.journal import FileJournal, JournalFolder, MemoryJournal, NoJournal, record

pytestmark = pytest.mark.unit


class Lines:
    def line(self, origin: tuple[str | int, ...]) -> int:
        return len(origin)


def entry(**changes: Any) -> Entry:
    values: dict[str, Any] = {
        "event": "caller.ToneReceived",
        "fields": {"call": "c", "name": "Call.ToneReceived", "id": "c", "tone": "1", "type": ""},
        "before": "a",
        "state": "b",
        "handled": True,
        "guards": (GuardResult('event.tone == "1"', ("x",), result=True),),
        "actions": (ActionTaken("say", "caller", {"text": "Hi"}, ("x", "y")),),
        "variables": {"n": 1},
        "secrets": frozenset(),
        "secret_event": False,
    }
    return Entry(**(values | changes))


def line(what: Entry) -> dict[str, Any]:
    return record(what, seconds=1.23456, sequence=4, session="s", call="c", lines=Lines())


def test_a_line_has_the_keys_of_a_journal() -> None:
    assert line(entry()) == {
        "t": 1.235,
        "seq": 4,
        "session": "s",
        "call": "c",
        "state": "b",
        "event": {"name": "caller.ToneReceived", "handled": True, "tone": "1"},
        "guards": [{"if": 'event.tone == "1"', "is": True, "line": 1}],
        "actions": [{"caller.say": {"text": "Hi"}, "line": 2}],
        "vars": {"n": 1},
    }


def test_a_secret_is_masked_wherever_it_stands() -> None:
    found = line(
        entry(
            fields={"body": "pin=4711;", "headers": {"X-4711": ["4711"]}, "duration": 4711},
            actions=(ActionTaken("say", "caller", {"text": "Your PIN is 4711."}, ()),),
            variables={"pin": "4711", "copy": {"deep": ["is 4711"]}},
            secrets=frozenset({"4711"}),
        )
    )
    assert "4711" not in json.dumps(found)
    assert found["actions"][0]["caller.say"]["text"] == "Your PIN is ***."


def test_a_single_secret_digit_is_masked_only_as_a_word_of_its_own() -> None:
    found = line(
        entry(
            fields={"tone": "1"},
            variables={"secret": "1", "order": "A113"},
            secrets=frozenset({"1"}),
        )
    )
    assert found["event"]["tone"] == "***"
    assert found["vars"] == {"secret": "***", "order": "A113"}


def test_an_event_that_went_into_a_secret_is_masked_whole() -> None:
    found = line(entry(secrets=frozenset({"471"}), secret_event=True))
    assert found["event"]["tone"] == "***"


def test_a_folder_gets_one_file_per_session(tmp_path: Path) -> None:
    folder = JournalFolder(tmp_path / "journal")
    first, second = folder("one"), folder("two")
    first.write({"a": "ü"})
    first.write({"a": 2})
    second.write({"b": 1})
    assert (tmp_path / "journal/one.jsonl").read_text("utf-8") == '{"a":"ü"}\n{"a":2}\n'
    first.close()
    second.close()
    assert json.loads((tmp_path / "journal/two.jsonl").read_text("utf-8")) == {"b": 1}


def test_a_journal_can_be_read_while_the_session_runs(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "x.jsonl")
    journal.write({"a": 1})
    assert (tmp_path / "x.jsonl").read_text("utf-8") == '{"a":1}\n'
    journal.close()


def test_other_journals_keep_all_or_nothing() -> None:
    memory, nothing = MemoryJournal(), NoJournal()
    for journal in (memory, nothing):
        journal.write({"a": 1})
        journal.close()
    assert memory.records == [{"a": 1}]
