"""How findings look."""

from __future__ import annotations

import json

import pytest

from dtmflow.diagnostics import Diagnostic, Edit, Fix, Level, Related, Span
from dtmflow.linting.render import concise, full
from dtmflow.linting.render import json as as_json
from dtmflow.loading.read import load

pytestmark = pytest.mark.unit

TEXT = "version: 1\nsay:\tNote: é press 1\n"
FINDING = Diagnostic(
    "Y105",
    Level.ERROR,
    "quote the text",
    "flow.yaml",
    Span(2, 6, 2, 21),
    help='write "Note"',
    fix=Fix("Quote", (Edit(Span(2, 6, 2, 21), '"x"'),)),
    related=(Related("first defined here", Span(1, 1, 1, 8)),),
)
BARE = Diagnostic("S115", Level.WARNING, "a\nb", "other.yaml", Span(9, 1, 9, 1))


def test_concise_is_one_line_for_each_finding() -> None:
    assert concise.render([FINDING, BARE]) == (
        "flow.yaml:2:6: Y105 quote the text\nother.yaml:9:1: S115 a b\n"
    )


def test_full_shows_the_place_help_and_related_places() -> None:
    document = load(TEXT, "flow.yaml")
    assert full.render([FINDING], {"flow.yaml": document}) == (
        "flow.yaml:2:6: Y105 quote the text\n"
        "    2 | say:\tNote: é press 1\n"
        "      |     \t^^^^^^^^^^^^^^^\n"
        '  help: write "Note"\n'
        "  flow.yaml:1:1: first defined here\n"
        "    1 | version: 1\n"
        "      | ^^^^^^^\n"
    )


def test_full_marks_the_first_line_of_a_long_place() -> None:
    document = load("a: b\nc: d\n", "f")
    finding = Diagnostic("F101", Level.ERROR, "x", "f", Span(1, 4, 2, 5))
    assert full.render([finding], {"f": document}).splitlines()[2] == "      |    ^"


def test_full_without_a_document_has_no_source() -> None:
    assert full.render([BARE], {}) == "other.yaml:9:1: S115 a b\n"


def test_colours_come_only_when_asked_for() -> None:
    document = load(TEXT, "flow.yaml")
    assert "\x1b[" not in full.render([FINDING], {"flow.yaml": document})
    assert "\x1b[31m" in full.render([FINDING], {"flow.yaml": document}, colour=True)


def test_json_is_one_array_with_every_fact() -> None:
    first, second = json.loads(as_json.render([FINDING, BARE]))
    place = {"line": 2, "column": 6, "end_line": 2, "end_column": 21}
    assert first == {
        "code": "Y105",
        "level": "error",
        "message": "quote the text",
        "file": "flow.yaml",
        **place,
        "help": 'write "Note"',
        "fix": {"title": "Quote", "safe": True, "edits": [{**place, "text": '"x"'}]},
        "related": [
            {
                "message": "first defined here",
                "line": 1,
                "column": 1,
                "end_line": 1,
                "end_column": 8,
            }
        ],
    }
    assert second["fix"] is None
    assert json.loads(as_json.render([])) == []


def test_full_shows_no_source_for_an_empty_line() -> None:
    document = load("a: b\n\n", "f")
    finding = Diagnostic("Y100", Level.ERROR, "x", "f", Span(2, 1, 2, 1))
    assert full.render([finding], {"f": document}) == "f:2:1: Y100 x\n"
