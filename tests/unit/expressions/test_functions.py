from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtmflow.expressions.environment import environment
from dtmflow.expressions.functions import digits, parse_hours
from dtmflow.expressions.problems import EvaluationError
from dtmflow.expressions.types import Type

pytestmark = pytest.mark.unit


def is_open(opening: str, now: datetime, zone: str = "Europe/Berlin") -> object:
    scope = {"now": Type.TIMESTAMP, "opening": Type.STRING, "zone": Type.STRING}
    expression = environment(scope).compile("hours(opening, zone)")
    return expression.evaluate({"opening": opening, "zone": zone, "now": now})


@pytest.mark.parametrize(
    ("opening", "now", "result"),
    [
        ("Mon-Fri 09:00-17:00", datetime(2026, 3, 4, 8, 0, tzinfo=UTC), True),
        ("Mon-Fri 09:00-17:00", datetime(2026, 3, 4, 7, 59, tzinfo=UTC), False),
        ("Mon-Fri 09:00-17:00", datetime(2026, 3, 4, 16, 0, tzinfo=UTC), False),
        ("Mon-Fri 09:00-17:00", datetime(2026, 7, 1, 7, 0, tzinfo=UTC), True),
        ("Mon-Fri 09:00-17:00", datetime(2026, 3, 7, 10, 0, tzinfo=UTC), False),
        ("Mon,Wed 8:00-9:00 14:00-18:00", datetime(2026, 3, 4, 13, 0, tzinfo=UTC), True),
        ("Mon 8:00-9:00; Wed 14:00-18:00", datetime(2026, 3, 4, 13, 0, tzinfo=UTC), True),
        ("Fri-Mon 10:00-24:00", datetime(2026, 3, 8, 22, 59, tzinfo=UTC), True),
        ("Tue 22:00-06:00", datetime(2026, 3, 4, 4, 59, tzinfo=UTC), True),
        ("Tue 22:00-06:00", datetime(2026, 3, 4, 5, 0, tzinfo=UTC), False),
        ("Wed 22:00-06:00", datetime(2026, 3, 4, 4, 59, tzinfo=UTC), False),
    ],
)
def test_hours_tell_whether_now_lies_within_them(
    opening: str, now: datetime, result: object
) -> None:
    assert is_open(opening, now) is result


def test_hours_use_now_even_where_the_scope_has_none() -> None:
    expression = environment({}).compile('hours("Wed 9:00-10:00", "UTC")')
    assert expression.names == {"now"}
    assert expression.evaluate({"now": datetime(2026, 3, 4, 9, 30, tzinfo=UTC)}) is True


@pytest.mark.parametrize("opening", ["", "Mon", "Monday 9:00-10:00", "Mon 9-10", "Mon 9:00-25:00"])
def test_hours_that_cannot_be_read_are_an_error(opening: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        parse_hours(opening)
    with pytest.raises(EvaluationError, match="is not"):
        is_open(opening, datetime(2026, 3, 4, tzinfo=UTC))


@settings(deadline=None)
@given(st.text())
def test_digits_keeps_nothing_but_digits(text: str) -> None:
    assert set(digits(text)) <= set("0123456789")
    assert digits(text) == digits(digits(text))
