"""Edits that remove and add entries of mappings."""

import pytest

from dtmflow.cli.fixes import apply
from dtmflow.diagnostics import Edit, Fix, Path
from dtmflow.linting.repairs import first_action, removal
from dtmflow.loading.read import load

pytestmark = pytest.mark.unit


def done(text: str, edit: Edit | None) -> str:
    assert edit is not None
    return apply(text, [Fix("", (edit,))])[0]


@pytest.mark.parametrize(
    ("text", "path", "left"),
    [
        ("a: 1\nb: 2\nc: 3\n", ("b",), "a: 1\nc: 3\n"),
        ("a: 1\nb: 2", ("b",), "a: 1\n"),
        ("a: 1\nb:\n  x: |\n    text\n\nc: 3\n", ("b",), "a: 1\n\nc: 3\n"),
        ("{ a: 1, b: 2, c: 3 }", ("b",), "{ a: 1, c: 3 }"),
        ("{ a: 1, b: 2 }", ("b",), "{ a: 1 }"),
        ("a: 1\nb:\n  c: { d: 2 }\n", ("b", "c", "d"), "a: 1\n"),
        ("- a: 1\n  b: 2\n", (0, "b"), "- a: 1\n"),
    ],
)
def test_an_entry_is_cut_out_with_its_line_or_comma(text: str, path: Path, left: str) -> None:
    assert done(text, removal(load(text, "x"), path)) == left


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: 1\n", ("b",)),
        ("a: 1\n", ("a",)),
        ("a: 1\n", ()),
        ("- a: 1\n  b: 2\n", (0, "a")),
        ("x: &x { a: 1, b: 2 }\ny: { <<: *x, c: 3 }\n", ("y", "a")),
        ("- 1\n", (0,)),
    ],
)
def test_what_cannot_be_cut_out_cleanly_stays(text: str, path: Path) -> None:
    assert removal(load(text, "x"), path) is None


def test_no_action_is_added_to_what_is_no_state() -> None:
    assert first_action(load("a: 1\n", "x"), ("a",), "handleTones: true") is None
