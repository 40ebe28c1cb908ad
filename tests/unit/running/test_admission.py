import pytest

from dtmflow.diagnostics import Span
from dtmflow.lines.simulated.call import simulated
from dtmflow.ports import Capabilities
from dtmflow.running.admission import UNSUPPORTED_CONSTRUCT, UNSUPPORTED_METHOD, refuse
from dtmflow_schema.methods.lifecycle import Answer
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
    assert [(f.code, f.span) for f in found] == [(UNSUPPORTED_METHOD, Span(9, 10, 9, 13))]
    assert found[0].message == "`say` cannot be done on the sip line"


@pytest.mark.parametrize(
    ("text", "word", "place"),
    [
        (
            "states: {a: {connect: {to: 'sip:a@example.org'}, on: {ok: end, else: end}}}",
            "connect",
            Span(3, 14, 3, 21),
        ),
        (
            "states: {a: {http: {get: 'https://example.org'}, on: {ok: end, error: end}}}",
            "http",
            Span(3, 14, 3, 18),
        ),
        (
            """
            legs: {agent: {to: 'sip:a@example.org'}}
            states: {a: {do: {dial: agent}, on: {agent.Connected: end, agent.Failed: end}}}
            """,
            "dial",
            Span(5, 19, 5, 23),
        ),
    ],
)
def test_a_construct_whose_work_comes_later_is_named(text: str, word: str, place: Span) -> None:
    found = refuse(compiled(text), EVERYTHING)
    assert found
    assert found[0].code == UNSUPPORTED_CONSTRUCT
    assert f"`{word}`" in found[0].message
    assert found[0].span == place


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
    assert found[0].span == Span(4, 1, 4, 6)


def test_an_action_that_is_only_a_name_is_marked_whole() -> None:
    for actions, column in (("[{log: x}, answer]", 29), ("answer", 18)):
        flow = compiled(f"states: {{a: {{do: {actions}, on: {{Connected: end}}}}}}")
        found = refuse(flow, Capabilities(simulated.commands - {Answer}, frozenset()))
        assert [f.span for f in found] == [Span(3, column, 3, column + len("answer"))]


def test_what_a_menu_needs_is_marked_inside_it() -> None:
    flow = compiled("""
        states:
          a: {do: answer, on: {Connected: b}}
          b: {menu: {say: x, choices: {'1': end}}, on: {exhausted: end}}
    """)
    found = refuse(flow, Capabilities(simulated.commands - {Say}, frozenset()))
    assert [f.span for f in found] == [Span(6, 14, 6, 17)]
