import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtmflow.compiling.keys import (
    KEYS,
    condition,
    condition_among,
    condition_more,
    first_keys,
    parse,
)
from dtmflow.expressions.environment import environment
from dtmflow.expressions.types import Type

pytestmark = pytest.mark.unit


def holds(text: str | None, keys: str) -> bool:
    if text is None:
        return False
    return environment({"x": Type.STRING}).compile(text).evaluate({"x": keys}) is True


@pytest.mark.parametrize(
    ("source", "taken", "refused"),
    [
        ("1", "1", "12"),
        ("#", "#", "*"),
        ("12", "12", "1"),
        ("*9", "*9", "9"),
        ("/3[0-9]{2}/", "300", "30"),
        ("/[1-5*#]/", "*", "6"),
        (r"/\*\d{2,4}#/", "*123#", "*1#"),
        ("/[13-57]+/", "1357", "2"),
        ("/0?1/", "01", "0"),
        ("/./", "D", "DD"),
    ],
)
def test_a_choice_takes_its_keys_only(source: str, taken: str, refused: str) -> None:
    assert parse(source).matches(taken)
    assert not parse(source).matches(refused)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "x",
        "1 2",
        "//",
        "/a|b/",
        "/(1)/",
        "/[x]/",
        "/[5-1]/",
        "/1{0}/",
        "/[^1]/",
        "/1*/",
        "/1{99}/",
    ],
)
def test_what_is_no_choice_is_refused_with_a_reason(source: str) -> None:
    with pytest.raises(ValueError, match=r"`.*`"):
        parse(source)


def test_a_key_that_begins_a_longer_choice_is_worth_waiting_for() -> None:
    patterns = [parse("1"), parse("12"), parse("/3[0-9]{2}/"), parse("#")]
    assert first_keys(patterns) == "13"
    assert condition_more(patterns, "x") == 'x == "1" || x.matches("^(3[0-9]?)$")'
    assert condition_among("x", "1") == 'x == "1"'
    assert condition_among("x", "12") == 'x in ["1", "2"]'
    assert condition_among("x", "") is None
    assert condition(patterns[2], "a + b") == '(a + b).matches("^3[0-9]{2}$")'


CLASSES = st.sampled_from(["1", "2", "[12]", "[1-3]", "#", r"\*", "[*#]", r"\d"])
REPEATS = st.sampled_from(["", "", "?", "+", "*", "{2}", "{1,2}", "{0,2}", "{1,}"])
PATTERNS = (
    st.lists(st.tuples(CLASSES, REPEATS).map("".join), min_size=1, max_size=4)
    .map("".join)
    .filter(lambda text: re.fullmatch(text, "") is None)
)
INPUT = st.text("123*#", max_size=5)


@settings(deadline=None)
@given(PATTERNS, INPUT)
def test_a_pattern_matches_what_the_regular_expression_matches(regex: str, keys: str) -> None:
    pattern = parse(f"/{regex}/")
    expected = re.fullmatch(regex, keys) is not None
    assert pattern.matches(keys) == expected
    assert (re.fullmatch(pattern.regex(), keys) is not None) == expected
    assert holds(condition(pattern, "x"), keys) == expected


@settings(deadline=None)
@given(PATTERNS, st.text("123*#", max_size=2))
def test_a_pattern_extends_keys_that_some_longer_match_begins_with(regex: str, keys: str) -> None:
    pattern = parse(f"/{regex}/")
    longer = (
        keys + "".join(tail)
        for length in range(1, 7)
        for tail in itertools.product("123*#", repeat=length)
    )
    # Longest possible least length is 8 keys; search only where that stays small.
    if sum(each.least for each in pattern.row) <= 6 - len(keys):
        expected = any(re.fullmatch(regex, each) for each in longer)
        assert pattern.extends(keys) == expected


@settings(deadline=None)
@given(st.lists(PATTERNS, min_size=1, max_size=3), st.text("123*#", min_size=1, max_size=5))
def test_the_cel_text_asks_what_the_automaton_answers(regexes: list[str], keys: str) -> None:
    patterns = [parse(f"/{regex}/") for regex in regexes]
    expected = any(each.extends(keys) for each in patterns)
    assert holds(condition_more(patterns, "x"), keys) == expected


@settings(deadline=None)
@given(st.text(KEYS, min_size=1, max_size=4))
def test_literal_keys_match_themselves(keys: str) -> None:
    pattern = parse(keys)
    assert pattern.literal == keys
    assert pattern.matches(keys)
    assert all(pattern.extends(keys[:end]) for end in range(len(keys)))
    assert not pattern.extends(keys)
