from typing import Any

import pytest

from dtmflow.loading.document import SourceInt
from dtmflow.testing.values import BadValueError, filled, matches, same, seconds, text

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("value", "row", "expected"),
    [
        ("${each}", 7, 7),
        ("key ${each}!", 7, "key 7!"),
        ("${ each.a }", {"a": True}, True),
        ("$${each}", 7, "${each}"),
        ("${other}", 7, "${other}"),
        ({"a": ["${each}"]}, "x", {"a": ["x"]}),
        ("${each.a}-${each.b}", {"a": "1", "b": SourceInt(2, "02")}, "1-02"),
        (5, 7, 5),
    ],
)
def test_rows_are_put_in_place(value: Any, row: Any, expected: Any) -> None:
    assert filled(value, row) == expected


@pytest.mark.parametrize("row", ["x", {"b": 1}])
def test_a_row_that_lacks_the_key_is_an_error(row: Any) -> None:
    with pytest.raises(BadValueError, match=r"each\.a"):
        filled("${each.a}", row)


@pytest.mark.parametrize(
    ("expected", "happened", "answer"),
    [
        ("a", "a", True),
        (SourceInt(123, "0123"), "0123", True),
        (SourceInt(123, "0123"), "123", False),
        (1, 1.0, True),
        ("1", 1, False),
        (True, True, True),
        (1, True, False),
        (True, "true", True),
        ([1, "a"], (1, "a"), True),
        ([1], [1, 2], False),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ("a", {"a": 1}, False),
        (["a"], "a", False),
    ],
)
def test_values_are_compared_by_what_the_flow_holds(
    expected: Any, happened: Any, answer: bool
) -> None:
    assert same(expected, happened) is answer


def test_a_text_is_whole_or_a_searched_pattern() -> None:
    assert matches("Hello", " Hello\n")
    assert not matches("Hell", "Hello")
    assert matches("/ell/", "Hello")
    assert matches("/^H.*o$/", "Hello")
    assert not matches("/x/", "Hello")
    with pytest.raises(BadValueError, match="no regular expression"):
        matches("/(/", "Hello")


@pytest.mark.parametrize(
    ("value", "expected"), [("5s", 5), ("500ms", 0.5), ("2m", 120), ("1h", 3600)]
)
def test_durations_are_read(value: str, expected: float) -> None:
    assert seconds(value) == expected


def test_what_is_no_duration_is_refused() -> None:
    with pytest.raises(BadValueError, match="no duration"):
        seconds(SourceInt(5, "5"))


def test_scalars_read_as_they_were_written() -> None:
    assert text(SourceInt(123, "0123")) == "0123"
    assert text(value=True) == "true"
