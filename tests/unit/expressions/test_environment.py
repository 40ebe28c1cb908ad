from datetime import UTC, datetime

import pytest

from dtmflow.errors import ExpressionError
from dtmflow.expressions.environment import Environment, environment
from dtmflow.expressions.problems import CompileError, EvaluationError, Kind
from dtmflow.expressions.types import Type

pytestmark = pytest.mark.unit

SCOPE = {
    "event.tone": Type.STRING,
    "event.code": Type.INT,
    "event.headers": Type.MAP,
    "tries": Type.INT,
    "price": Type.DOUBLE,
    "ok": Type.BOOL,
    "answer": Type.DYN,
    "legs.agent.state": Type.STRING,
    "now": Type.TIMESTAMP,
}
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def problems(text: str) -> list[tuple[Kind, int, int, str]]:
    with pytest.raises(CompileError) as caught:
        environment(SCOPE).compile(text)
    return [(each.kind, each.offset, each.length, each.name) for each in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "values", "result", "kind"),
    [
        ('event.tone == "1"', {"event.tone": "1"}, True, Type.BOOL),
        (
            "tries < 3 && event.code in [408, 480]",
            {"tries": 1, "event.code": 480},
            True,
            Type.BOOL,
        ),
        ("tries + 1", {"tries": 4}, 5, Type.INT),
        ("price * 2.0", {"price": 2}, 4.0, Type.DOUBLE),
        ("answer.name.first", {"answer": {"name": {"first": "Ada"}}}, "Ada", Type.DYN),
        ('event.headers["X-Id"]', {"event.headers": {"X-Id": "7"}}, "7", Type.DYN),
        ('digits(event.tone + "-3 4")', {"event.tone": "+1"}, "134", Type.STRING),
        ('now.getHours("Europe/Berlin")', {"now": NOON}, 13, Type.INT),
        ("[1, 2].map(x, x * tries)", {"tries": 2}, [2, 4], Type.LIST),
        ("answer", {"answer": (1, {"a": (2,)})}, [1, {"a": [2]}], Type.DYN),
        ("!ok", {"ok": False}, True, Type.BOOL),
    ],
)
def test_an_expression_has_a_type_and_a_value(
    text: str, values: dict[str, object], result: object, kind: Type
) -> None:
    expression = environment(SCOPE).compile(text)
    assert expression.type is kind
    assert expression.evaluate(values) == result
    assert expression.names == values.keys()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("event.tone == 1", (Kind.TYPE_MISMATCH, 11, 2, "==")),
        ("event.digit", (Kind.UNKNOWN_FIELD, 6, 5, "event.digit")),
        ('"é" == event.ton', (Kind.UNKNOWN_FIELD, 13, 3, "event.ton")),
        ("legs.agent.sate", (Kind.UNKNOWN_FIELD, 11, 4, "legs.agent.sate")),
        ("legs.agnet.state", (Kind.UNKNOWN_FIELD, 11, 5, "legs.agnet.state")),
        ("event.code.text", (Kind.UNKNOWN_FIELD, 11, 4, "text")),
        ("tires < 3", (Kind.UNKNOWN_NAME, 0, 5, "tires")),
        ("tires.x", (Kind.UNKNOWN_NAME, 0, 5, "tires")),
        ("event", (Kind.UNKNOWN_NAME, 0, 5, "event")),
        ("tries <\n  3 && tone", (Kind.UNKNOWN_NAME, 15, 4, "tone")),
        ("nope(tries)", (Kind.UNKNOWN_FUNCTION, 0, 4, "nope")),
        ("digits(tries)", (Kind.TYPE_MISMATCH, 0, 6, "digits")),
        ("event.code in ['a']", (Kind.TYPE_MISMATCH, 11, 2, "in")),
        ("tries < ", (Kind.SYNTAX, 8, 0, "")),
        ("", (Kind.SYNTAX, 0, 0, "")),
        ("tries and ok", (Kind.SYNTAX, 6, 3, "and")),
        ("tries === 1", (Kind.SYNTAX, 8, 1, "=")),
        ('event.tone == "1', (Kind.SYNTAX, 14, 1, '"')),
        ("(" * 60 + "1" + ")" * 60, (Kind.TOO_COMPLEX, 0, 121, "")),
        ("1" * 5000, (Kind.TOO_COMPLEX, 0, 5000, "")),
        ('hours("Mo-Fri 9:00-17:00", "Europe/Berlin")', (Kind.BAD_VALUE, 6, 19, "")),
        ('hours("Mon 9:00-17:00", "Europe/Berln")', (Kind.BAD_VALUE, 24, 14, "")),
    ],
)
def test_a_problem_says_what_and_where(text: str, found: tuple[Kind, int, int, str]) -> None:
    assert problems(text) == [found]


