from datetime import UTC, datetime

import pytest

from dtmflow.compiling.core import Action, Later
from dtmflow.compiling.expand import expand
from dtmflow.compiling.program import Program, compile_program
from dtmflow.errors import FlowInvalid
from dtmflow.expressions.problems import EvaluationError
from dtmflow.loading.read import load
from dtmflow_schema.catalogue import build
from dtmflow_schema.flow import Flow

pytestmark = pytest.mark.unit

FLOW = """
version: 1
name: probe
vars: { tries: 0, name: "", wait: 5s, data: { type: object, default: {} } }
prompts:
  hello: { en: "Hello ${name}", de: "Hallo ${name}" }
  bye: Bye.
states:
  a:
    do:
      - say: "${prompts.hello}! ${prompts.bye}"
      - say: "${tries}"
      - sendInfo: { mimeType: text/plain, body: "n=${tries}", headers: { X-Name: "${name}" } }
      - set: { tries: "${tries + 1}", data: { list: [1, "${name}"] } }
      - answer
    on:
      ToneReceived:
        - { if: 'event.tone == "1" && tries < 3', to: end }
        - { if: 'hours("Wed 9:00-10:00", "UTC")', to: end }
        - a
    after:
      2m: end
      "${wait}": end
      "${tries}": end
"""


def program(text: str = FLOW) -> Program:
    document = load(text, "probe.yaml")
    return compile_program(expand(Flow.model_validate(document.data)), document)


def arguments(index: int, **values: object) -> dict[str, object]:
    plan = program()
    return dict(plan.arguments(plan.core.states["a"].do[index], values))


def test_guards_are_true_or_false_for_the_values_at_hand() -> None:
    plan = program()
    first, second, third = plan.core.states["a"].on[0].transitions
    assert plan.guard(first, {"event.tone": "1", "tries": 2}) is True
    assert plan.guard(first, {"event.tone": "1", "tries": 3}) is False
    assert plan.guard(second, {"now": datetime(2026, 3, 4, 9, 30, tzinfo=UTC)}) is True
    assert plan.guard(third, {}) is True
    with pytest.raises(EvaluationError, match="`tries` has no value here"):
        plan.guard(first, {"event.tone": "1"})


def test_prompts_are_spoken_in_the_chosen_language_or_the_first() -> None:
    assert arguments(0, name="Ada", lang="de") == {"text": "Hallo Ada! Bye."}
    assert arguments(0, name="Ada", lang="fr") == {"text": "Hello Ada! Bye."}
    assert arguments(0, name="Ada", lang="") == {"text": "Hello Ada! Bye."}


def test_a_number_becomes_text_where_a_method_takes_text() -> None:
    assert arguments(1, tries=3) == {"text": "3"}


def test_arguments_keep_their_order_and_shape() -> None:
    sent = arguments(2, tries=3, name="Ada")
    assert list(sent.items()) == [
        ("mimeType", "text/plain"),
        ("body", "n=3"),
        ("headers", {"X-Name": "Ada"}),
    ]
    assert arguments(3, tries=3, name="Ada") == {"tries": 4, "data": {"list": [1, "Ada"]}}
    assert arguments(4) == {}


def test_a_command_without_templates_is_made_once() -> None:
    plan = program(
        "version: 1\nprompts: { hi: Hi. }\n"
        "states: { a: { do: [{ reject: 486 }, { say: Hi. }, { say: '${prompts.hi}' }, "
        "{ log: Hi. }, { sendMediaTo: caller }], to: end } }"
    )
    reject, say, computed, log, other = plan.core.states["a"].do
    assert plan.command(reject) == build("reject", {"code": 486})
    assert plan.command(say) is plan.command(say)
    assert [plan.command(each) for each in (computed, log, other)] == [None] * 3


def test_delays_are_milliseconds() -> None:
    plan = program()
    fixed, text, number = plan.core.states["a"].after
    assert plan.duration_ms(fixed, {}) == 120_000
    assert plan.duration_ms(text, {"wait": "1500ms"}) == 1500
    assert plan.duration_ms(number, {"tries": 20}) == 20
    for wrong in ("soon", "-5s", "1000h"):
        with pytest.raises(EvaluationError):
            plan.duration_ms(text, {"wait": wrong})
    with pytest.raises(EvaluationError):
        plan.duration_ms(number, {"tries": -1})


def test_requirements_name_each_method_once_with_its_place() -> None:
    plan = program(
        "version: 1\n"
        "states:\n"
        "  a: { do: answer, on: { Connected: b } }\n"
        "  b: { menu: { say: x, choices: { '1': c } }, on: { exhausted: c } }\n"
        "  c: { do: [dial: agent, agent.hangup], connect: { to: 'sip:a@b' }, to: end }\n"
    )
    found = [
        (each.kind if isinstance(each, Later) else str(each.name), plan.line(place))
        for each, place in plan.requirements()
    ]
    assert [name for name, line in found if line == 3] == ["answer"]
    assert sorted(name for name, line in found if line == 4) == [
        "handleTones",
        "say",
        "stopPlayback",
    ]
    assert [name for name, line in found if line == 5] == ["dial", "hangup", "connect"]
    assert all(isinstance(each, Action | Later) for each, _ in plan.requirements())


@pytest.mark.parametrize(
    ("states", "code", "line", "column"),
    [
        ("  a: { to: nowhere }", "F101", 4, 12),
        (
            "  a: { to: z }\n  b: { states: { z: { to: end } } }\n  c: { states: { z: { to: end } } }",  # noqa: E501 - one flow, one line
            "F110",
            4,
            12,
        ),
        ("  a: { do: { log: 'x ${nope}' }, to: end }", "V302", 4, 24),
        ("  a: { on: { x: { if: n, to: end } } }", "V308", 4, 23),
        ("  a: { initial: b, states: { c: { to: end } } }", "F111", 4, 17),
        ("  a: { after: { '${nope}': end } }", "V302", 4, 17),
    ],
)
def test_a_flow_with_errors_is_not_compiled(
    states: str, code: str, line: int, column: int
) -> None:
    with pytest.raises(FlowInvalid) as caught:
        program(f"version: 1\nvars: {{ n: 0 }}\nstates:\n{states}\n")
    (finding,) = caught.value.diagnostics
    assert (finding.code, finding.span.line, finding.span.column) == (code, line, column)


def test_a_program_knows_its_version() -> None:
    assert program().digest == program().digest
    assert program().digest != program(FLOW + "\n# changed\n").digest
    assert len(program().digest) == 64
