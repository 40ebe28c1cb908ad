import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtmflow.expressions.environment import environment
from dtmflow.expressions.problems import CompileError, EvaluationError, Kind
from dtmflow.expressions.template import Slot, escape, parse
from dtmflow.expressions.types import Type

pytestmark = pytest.mark.unit

SCOPE = {
    "name": Type.STRING,
    "tries": Type.INT,
    "data": Type.DYN,
    "ok": Type.BOOL,
    "x": Type.DOUBLE,
}


def value(text: str, **values: object) -> object:
    return parse(text).compile(environment(SCOPE)).evaluate(values)


def test_a_template_is_taken_apart_with_the_places_of_its_expressions() -> None:
    template = parse('Hi ${name}, ${ {"a": "}"}["a"] } and $${x}')
    assert template.parts == (
        "Hi ",
        Slot("name", 5),
        ", ",
        Slot(' {"a": "}"}["a"] ', 14),
        " and ${x}",
    )
    assert [template.text[slot.offset :][: len(slot.text)] for slot in template.slots] == [
        "name",
        ' {"a": "}"}["a"] ',
    ]


@pytest.mark.parametrize(
    ("text", "values", "result"),
    [
        ("plain", {}, "plain"),
        ("", {}, ""),
        ("${tries + 1}", {"tries": 1}, 2),
        ("${ok}", {"ok": True}, True),
        ("${data}", {"data": {"a": [1]}}, {"a": [1]}),
        ("${ok} ${tries} ${x}", {"ok": False, "tries": 3, "x": 2.5}, "false 3 2.5"),
        ("${x}!", {"x": 2.0}, "2!"),
        ("$${name}", {}, "${name}"),
        ("$$${name}", {"name": "a"}, "$${name}"),
        ("cost: $5, ${name}", {"name": "a"}, "cost: $5, a"),
    ],
)
def test_a_template_has_a_value(text: str, values: dict[str, object], result: object) -> None:
    assert value(text, **values) == result


def test_only_a_whole_slot_keeps_its_type() -> None:
    env = environment(SCOPE)
    assert parse("${tries}").compile(env).type is Type.INT
    assert parse("${tries} ").compile(env).type is Type.STRING
    assert parse("three").compile(env).type is Type.STRING


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hi ${name", [(Kind.SYNTAX, 3)]),
        ("${nam} and ${tires}", [(Kind.UNKNOWN_NAME, 2), (Kind.UNKNOWN_NAME, 13)]),
        ("a ${} b", [(Kind.SYNTAX, 4)]),
        ("a ${[1]} b", [(Kind.TYPE_MISMATCH, 4)]),
    ],
)
def test_problems_of_a_template_have_offsets_in_its_text(
    text: str, found: list[tuple[Kind, int]]
) -> None:
    with pytest.raises(CompileError) as caught:
        parse(text).compile(environment(SCOPE))
    assert [(each.kind, each.offset) for each in caught.value.problems] == found


def test_unknown_data_inside_text_must_turn_out_to_be_a_scalar() -> None:
    with pytest.raises(EvaluationError, match="an object cannot stand inside text"):
        value("a ${data}", data={})


@settings(deadline=None)
@given(st.text())
def test_an_escaped_text_stands_for_itself(text: str) -> None:
    assert value(escape(text)) == text
