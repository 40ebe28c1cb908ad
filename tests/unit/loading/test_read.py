"""Reading: what YAML misreads is reported where it stands, and read as it was meant."""

from __future__ import annotations

import pytest

from dtmflow.diagnostics import Span
from dtmflow.loading import compose
from dtmflow.loading.document import Document, SourceFloat, SourceInt
from dtmflow.loading.read import load

pytestmark = pytest.mark.unit


def read(text: str | bytes) -> Document:
    return load(text, "flow.yaml")


def found(text: str | bytes) -> list[str]:
    return [f"{d.span.line}:{d.span.column} {d.code}" for d in read(text).diagnostics]


def repaired(text: str) -> str:
    """Apply all fixes, last first."""
    document = read(text)
    for diagnostic in reversed(document.diagnostics):
        assert diagnostic.fix is not None
        assert diagnostic.fix.safe
        for edit in diagnostic.fix.edits:
            start = document.lines.offset(edit.span.line, edit.span.column)
            end = document.lines.offset(edit.span.end_line, edit.span.end_column)
            text = text[:start] + edit.text + text[end:]
    return text


MISREAD = [
    ("%YAML 1.1\n---\non: x\n", "1:1 Y101", {"on": "x"}),
    ("choices:\n  #: main\n", "2:3 Y102", {"choices": {"#": "main"}}),
    ("choices:\n  #: main\non: x\n", "2:3 Y102", {"choices": {"#": "main"}, "on": "x"}),
    (
        'a:\n  choices:\n    "1": b\n    #: c\n',
        "4:5 Y102",
        {"a": {"choices": {"1": "b", "#": "c"}}},
    ),
    ("a: {#: x}\nb: c\n", "1:5 Y102", {"a": {"#": "x"}, "b": "c"}),
    ("a: { #: x }\n", "1:6 Y102", {"a": {"#": "x"}}),
    ('a: {"1": y, #: x}\n', "1:13 Y102", {"a": {"1": "y", "#": "x"}}),
    ("a:\n  *: x\n", "2:3 Y103", {"a": {"*": "x"}}),
    ("a: { *: x }\n", "1:6 Y103", {"a": {"*": "x"}}),
    ("press: *\n", "1:8 Y103", {"press": "*"}),
    ("say: Note: press 1\n", "1:6 Y105", {"say": "Note: press 1"}),
    ("say: Note: press 1  # why\n", "1:6 Y105", {"say": "Note: press 1"}),
    ("{ say: Note: press 1, b: c }\n", "1:8 Y105", {"say": "Note: press 1", "b": "c"}),
    ('if: "x" == y\n', "1:5 Y105", {"if": '"x" == y'}),
    ('- { if: "x" == y, to: b }\n', "1:9 Y105", [{"if": '"x" == y', "to": "b"}]),
    ("- { if: a in [1, 2], to: b }\n", "1:9 Y105", [{"if": "a in [1, 2]", "to": "b"}]),
    ("say: 'it's'\n", "1:6 Y105", {"say": "it's"}),
    ("say: @home\n", "1:6 Y105", {"say": "@home"}),
    ("if: !known\n", "1:5 Y106", {"if": "!known"}),
    ("if: !a && b\n", "1:5 Y106", {"if": "!a && b"}),
    ("- { if: !known, to: x }\n", "1:9 Y106", [{"if": "!known", "to": "x"}]),
    ("a: { to: ${x} }\n", "1:10 Y107", {"a": {"to": "${x}"}}),
    ("a: [sip:${x}@h, b]\n", "1:5 Y107", {"a": ["sip:${x}@h", "b"]}),
    ("say: {{ name }}\n", "1:6 Y107", {"say": "{{ name }}"}),
    ("say: {{ name }} hi\n", "1:6 Y107", {"say": "{{ name }} hi"}),
]


@pytest.mark.parametrize(("text", "place", "data"), MISREAD)
def test_a_misread_place_is_reported_once_and_read_as_meant(
    text: str, place: str, data: object
) -> None:
    assert found(text) == [place]
    assert read(text).data == data


