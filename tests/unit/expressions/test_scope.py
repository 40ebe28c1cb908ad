import pytest

from dtmflow.expressions.environment import environment
from dtmflow.expressions.problems import CompileError
from dtmflow.expressions.scope import GETTERS, Names, event_scope, shared
from dtmflow.expressions.types import Type
from dtmflow_schema.catalogue import EVENTS

pytestmark = pytest.mark.unit

NAMES = Names(
    variables={"tries": "int", "price": "number", "pin": "string", "ok": "bool", "who": "object"},
    params={"box": "phone"},
    legs=("caller", "agent"),
    prompts=("welcome",),
    env=("TOKEN",),
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("tries", Type.INT),
        ("price", Type.DOUBLE),
        ("pin", Type.STRING),
        ("ok", Type.BOOL),
        ("who.name", Type.DYN),
        ("params.box", Type.STRING),
        ("call.number", Type.STRING),
        ("call.incoming", Type.BOOL),
        ("legs.agent.state", Type.STRING),
        ("prompts.welcome", Type.STRING),
        ("env.TOKEN", Type.STRING),
        ("lang", Type.STRING),
        ("now.getHours()", Type.INT),
    ],
)
def test_a_flow_s_names_have_their_types_everywhere(text: str, kind: Type) -> None:
    assert environment(NAMES.scope()).compile(text).type is kind


@pytest.mark.parametrize("text", ["input", "event.tone", "legs.expert.state", "env.HOME", "box"])
def test_what_was_not_declared_is_not_in_scope(text: str) -> None:
    with pytest.raises(CompileError):
        environment(NAMES.scope()).compile(text)


@pytest.mark.parametrize(
    ("event", "field", "kind"),
    [
        ("ToneReceived", "event.tone", Type.STRING),
        ("Failed", "event.code", Type.INT),
        ("Disconnected", "event.cost", Type.DOUBLE),
        ("Connected", "event.headers", Type.MAP),
        ("PlaybackFinished", "event.error", Type.STRING),
        ("MicStatusChange", "event.active", Type.BOOL),
        ("fault", "event.line", Type.INT),
        ("my_own", "event.name", Type.STRING),
    ],
)
def test_the_payload_of_an_event_is_typed(event: str, field: str, kind: Type) -> None:
    assert event_scope(event)[field] is kind


def test_every_event_of_the_reference_has_a_scope_that_cel_takes() -> None:
    for event in EVENTS:
        scope = event_scope(event)
        assert {"event.id", "event.name", "event.call"} <= scope.keys()
        environment(scope)


def test_several_events_share_what_all_of_them_have() -> None:
    both = shared([event_scope("Failed"), event_scope("Disconnected")])
    assert "event.reason" in both
    assert "event.code" not in both
    assert shared([]) == {}
    assert shared([event_scope("Failed")]) == event_scope("Failed")


def test_a_call_has_nine_getters_and_its_custom_data() -> None:
    assert len(GETTERS) == 10
    assert GETTERS["customData"] is Type.STRING
