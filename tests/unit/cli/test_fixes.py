"""Repairs are text edits that leave the rest of the file alone."""

from __future__ import annotations

import pytest

from dtmflow.cli.fixes import apply
from dtmflow.diagnostics import Edit, Fix, Span

pytestmark = pytest.mark.unit

TEXT = "one: 1   # kept\r\ntwo: 2\n"


def fix(*edits: tuple[int, int, int, str]) -> Fix:
    return Fix("mend", tuple(Edit(Span(line, a, line, b), text) for line, a, b, text in edits))


def test_comments_and_line_ends_stay() -> None:
    assert apply(TEXT, [fix((1, 6, 7, '"1"'))]) == ('one: "1"   # kept\r\ntwo: 2\n', 1)


def test_fixes_of_one_text_do_not_shift_each_other() -> None:
    fixes = [fix((2, 6, 7, "22")), fix((1, 1, 4, "eins"))]
    assert apply(TEXT, fixes) == ("eins: 1   # kept\r\ntwo: 22\n", 2)


def test_of_two_fixes_for_one_place_the_first_is_applied() -> None:
    fixes = [fix((1, 6, 7, "11")), fix((1, 6, 7, "12"))]
    assert apply(TEXT, fixes) == ("one: 11   # kept\r\ntwo: 2\n", 1)


def test_a_fix_is_applied_whole_or_not_at_all() -> None:
    fixes = [fix((1, 6, 7, "11")), fix((1, 6, 7, "12"), (2, 6, 7, "12"))]
    assert apply(TEXT, fixes) == ("one: 11   # kept\r\ntwo: 2\n", 1)


def test_an_insertion_has_an_empty_span() -> None:
    assert apply("to: x\n", [fix((1, 5, 5, '"'), (1, 6, 6, '"'))]) == ('to: "x"\n', 1)