@pytest.mark.parametrize(("text", "place", "data"), MISREAD)
def test_the_fix_makes_yaml_read_what_was_meant(text: str, place: str, data: object) -> None:
    mended = read(repaired(text))
    assert place
    assert mended.diagnostics == ()
    assert mended.data == data


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1, 2\nb: 3\n", "1:4 Y100"),
        ("a: {b: c\n\nd: e\n", "1:4 Y100"),
        ("a: { b: [1, 2}\n", "1:9 Y100"),
        ('a: "abc\nb: 3\n', "1:4 Y100"),
        ("a: 'abc\nb: 3\n", "1:4 Y100"),
        ("a:\n\tb: 1\n", "2:1 Y100"),
        ("- a\nb: c\n", "2:1 Y100"),
        ("a: b\n  c: d\n", "2:3 Y100"),
        ("a: b\n- c\n", "2:1 Y100"),
        ("a: b\nfoo\nbar: c\n", "2:1 Y100"),
        ("foo\nbar: c\n", "1:1 Y100"),
        ("a:\n   b: 1\n  c: 2\n", "3:3 Y100"),
        ("a: b\n---\nc: d\n", "2:1 Y100"),
        ("a: b\x01\n", "1:5 Y100"),
        ('a: "\\q"\n', "1:5 Y100"),
        ('a: "\\UFFFFFFFF"\n', "1:5 Y100"),
        ("? [a]\n: b\n", "1:3 Y100"),
        ("a: b]\n", ""),
        ("a: ]\n", "1:4 Y100"),
        ("a: *b\n", "1:4 Y100"),
        ("a: |x\n  y\n", "1:5 Y100"),
        ("%a\nb: c\n", "1:1 Y100"),
        (b"a: b\nc: \xff\n", "2:4 Y100"),
    ],
)
def test_a_syntax_error_stands_where_it_was_made(text: str | bytes, place: str) -> None:
    assert found(text) == ([place] if place else [])


def test_all_misread_places_of_a_file_are_found_at_once() -> None:
    text = "a: x: y\nb: !z\nc: { d: ${e} }\nchoices:\n  *: f\n  #: g\nh: 1\nh: 2\n"
    assert found(text) == ["1:4 Y105", "2:4 Y106", "3:9 Y107", "5:3 Y103", "6:3 Y102", "8:1 Y104"]


def test_a_comment_below_choices_that_is_no_choice_stays_a_comment() -> None:
    assert found('choices:\n  # main menu\n  "1": a\n    #: b\n#: c\n') == []


@pytest.mark.parametrize(
    ("written", "data"),
    [
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"), ("y", "y"),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("12:30", "12:30"), ("2024-01-01", "2024-01-01"), ("1_000", "1_000"), (".inf", ".inf"),
        ('"5"', "5"), ("'true'", "true"), ("!!str 5", "5"), ("0o17", 15), ("0x1F", 31),
    ],
)  # fmt: skip
def test_scalars_are_typed_by_yaml_1_2(written: str, data: object) -> None:
    assert read(f"a: {written}\n").data == {"a": data}


@pytest.mark.parametrize(
    ("written", "number"),
    [("0123", 123), ("+14155550100", 14155550100), ("1.10", 1.1), ("1e3", 1000.0), ("-7", -7)],
)
def test_a_number_remembers_how_it_was_written(written: str, number: float) -> None:
    data = read(f"a: {written}\n").data
    assert isinstance(data, dict)
    value = data["a"]
    assert isinstance(value, SourceInt | SourceFloat)
    assert value == number
    assert value.source == written


def test_keys_are_text_as_written() -> None:
    assert read("on: 1\n1: 2\n0123: 3\nno: 4\n~: 5\n").data == {
        "on": 1, "1": 2, "0123": 3, "no": 4, "~": 5,
    }  # fmt: skip


def test_a_key_in_quotes_and_without_are_the_same_key() -> None:
    (twice,) = read('choices:\n  1: a\n  "1": b\n').diagnostics
    assert twice.code == "Y104"
    assert twice.message == "`1` is defined twice (first at 2:3)"
    assert (twice.span.line, twice.span.column, twice.span.end_column) == (3, 3, 6)
    assert twice.related[0].span.line == 2


