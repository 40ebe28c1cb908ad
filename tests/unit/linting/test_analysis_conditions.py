"""Conditions that cannot change their mind, and values that cannot come."""

import pytest

from dtmflow.expressions.environment import environment
from dtmflow.expressions.tree import Tree, tree
from dtmflow.expressions.types import Type
from dtmflow.linting.analysis.conditions import impossible, verdict

pytestmark = pytest.mark.unit

SCOPE = {
    "event.tone": Type.STRING,
    "event.code": Type.INT,
    "legs.agent.state": Type.STRING,
    "name": Type.STRING,
    "tries": Type.INT,
    "share": Type.DOUBLE,
    "open": Type.BOOL,
    "data": Type.DYN,
    "now": Type.TIMESTAMP,
}


def parsed(text: str) -> Tree:
    return tree(environment(SCOPE).compile(text))


@pytest.mark.parametrize(
    "text",
    [
        "true",
        "1 == 1",
        "tries < 3 || tries >= 3",
        "open || !open",
        'event.tone != "12"',
        "event.code < 700",
        "event.code > 0 || open",
        'name == "a" || name != "a"',
        "share < 0.5 || share > 0.25",
        "size(name) >= 2 || size(name) < 3",
        "open ? true : !open",
    ],
)
def test_a_condition_that_always_holds_is_found(text: str) -> None:
    assert verdict(parsed(text)) is True


@pytest.mark.parametrize(
    "text",
    [
        "false",
        "1 > 2",
        "2 in [1, 3]",
        'event.tone == "1" && event.tone == "2"',
        'event.tone == "1" && event.tone in ["2", "3"]',
        "tries < 3 && tries > 3",
        "tries > 3 && tries < 4",
        "event.code == 99",
        "3 > tries && 5 <= tries",
        'data.x == "a" && data.x < 3',
        'legs.agent.state == "TALKING"',
        'name == "a" && (name == "b" || name == "c")',
        "open && !open",
        'data.x == "a" && data.x == "b"',
    ],
)
def test_a_condition_that_never_holds_is_found(text: str) -> None:
    assert verdict(parsed(text)) is False


@pytest.mark.parametrize(
    "text",
    [
        'event.tone == "1"',
        'event.tone == "1" || event.tone == "2"',
        "tries < 3",
        "tries >= 3 && tries < 4",
        "share > 3.0 && share < 4.0",
        "tries + 1 < 3",
        'name.startsWith("a") && open',
        'name == "a" && data.x == "a"',
        "data.x == 1 || data.y == 1",
        'legs.agent.state == "CONNECTED"',
        'now.getHours("UTC") >= 9 && now.getHours("UTC") < 17',
        "now > timestamp('2026-01-01T00:00:00Z')",
        "event.code in [486, 603]",
        "has(data.x) && data.x",
        "[1, 2].exists(x, x == tries)",
        "name < 'm' && name > 'a'",
        "data == null",
    ],
)
def test_a_condition_that_may_give_both_answers_is_left_alone(text: str) -> None:
    assert verdict(parsed(text)) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('event.tone == "12"', [("event.tone", "12", 14)]),
        ('event.tone in ["1", "12", "x"]', [("event.tone", "12", 20), ("event.tone", "x", 26)]),
        ("1000 == event.code", [("event.code", 1000, 0)]),
        ('open && legs.agent.state != "connected"', [("legs.agent.state", "connected", 28)]),
        ('event.tone == "#" && event.code == 486', []),
        ('name == "12"', []),
    ],
)
def test_values_that_cannot_come_are_found_with_their_place(
    text: str, found: list[tuple[str, object, int]]
) -> None:
    assert [(each.name, each.value, each.offset) for each in impossible(parsed(text))] == found


def test_a_condition_with_too_many_terms_is_not_judged() -> None:
    text = " || ".join(f"data.f{number}" for number in range(20))
    assert verdict(parsed(f"({text}) || true")) is None
