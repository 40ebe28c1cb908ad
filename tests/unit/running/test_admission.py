import pytest

from dtmflow.lines.simulated.call import simulated
from dtmflow.ports import Capabilities
from dtmflow.running.admission import UNSUPPORTED_CONSTRUCT, UNSUPPORTED_METHOD, refuse
from dtmflow_schema.methods.speech import Say
from support.programs import compiled

pytestmark = pytest.mark.unit

EVERYTHING = Capabilities(simulated.commands, frozenset())


def test_a_flow_that_the_line_can_do_is_taken() -> None:
    flow = compiled("states: {a: {do: [answer, {log: x}], on: {Connected: end}}}")
    assert refuse(flow, EVERYTHING) == ()


def test_a_method_that_the_line_lacks_is_named_with_its_line() -> None:
    flow = compiled("""
        states:
          a:
            do: answer
            on: {Connected: b}
          b:
            do: {say: Hi}
            on: {PlaybackFinished: end}
    """)
    found = refuse(flow, Capabilities(simulated.commands - {Say}, frozenset()), line="sip")
    assert [(f.code, f.span.line) for f in found] == [(UNSUPPORTED_METHOD, 9)]
    assert found[0].message == "`say` cannot be done on the sip line"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("states: {a: {connect: {to: 'sip:a@example.org'}, on: {ok: end, else: end}}}", "connect"),
        (
            "states: {a: {http: {get: 'https://example.org'}, on: {ok: end, error: end}}}",
            "http",
        ),
        (
            """
            legs: {agent: {to: 'sip:a@example.org'}}
            states: {a: {do: {dial: agent}, on: {agent.Connected: end, agent.Failed: end}}}
            """,
            "dial",
        ),
    ],
)
def test_a_construct_whose_work_comes_later_is_named(text: str, word: str) -> None:
    found = refuse(compiled(text), EVERYTHING)
    assert found
    assert found[0].code == UNSUPPORTED_CONSTRUCT
    assert f"`{word}`" in found[0].message
    assert found[0].span.line >= 3


def test_a_flow_that_no_call_starts_is_refused() -> None:
    found = refuse(
        compiled("""
            start: request
            legs: {callee: {to: 'sip:a@example.org'}}
            states: {a: {on: {callee.Connected: end}}}
        """),
        EVERYTHING,
    )
    assert "start: request" in found[0].message