def test_anchors_and_merge_keys_are_resolved() -> None:
    text = "a: &x { b: 1, c: 2 }\nd:\n  <<: *x\n  c: 3\ne: [*x]\n"
    assert read(text).data == {
        "a": {"b": 1, "c": 2}, "d": {"c": 3, "b": 1}, "e": [{"b": 1, "c": 2}],
    }  # fmt: skip
    assert found(text) == []


def test_an_alias_inside_its_anchor_is_refused() -> None:
    assert found("do: &again\n  - say: x\n  - *again\n") == ["3:5 Y109"]


def test_aliases_that_explode_are_refused_before_they_do() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)]
    assert [d.code for d in read("".join(lines)).diagnostics] == ["Y109"]


@pytest.mark.parametrize(
    "text",
    ["[" * 500, "- " * 500 + "x\n", "a" * (1024 * 1024 + 1)],
    ids=["brackets", "dashes", "size"],
)
def test_a_file_beyond_the_limits_is_refused(text: str) -> None:
    assert [d.code for d in read(text).diagnostics] == ["Y109"]


def test_a_file_of_too_many_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "MAX_NODES", 1000)
    assert [d.code for d in read("- x\n" * 999).diagnostics] == []
    assert [d.code for d in read("- x\n" * 1001).diagnostics] == ["Y109"]


def test_reading_gives_up_on_a_file_that_is_misread_everywhere() -> None:
    document = read("".join(f"k{at}: a: b\n" for at in range(40)))
    assert [d.code for d in document.diagnostics] == ["Y105"] * 21
    assert not document.readable


def test_an_empty_file_is_read_as_nothing() -> None:
    document = read("# nothing\n")
    assert document.data is None
    assert document.readable


def test_a_broken_file_is_not_readable() -> None:
    assert not read("a: [\n").readable


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    document = read("\ufeffversion: 1\n")
    assert document.data == {"version": 1}
    assert document.diagnostics == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("say: !x |\n  hi\n", "1:6 Y106"),
        ("do: !x [a]\n", "1:5 Y106"),
        ("do: &a !x [a]\n", "1:8 Y106"),
        ("a:\n  <<: 5\n", "2:3 Y100"),
        ("a: &x " + "[" * 60 + "]" * 60 + "\nb: " + "[" * 60 + "*x" + "]" * 60, "2:64 Y109"),
        ("choices:\n  - a\n  #: b\n", ""),
        ("a: [b c: {d: e]\n", "1:10 Y100"),
    ],
)
def test_rarer_surfaces_have_their_place_too(text: str, place: str) -> None:
    assert found(text) == ([place] if place else [])


def test_removing_a_tag_leaves_the_list() -> None:
    assert repaired("do: !x [a]\n") == "do:  [a]\n"


def test_tabs_may_separate_what_stands_on_one_line() -> None:
    text = "version: 1\t# one\nstates:\n  a:\n    do:\t[ answer,\t{ log:\t'x\ty' } ]\t# c\n"
    document = load(text, "flow.yaml")
    assert document.diagnostics == ()
    assert document.data == {
        "version": 1,
        "states": {"a": {"do": ["answer", {"log": "x\ty"}]}},
    }
    assert document.span(("states", "a", "do", 1, "log")) == Span(4, 26, 4, 31)


def test_tabs_cannot_indent() -> None:
    document = load("states:\n\ta: 1\n", "flow.yaml")
    assert [(each.code, each.span.line) for each in document.diagnostics] == [("Y100", 2)]


def test_many_tabs_do_not_make_reading_slow() -> None:
    text = "".join(f"k{number}: 1\t# c\n" for number in range(500))
    document = load(text, "flow.yaml")
    assert [each.code for each in document.diagnostics] == ["Y100"]


def test_digits_beyond_what_expressions_count_with_are_text() -> None:
    document = load("a: 9223372036854775807\nb: 9223372036854775808\nc: -0x1\n", "flow.yaml")
    assert document.data == {"a": 2**63 - 1, "b": "9223372036854775808", "c": "-0x1"}