def test_all_problems_of_an_expression_are_reported_at_once() -> None:
    assert problems('tires < 3 && event.code == "a"') == [
        (Kind.UNKNOWN_NAME, 0, 5, "tires"),
        (Kind.TYPE_MISMATCH, 24, 2, "=="),
    ]


def test_a_mismatch_names_both_types_in_words() -> None:
    with pytest.raises(CompileError) as caught:
        environment(SCOPE).compile("event.tone == 1")
    (problem,) = caught.value.problems
    assert problem.types == ("string", "int")
    assert problem.message == "`==` does not work with text and a whole number"


@pytest.mark.parametrize(
    ("text", "values", "kind"),
    [
        ("tries", {}, Kind.UNSET),
        ("answer.missing", {"answer": {}}, Kind.UNSET),
        ("tries / 0", {"tries": 1}, Kind.FAILED),
        ("tries + 1", {"tries": "one"}, Kind.FAILED),
        ("tries", {"tries": 2**80}, Kind.FAILED),
        ("event.tone.matches(event.tone)", {"event.tone": "("}, Kind.FAILED),
        ("answer", {"answer": object()}, Kind.FAILED),
        (
            (
                "[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, "
                "[1,2,3,4,5,6,7,8,9].all(d, [1,2,3,4,5,6,7,8,9].all(e, a + b + c + d + e > 0)))))"
            ),
            {},
            Kind.TOO_COMPLEX,
        ),
    ],
)
def test_an_expression_without_a_value_is_an_error(
    text: str, values: dict[str, object], kind: Kind
) -> None:
    with pytest.raises(EvaluationError) as caught:
        environment(SCOPE).compile(text).evaluate(values)
    assert caught.value.kind is kind
    assert isinstance(caught.value, ExpressionError)


def test_a_whole_namespace_of_unknown_shape_is_put_together_from_flat_values() -> None:
    expression = environment({"event": Type.DYN}).compile("event.customer.name")
    assert expression.evaluate({"event.customer": {"name": "Ada"}, "tries": 1}) == "Ada"


@pytest.mark.parametrize("text", ["event.tone", 'event.tone == "1"', " event.tone=='é' "])
@pytest.mark.parametrize("value", ["1", "", "é", "e\u0301", '"1"', "1 ", "\U0001f600"])
def test_what_python_answers_cel_answers_too(text: str, value: str) -> None:
    values = {"event.tone": value, "ok": True}
    plain, called = environment(SCOPE).compile(text), environment(SCOPE).compile(f"({text})")
    assert (plain.evaluate(values), plain.type) == (called.evaluate(values), called.type)


@pytest.mark.parametrize("text", ["event.tone", 'event.tone == "1"'])
def test_a_name_of_another_type_than_text_is_refused_wherever_it_stands(text: str) -> None:
    for value in (None, 1, ["1"]):
        with pytest.raises(EvaluationError):
            environment(SCOPE).compile(text).evaluate({"event.tone": value})
    with pytest.raises(EvaluationError, match=r"`event.tone` has no value"):
        environment(SCOPE).compile(text).evaluate({})


def test_environments_and_expressions_are_made_once() -> None:
    assert environment(SCOPE) is environment(dict(reversed(SCOPE.items())))
    assert environment(SCOPE).compile("tries") is environment(SCOPE).compile("tries")
    assert Environment(SCOPE) is not environment(SCOPE)
