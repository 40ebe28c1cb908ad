import pytest

from dtmflow.compiling.core import Core
from dtmflow.compiling.expand import expand
from dtmflow.compiling.typed import typed_expressions
from dtmflow.expressions.problems import Kind
from dtmflow.loading.read import load
from dtmflow_schema.flow import Flow

pytestmark = pytest.mark.unit

HEAD = """
version: 1
params: { box: string }
vars: { tries: 0, name: "", ok: false }
prompts: { wrong: "${input} is wrong, ${nmae}", hello: "Hi ${name}" }
states:
"""


def core_of(states: str) -> Core:
    document = load(HEAD + states, "flow.yaml")
    return expand(Flow.model_validate(document.data))


def found(states: str) -> list[tuple[Kind, str]]:
    """Return every problem as its kind and the characters that it marks."""
    return [
        (problem.kind, typed.text[problem.offset :][: problem.length])
        for typed in typed_expressions(core_of(states))
        if "prompts" not in typed.path
        for problem in typed.problems()
    ]


@pytest.mark.parametrize(
    ("states", "problems"),
    [
        (
            "  a: { on: { ToneReceived: { if: event.tone == 1, to: end } } }",
            [("type_mismatch", "==")],
        ),
        (
            "  a: { on: { ToneReceived: { if: event.digit == 1, to: end } } }",
            [("unknown_field", "digit")],
        ),
        (
            "  a: { on: { ToneReceived: { if: event.tone, to: end } } }",
            [("not_boolean", "event.tone")],
        ),
        (
            "  a: { on: { Failed: { if: event.tone == '1', to: end } } }",
            [("unknown_field", "tone")],
        ),
        (
            "  a: { after: { 5s: { if: event.name == 'x', to: end } } }",
            [("unknown_field", "name")],
        ),
        ("  a: { to: [{ if: tires < 3, to: end }, { to: end }] }", [("unknown_name", "tires")]),
        ("  a: { do: { say: 'Hi ${nmae}' }, to: end }", [("unknown_name", "nmae")]),
        ("  a: { do: { say: 'Hi ${name' }, to: end }", [("syntax", "${")]),
        (
            "  a: { do: { say: { text: hi, voice: '${nmae}' } }, to: end }",
            [("unknown_name", "nmae")],
        ),
        ("  a: { do: { set: { tries: '${name}' } }, to: end }", [("type_mismatch", "name")]),
        ("  a: { do: { set: { name: '${tries}' } }, to: end }", [("type_mismatch", "tries")]),
        ("  a: { do: { set: { name: 'x${tries}' } }, to: end }", []),
        ("  a: { do: { handleTones: '${name}' }, to: end }", [("type_mismatch", "name")]),
        ("  a: { do: { say: '${tries}' }, to: end }", []),
        ("  a: { after: { '${ok}': end } }", [("type_mismatch", "ok")]),
        ("  a: { after: { '${name}': end } }", []),
        ("  a: { do: { say: '${input}' }, to: end }", [("unknown_name", "input")]),
        ("  a: { prompt: { say: '${event.tone}' }, to: end }", [("unknown_field", "tone")]),
        (
            "  a: { menu: { say: x, retries: '${name}', choices: { '1': end } } }",
            [("type_mismatch", "name")],
        ),
        (
            "  a: { menu: { say: x, choices: { '1': { if: input == 1, to: end } } } }",
            [("type_mismatch", "==")],
        ),
        (
            "  a: { menu: { say: x, nomatch: { say: '${input} ${nmae}' }, choices: { '1': end } } }",  # noqa: E501 - one flow, one line
            [("unknown_name", "nmae")],
        ),
        (
            "  a: { gather: { say: x, into: name, digits: 4, valid: size(inptu) > 1 }, to: end }",
            [("unknown_name", "inptu")],
        ),
        (
            "  a: { gather: { say: x, into: name, digits: 4, valid: 'input == 1' }, to: end }",
            [("type_mismatch", "==")],
        ),
        (
            "  a: { menu: { say: x, choices: { '1': end } }, on: { exhausted: [{ if: tires > 1, to: end }, end] } }",  # noqa: E501 - one flow, one line
            [("unknown_name", "tires")],
        ),
        (
            "  a: { http: { get: 'http://${nmae}', json: { a: ['${tires}'] } }, to: end }",
            [("unknown_name", "nmae"), ("unknown_name", "tires")],
        ),
        (
            "  a: { http: { get: 'http://x' }, on: { ok: { if: event.status == 200, to: end }, error: { if: event.status == 1, to: end } } }",  # noqa: E501 - one flow, one line
            [("unknown_field", "status")],
        ),
        ("  a: { run: x.yaml, on: { ok: { if: event.customer.id == 1, to: end } } }", []),
    ],
)
def test_a_wrong_expression_is_found_as_the_author_wrote_it(
    states: str, problems: list[tuple[str, str]]
) -> None:
    assert found(states) == [(Kind(kind), text) for kind, text in problems]


def test_event_on_entry_holds_what_all_causes_share() -> None:
    shared = "  a: { on: { Failed: b, Disconnected: b } }\n"
    assert found(shared + "  b: { do: { log: '${event.reason}' }, to: end }") == []
    assert found(shared + "  b: { do: { log: '${event.code}' }, to: end }") == [
        (Kind.UNKNOWN_FIELD, "code")
    ]


def test_prompts_may_speak_of_input_where_only_menus_use_them() -> None:
    menu = (
        "  a: { menu: { say: x, nomatch: { say: '${prompts.wrong}' }, choices: { '1': end } } }\n"
    )
    place = ("prompts", "wrong")

    def wrong(states: str) -> list[list[str]]:
        return [
            [problem.name for problem in typed.problems()]
            for typed in typed_expressions(core_of(states))
            if typed.path == place
        ]

    assert wrong(menu) == [["nmae"]]
    assert wrong(menu + "  b: { do: { say: '${prompts.wrong}' }, to: end }") == [
        ["nmae"],
        ["input", "nmae"],
    ]
    assert wrong("  a: { to: end }") == [["input", "nmae"]]


def test_what_an_expression_may_be_is_told() -> None:
    (typed,) = [
        each
        for each in typed_expressions(
            core_of("  a: { on: { ToneReceived: { if: ok, to: end } } }")
        )
        if each.kind == "guard"
    ]
    assert typed.path == ("states", "a", "on", "ToneReceived", "if")
    assert [cause.event for cause in typed.events] == ["ToneReceived"]
    assert list(typed.expressions()) == [(0, "ok")]
    assert "event.tone" in typed.scope
