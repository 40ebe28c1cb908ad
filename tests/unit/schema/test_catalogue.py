"""Commands, events and the look-ups over them."""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from dtmflow_schema.base import CallId, Phase
from dtmflow_schema.catalogue import (
    EVENTS,
    METHODS,
    build,
    empty_payload,
    flat_fields,
    leg_arguments,
    payload_types,
)
from dtmflow_schema.events.dtmf import ToneReceived
from dtmflow_schema.events.lifecycle import Failed
from dtmflow_schema.methods.dtmf import HandleTones
from dtmflow_schema.methods.speech import Say
from dtmflow_schema.names import DTMFType
from dtmflow_schema.units import as_text, duration_ms, holds_expression
from support.thoroughness import examples

pytestmark = pytest.mark.unit


def test_flat_arguments_are_regrouped_into_the_command() -> None:
    command = build("say", {"text": "Hi", "voice": "anna"})
    assert isinstance(command, Say)
    assert command.parameters is not None
    assert command.wire() == {"text": "Hi", "parameters": {"voice": "anna"}}
    assert build("say", "Hi") == Say(text="Hi")


def test_a_bare_record_records_with_the_stated_defaults() -> None:
    record = build("record", {})
    assert record.wire() == {}
    assert record.model_dump(by_alias=True)["parameters"]["labels"] == ("Left", "Right")


def test_constants_are_read_by_name_and_value() -> None:
    for written in ("IN_BAND", 2):
        command = build("handleTones", {"doHandle": True, "supportedDtmfTypes": written})
        assert isinstance(command, HandleTones)
        assert command.supported_dtmf_types is DTMFType.IN_BAND
        assert command.wire() == {"doHandle": True, "supportedDtmfTypes": 2}


def test_python_names_are_not_names_on_the_wire() -> None:
    with pytest.raises(ValidationError):
        build("handleTones", {"do_handle": True})


def test_an_event_carries_its_string_value_and_its_call() -> None:
    event = Failed(call=CallId("1"), id=CallId("1"), code=486, reason="Busy Here")
    assert event.wire() == {
        "call": "1",
        "name": "Call.Failed",
        "id": "1",
        "headers": {},
        "code": 486,
        "reason": "Busy Here",
    }


@pytest.mark.parametrize("name", EVENTS)
def test_an_empty_payload_has_every_field_in_its_plain_type(name: str) -> None:
    payload = empty_payload(EVENTS[name])
    types = payload_types(EVENTS[name])
    assert {field: type(value) for field, value in payload.items()} == dict(types)


def test_methods_know_where_they_may_be_called_and_what_they_enable() -> None:
    assert METHODS["say"].needs == {Phase.EARLY, Phase.CONNECTED}
    assert METHODS["answer"].needs == {Phase.RINGING, Phase.EARLY}
    assert Phase.ENDED in METHODS["hangup"].needs
    assert METHODS["handleTones"].enables == (ToneReceived,)
    assert METHODS["decline"].replaced_by == "reject"


def test_arguments_that_name_a_leg_are_known() -> None:
    found = {name: set(leg_arguments(name)) for name in METHODS if leg_arguments(name)}
    assert found == {
        "answerDirect": {"peerCall"},
        "sendMediaTo": {"mediaUnit"},
        "stopMediaTo": {"mediaUnit"},
        "transferTo": {"call"},
    }


def test_flat_names_never_collide() -> None:
    for name, method in METHODS.items():
        flat = flat_fields(name)
        outer = [info.alias for key, info in method.model_fields.items() if key != "parameters"]
        inner = [field.name for field in flat.values() if field.in_parameters]
        assert len(flat) == len(outer) + len(inner), name


def test_every_declaration_is_documented() -> None:
    for declared in (*METHODS.values(), *EVENTS.values()):
        assert "Source: VoxEngine" in " ".join((declared.__doc__ or "").split()), declared
        for name, info in declared.model_fields.items():
            assert info.description, (declared, name)


@settings(suppress_health_check=list(HealthCheck), max_examples=examples(100), derandomize=True)
@given(st.data())
def test_every_command_survives_the_wire(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(METHODS)))
    good = {"code": st.integers(300, 699), "digits": st.just("12#"), "country": st.just("US")}
    required = {
        field.name: good.get(field.name, st.just(True if "boolean" in kind else "a"))
        for field in flat_fields(name).values()
        if field.required and (kind := "boolean" if field.field.annotation is bool else "text")
    }
    required |= {"interval": st.integers(3, 10)} if name == "monitorMediaStatistics" else {}
    required |= {"to": st.just("sip:a@b")} if name == "transferTo" else {}
    command = build(name, data.draw(st.fixed_dictionaries(required)))
    assert METHODS[name].model_validate(command.wire()) == command


def test_durations_need_a_unit() -> None:
    found = [duration_ms(text) for text in ("500ms", "5s", "2m", "1h")]
    assert found == [500, 5000, 120_000, 3_600_000]
    for text in ("5", "5 s", "5s\n", "-1s", "1.5s"):
        with pytest.raises(ValueError, match="duration"):
            duration_ms(text)


def test_an_expression_is_told_from_its_escape() -> None:
    assert holds_expression("a ${b}")
    assert not holds_expression("a $${b}")
    assert not holds_expression(5)


def test_a_number_is_text_as_it_was_written() -> None:
    assert (as_text(5), as_text(1.5)) == ("5", "1.5")


@pytest.mark.parametrize("family", ["recording", "statistics"])
def test_a_family_can_be_imported_before_all_others(family: str) -> None:
    subprocess.run((sys.executable, "-c", f"import dtmflow_schema.methods.{family}"), check=True)
