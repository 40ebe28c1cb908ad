"""Generated files: committed as they would be written."""

import json
from pathlib import Path

import jsonschema
import pytest

from dtmflow_schema import generate
from dtmflow_schema.catalogue import EVENTS, METHODS, PARAMETERS
from dtmflow_schema.forms import files

pytestmark = pytest.mark.unit

FILES = files()


def test_committed_files_are_what_the_declarations_give() -> None:
    assert generate.drift() == []


def test_a_stale_a_missing_and_a_surplus_file_are_named(tmp_path: Path) -> None:
    generate.write(tmp_path)
    assert generate.drift(tmp_path) == []
    (tmp_path / "json" / "flow.json").write_text("{}", encoding="utf-8")
    (tmp_path / "json" / "old.json").write_text("{}", encoding="utf-8")
    (tmp_path / "reference" / "events.md").unlink()
    found = ["json/flow.json", "json/old.json", "reference/events.md"]
    assert generate.drift(tmp_path) == found
    generate.write(tmp_path)
    assert generate.drift(tmp_path) == []


def test_there_is_a_schema_for_each_document_parameter_type_and_event() -> None:
    assert set(FILES) == {
        "flow.json",
        "flow-test.json",
        "project.json",
        *(f"parameters/{name}.json" for name in PARAMETERS),
        *(f"events/{name}.json" for name in EVENTS),
    }


@pytest.mark.parametrize("path", sorted(FILES))
def test_a_schema_is_a_draft_07_schema_without_titles_or_null_branches(path: str) -> None:
    schema = FILES[path]
    jsonschema.Draft7Validator.check_schema(schema)
    text = json.dumps(schema)
    assert '"title"' not in text
    assert '"null"' not in text
    assert "x-form" not in text
    assert "x-expression" not in text


def test_hover_has_a_text_for_every_action_and_argument() -> None:
    definitions = FILES["flow.json"]["$defs"]
    for name, definition in definitions.items():
        if name.startswith("action."):
            assert definition["description"], name
            shape = definition.get("then", definition)
            for field, schema in shape.get("properties", {}).items():
                assert schema["description"], (name, field)


def test_one_object_holds_a_property_per_action() -> None:
    action = FILES["flow.json"]["$defs"]["action"]["else"]
    assert action["maxProperties"] == 1
    assert {"say", "hangup", "set", "emit"} <= set(action["properties"])
    assert "callerid" not in action["properties"]


def test_the_pages_have_a_heading_for_each_method_and_event() -> None:
    home = generate.HOME / "reference"
    methods = (home / "methods.md").read_text(encoding="utf-8")
    events = (home / "events.md").read_text(encoding="utf-8")
    assert all(f"\n## {name}\n" in methods for name in METHODS)
    assert all(f"\n## {name}\n" in events for name in EVENTS)


def test_the_command_line_says_what_is_out_of_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("state", "messages"),
    [
        ({"do": [{"handleTones": "maybe"}]}, ["'maybe' is not of type 'boolean'"]),
        ({"do": [{"say": {"text": "x", "voise": "y"}}]}, ["('voise' was unexpected)"]),
        ({"do": [{"sya": "x"}]}, ["'sya' does not match any of the regexes"]),
        ({"on": {"Conected": "end"}}, ["'Conected' does not match any of the regexes"]),
        ({"after": {"5": "end"}}, ["'5' does not match any of the regexes"]),
        ({"menu": {"say": "x", "choices": {"x": "end"}}}, ["'x' does not match any"]),
        ({"to": "end", "states": {"a": {"to": "end"}}}, ["False schema does not allow 'end'"]),
        ({"on": {"Connected": {"iff": "x"}}}, ["('iff' was unexpected)"]),
    ],
)
def test_a_mistake_is_told_once_and_where_it_stands(
    state: dict[str, object], messages: list[str]
) -> None:
    validator = jsonschema.Draft7Validator(FILES["flow.json"])
    errors = list(validator.iter_errors({"version": 1, "states": {"a": state}}))
    assert len(errors) == len(messages)
    for error, message in zip(errors, messages, strict=True):
        assert message in error.message
