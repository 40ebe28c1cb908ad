"""Spans: every path and every character of a scalar leads back to its place in the text."""

from __future__ import annotations

import pytest

from dtmflow.diagnostics import Path
from dtmflow.loading.read import load

pytestmark = pytest.mark.unit

FLOW = """\
version: 1
states:
  ringing:
    do: answer
    on: { Connected: main }
  main:
    do:
      - say: Hello
      - stopPlayback
"""


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        (("version",), "1"),
        (("states", "ringing", "do"), "answer"),
        (("states", "ringing", "do", 0), "answer"),
        (("states", "ringing", "do", 0, "answer", "parameters"), "answer"),
        (("states", "ringing", "on"), "{ Connected: main }"),
        (("states", "ringing", "on", "Connected", 0, "to"), "main"),
        (("states", "main", "do", 0), "say: Hello"),
        (("states", "main", "do", 0, "say", "text"), "Hello"),
        (("states", "main", "do", 1), "stopPlayback"),
        (("states", "main", "do", 7), "- say: Hello\n      - stopPlayback"),
    ],
)
def test_a_path_leads_to_its_value(path: Path, marked: str) -> None:
    document = load(FLOW, "f")
    assert document.lines.slice(document.span(path)) == marked


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        (("states", "main"), "main"),
        (("states", "main", "do", 0, "say"), "say"),
        (("states", "main", "do", 0, "say", "text"), "say"),
        (("states", "ringing", "on", "Connected"), "Connected"),
    ],
)
def test_a_path_leads_to_its_key(path: Path, marked: str) -> None:
    document = load(FLOW, "f")
    assert document.lines.slice(document.span(path, key=True)) == marked


@pytest.mark.parametrize(
    "written",
    [
        "one two three",
        '"one two three"',
        "'one two three'",
        "one\n  two\n  three",
        '"one\\\n   \\ two\n  three"',
        '"one\\x20two thr\\x65e"',
        "|\n  one two three",
        ">-\n  one\n  two\n  three",
        ">\n    one\n    two\n    three\n",
        "|2-\n  one two three\n",
    ],
)
def test_characters_of_a_scalar_lead_to_their_source(written: str) -> None:
    document = load(f"a: {written}\nb: c\n", "f")
    assert isinstance(document.data, dict)
    value = document.data["a"]
    assert isinstance(value, str)
    at = value.index("two")
    assert document.lines.slice(document.scalar_span(("a",), at, 3)) == "two"
    assert document.lines.slice(document.scalar_span(("a",), 0, 1)) == "o"


@pytest.mark.parametrize(
    ("written", "value", "offset", "place"),
    [
        ("'it''s x'", "it's x", 5, (1, 11)),
        ('"\\u00e9 x"', "é x", 2, (1, 12)),
        (">\n  a\n  b\n\n  x\n", "a b\nx\n", 4, (5, 3)),
        ("|\n  a\n    b\n  x\n", "a\n  b\nx\n", 6, (4, 3)),
    ],
)
def test_escapes_and_folding_do_not_shift_places(
    written: str, value: str, offset: int, place: tuple[int, int]
) -> None:
    document = load(f"a: {written}", "f")
    assert document.data == {"a": value}
    span = document.scalar_span(("a",), offset, 1)
    assert (span.line, span.column) == place
    assert document.lines.slice(span) == "x"


def test_lines_end_at_any_kind_of_break() -> None:
    lines = load("a: 1\r\nb: 2\rc: 3\nd: 4", "f").lines
    assert [lines.line(number) for number in range(1, 6)] == ["a: 1", "b: 2", "c: 3", "d: 4", ""]
    assert lines.position(lines.offset(3, 2)) == (3, 2)


def test_the_digest_is_that_of_the_bytes() -> None:
    digest = load("", "f").digest
    assert digest == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert load("a: é", "f").digest != load("a: e", "f").digest


def test_a_place_inside_what_is_no_text_is_all_of_it() -> None:
    document = load("a: { b: c }\n", "f")
    assert document.lines.slice(document.scalar_span(("a",), 1, 2)) == "{ b: c }"


def test_a_place_in_a_text_that_could_not_be_read_is_all_of_it() -> None:
    document = load('a: "b\x01c"\n', "f")
    assert document.lines.slice(document.scalar_span(("a",), 1, 1)) == '"b\x01c"'


def test_a_place_past_the_end_is_the_end() -> None:
    lines = load("a: b\n", "f").lines
    assert lines.offset(9, 1) == len(lines.text)


def test_the_place_behind_the_last_character_is_inside_the_quotes() -> None:
    document = load("a: 'bc'\n", "f")
    span = document.scalar_span(("a",), 2, 0)
    assert (span.column, span.end_column) == (7, 7)


def test_an_empty_block_has_places() -> None:
    document = load("a: |\nb: c\n", "f")
    assert document.scalar_span(("a",), 0, 1).line == 1
