"""The models against the facts of the Call reference: names, order, types, defaults, ranges."""

import json
import types
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from dtmflow_schema import names
from dtmflow_schema.base import CallId, CallState, MethodKind
from dtmflow_schema.catalogue import (
    EVENTS,
    METHODS,
    PARAMETERS,
    build,
    fields,
    parameter_type,
    result_type,
)
from dtmflow_schema.doing import read_action
from dtmflow_schema.events.statistics import CallMediaStatistics, CallMediaStatisticsSample
from dtmflow_schema.jsonschema import parameter_schemas, value_types
from dtmflow_schema.methods.speech import Say
from dtmflow_schema.parameters.lifecycle import BaseCallParameters
from dtmflow_schema.parameters.recording import BaseRecorderParameters
from dtmflow_schema.units import Optional_

pytestmark = pytest.mark.conformance

FACTS = Path(__file__).parent / "facts"


def facts(name: str) -> Any:
    return json.loads((FACTS / f"{name}.json").read_text(encoding="utf-8"))


METHOD_FACTS = facts("methods")
EVENT_FACTS = facts("events")
PARAMETER_FACTS = facts("parameters")
REFERENCED = {fact["name"]: fact for fact in facts("referenced_types")}
COUNTS = facts("closed_sets")["counts"]

# Where the reference contradicts itself or its typings, what was decided.
REQUIRED_DECIDED = {
    "record.parameters": False,  # a call without options has stated defaults
    "TransferToParameters.to": False,  # one of the two is needed
    "TransferToParameters.call": False,
}
# Types that a telephone platform of our own narrows or widens.
TYPE_DECIDED = {
    "startEarlyMedia.scheme": "string",
    "addEventListener.event": "string",
    "addEventListener.callback": "string",
    "removeEventListener.event": "string",
    "removeEventListener.callback": "string",
}
HEADERS = "{ [header: string]: string }"
SCHEME = "{ [id: string]: { audio: any, video: any } }"


SCALARS: dict[object, str] = {
    CallId: "Call",
    int: "number",
    float: "number",
    bool: "boolean",
    str: "string",
}


def kind_of(annotation: object) -> str:
    """Return the reference's name of what a model's field holds."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    found = "any"
    if annotation in SCALARS:
        found = SCALARS[annotation]
    elif origin is Annotated:
        found = kind_of(arguments[0])
    elif origin is Literal:
        found = "string"
    elif origin is tuple:
        found = f"{kind_of(arguments[0])}[]"
    elif origin is dict:
        found = HEADERS if kind_of(arguments[1]) == "string" else "Object"
    elif origin in (Union, types.UnionType):
        kept = sorted({kind_of(part) for part in arguments if part is not type(None)})
        found = " | ".join(kept) if len(kept) < 4 else "any"
    elif isinstance(annotation, type) and issubclass(annotation, Enum | BaseModel):
        found = annotation.__name__
    return found


def same_type(place: str, reference: str, info: FieldInfo) -> bool:
    reference = TYPE_DECIDED.get(place, reference).replace(".", "")
    ours = kind_of(info.annotation)
    equal = {
        SCHEME: "Object",
        "VoxMediaUnit": "Call",
        "Voice": "string",
        "RecorderLabelFont": "string",
        "RecorderLayoutPriority": "string | string[]",
        "'transferor' | 'target' | 'transferee'": "string",
    }
    return " | ".join(sorted(equal.get(reference, reference).split(" | "))) == ours


def test_methods_are_those_of_the_reference_in_its_order() -> None:
    assert list(METHODS) == [fact["name"] for fact in METHOD_FACTS]
    assert len(METHODS) == COUNTS["methods"]


def test_events_are_those_of_the_reference_in_its_order() -> None:
    assert {name: event.string_value for name, event in EVENTS.items()} == {
        fact["name"]: fact["string_value"] for fact in EVENT_FACTS
    }
    assert list(EVENTS) == [fact["name"] for fact in EVENT_FACTS]
    assert len(EVENTS) == COUNTS["events"]


def test_parameter_types_are_those_of_the_reference_in_its_order() -> None:
    assert list(PARAMETERS) == [fact["name"] for fact in PARAMETER_FACTS]
    assert sum(len(fields(model)) for model in PARAMETERS.values()) == COUNTS["properties"]


@pytest.mark.parametrize("fact", METHOD_FACTS, ids=lambda fact: fact["name"])
def test_a_method_has_the_parameters_of_the_reference(fact: Any) -> None:
    method = METHODS[fact["name"]]
    declared = fields(method)
    assert list(declared) == [parameter["name"] for parameter in fact["parameters"]]
    for parameter in fact["parameters"]:
        place = f"{fact['name']}.{parameter['name']}"
        info = declared[parameter["name"]]
        assert info.is_required() == REQUIRED_DECIDED.get(place, parameter["required"]), place
        assert same_type(place, parameter["type"], info), place


@pytest.mark.parametrize("fact", METHOD_FACTS, ids=lambda fact: fact["name"])
def test_a_method_returns_what_the_reference_says(fact: Any) -> None:
    plain = {"void": type(None), "string": str, "boolean": bool}
    assert result_type(METHODS[fact["name"]]) is plain[fact["returns"]]


@pytest.mark.parametrize("fact", METHOD_FACTS, ids=lambda fact: fact["name"])
def test_a_method_is_deprecated_where_the_reference_says_so(fact: Any) -> None:
    replacement = (fact["replacement"] or "").removeprefix("Call.") or None
    assert METHODS[fact["name"]].replaced_by == replacement
    assert fact["deprecated"] == (replacement is not None)


# Events that the reference names without telling which method causes them.
OUR_EMITS = {
    "answerDirect": {"Connected"},
    "decline": {"Disconnected"},
    "disableBeepDetection": {"BeepDetectionComplete"},
    "record": {"RecordStopped", "RecordError"},
}
OUR_ENABLES = {"enableBeepDetection": {"BeepDetectionError"}}


@pytest.mark.parametrize("fact", METHOD_FACTS, ids=lambda fact: fact["name"])
def test_a_method_raises_and_enables_the_events_of_the_reference(fact: Any) -> None:
    name, method = fact["name"], METHODS[fact["name"]]
    relations = {
        relation: {
            event["name"]
            for event in EVENT_FACTS
            if {"method": name, "relation": relation} in event["methods"]
        }
        for relation in ("raised_by", "enabled_by")
    }
    prefixes = ("CallEvents.", "PlayerEvents.")
    raised = {
        full.split(".")[1] for full in fact["raises"] if full.startswith(prefixes)
    } | relations["raised_by"]
    enabled = relations["enabled_by"] | OUR_ENABLES.get(name, set())
    assert {event.event_name for event in method.enables} == enabled
    expected = (raised - enabled) | OUR_EMITS.get(name, set())
    assert {event.event_name for event in method.emits} == expected


@pytest.mark.parametrize("fact", EVENT_FACTS, ids=lambda fact: fact["name"])
def test_an_event_has_the_payload_of_the_reference(fact: Any) -> None:
    declared = fields(EVENTS[fact["name"]])
    theirs = {field["name"]: field for field in fact["payload"]}
    assert set(declared) == set(theirs)
    own = [name for name in theirs if name not in ("call", "name", "id")]
    assert [name for name in declared if name in own] == own
    for name in own:
        info = declared[name]
        assert same_type(f"{fact['name']}.{name}", theirs[name]["type"], info), name
        optional = any(isinstance(part, Optional_) for part in info.metadata)
        assert optional == theirs[name]["optional"], name


def test_every_payload_field_is_there() -> None:
    assert sum(len(fields(event)) for event in EVENTS.values()) == COUNTS["payload_fields"]


@pytest.mark.parametrize("fact", PARAMETER_FACTS, ids=lambda fact: fact["name"])
def test_a_parameter_type_has_the_properties_of_the_reference(fact: Any) -> None:
    model = PARAMETERS[fact["name"]]
    declared = fields(model)
    assert list(declared) == [entry["name"] for entry in fact["properties"]]
    for entry in fact["properties"]:
        place = f"{fact['name']}.{entry['name']}"
        info = declared[entry["name"]]
        assert info.is_required() == REQUIRED_DECIDED.get(place, entry["required"]), place
        assert same_type(place, entry["type"], info), place
        assert default_of(info) == reference_default(entry), place


def default_of(info: FieldInfo) -> object:
    value = info.default
    if isinstance(value, Enum):
        return value.name
    if value in (None, {}) or info.is_required():
        return None
    return list(value) if isinstance(value, tuple) else value


def reference_default(entry: Any) -> object:
    default = entry.get("default")
    return default.rpartition(".")[2] if isinstance(default, str) else default


@pytest.mark.parametrize("fact", PARAMETER_FACTS, ids=lambda fact: fact["name"])
def test_a_parameter_type_inherits_as_in_the_reference(fact: Any) -> None:
    parents = {"BaseCallParameters": BaseCallParameters}
    parents["BaseRecorderParameters"] = BaseRecorderParameters
    for entry in fact["properties"]:
        holders = [n for n, parent in parents.items() if entry["name"] in fields(parent)]
        inherited = [n for n in holders if issubclass(PARAMETERS[fact["name"]], parents[n])]
        assert inherited == ([entry["inherited_from"]] if entry["inherited_from"] else [])


@pytest.mark.parametrize("fact", PARAMETER_FACTS, ids=lambda fact: fact["name"])
def test_a_parameter_type_belongs_to_the_methods_of_the_reference(fact: Any) -> None:
    users = [
        f"Call.{n}" for n, m in METHODS.items() if parameter_type(m) is PARAMETERS[fact["name"]]
    ]
    assert users == sorted(fact["used_by"], key=str.casefold)


ENUMS = [fact for fact in REFERENCED.values() if fact["kind"] == "enum" and "members" in fact]


@pytest.mark.parametrize("fact", ENUMS, ids=lambda fact: fact["name"])
def test_an_enumeration_has_the_members_of_the_reference(fact: Any) -> None:
    enumeration = getattr(names, fact["name"].replace(".", ""))
    python = {"4K": "FOUR_K"}  # a name in Python starts with a letter
    theirs = [(python.get(m["name"], m["name"]), m["value"]) for m in fact["members"]]
    assert [(member.name, member.value) for member in enumeration] == theirs


def interfaces() -> Iterator[tuple[str, type[BaseModel]]]:
    found = {**value_types(), "BaseCallParameters": BaseCallParameters}
    found["BaseRecorderParameters"] = BaseRecorderParameters
    found["CallMediaStatistics"] = CallMediaStatistics
    found["CallMediaStatisticsSample"] = CallMediaStatisticsSample
    yield from found.items()


def test_every_referenced_interface_is_declared_with_its_properties() -> None:
    models = dict(interfaces())
    for name, fact in REFERENCED.items():
        if fact["kind"] != "interface":
            continue
        declared = fields(models[name])
        theirs = {entry["name"]: entry for entry in fact["properties"]}
        assert set(declared) == set(theirs), name
        for field, entry in theirs.items():
            assert same_type(f"{name}.{field}", entry["type"], declared[field]), (name, field)
            if name != "CallMediaStatistics":  # a payload, whose fields all have defaults
                assert declared[field].is_required() == entry["required"], (name, field)


def test_closed_sets_are_those_of_the_reference() -> None:
    assert {state.value for state in CallState} == set(facts("closed_sets")["states"])


def test_actions_getters_and_listeners_are_27_9_and_2() -> None:
    kinds = [method.kind for method in METHODS.values()]
    counted = [kinds.count(k) for k in (MethodKind.ACTION, MethodKind.GETTER, MethodKind.LISTENER)]
    assert counted == [27, 9, 2]
    readable = [name for name, method in METHODS.items() if method.readable]
    assert len(readable) == 10
    assert METHODS["customData"].readable


ON = {"monitor": True}
RANGES = [
    ("monitorMediaStatistics", {"interval": 3, "monitor": True}, {"interval": 2, "monitor": True}),
    (
        "monitorMediaStatistics",
        {"interval": 10, "monitor": True},
        {"interval": 11, "monitor": True},
    ),
    ("customData", "a" * 200, "a" * 201),
    ("customData", "é" * 100, "é" * 101),
    ("sendInfo", {"mimeType": "a/b", "body": "a" * 8192}, {"mimeType": "a/b", "body": "a" * 8193}),
    ("sendMessage", "a" * 8192, "a" * 8193),
    ("sendDigits", "0123456789*#p", "a"),
    ("reject", 300, 299),
    ("reject", 699, 700),
    ("playProgressTone", "RU", "DE"),
    ("enableBeepDetection", {"frequencies": [0, 4000]}, {"frequencies": [4001]}),
    ("hangup", {"extraHeaders": {"X-A": "b"}}, {"extraHeaders": {"A": "b"}}),
    (
        "transferTo",
        {"to": "sip:a@b", "headers": {"VI-CallTimeout": "10"}},
        {"to": "sip:a@b", "headers": {"VI-CallTimeout": "9"}},
    ),
    (
        "transferTo",
        {"to": "sips:alice@example.org:5061", "headers": {"VI-CallTimeout": 400}},
        {"to": "sip:a@b", "headers": {"VI-CallTimeout": 401}},
    ),
    ("transferTo", {"call": "expert"}, {}),
    ("record", {"hd_audio": True}, {"hd_audio": True, "lossless": True}),
    ("record", {"labels": ["a"], "transcribe": True}, {"labels": ["a"]}),
    ("record", {"secure": False}, {"secure": True}),
]


@pytest.mark.parametrize(("method", "good", "bad"), RANGES)
def test_limits_of_the_reference_hold_on_both_sides(method: str, good: Any, bad: Any) -> None:
    assert build(method, good).wire()
    with pytest.raises(ValidationError):
        build(method, bad)


def test_a_text_that_is_too_long_is_refused_where_it_is_written_and_else_said_to_be() -> None:
    assert read_action("say", "a" * 1500, ())[1] == []
    assert len(read_action("say", "a" * 1501, ())[1]) == 1
    assert not Say(text="a" * 1500).too_long
    assert Say(text="a" * 1501).too_long
    assert Say(text="\U0001f600" * 751).too_long
    assert build("say", "a" * 1501) == Say(text="a" * 1501)


def test_the_forms_of_a_transfer_target_are_accepted() -> None:
    target = next(t for t in PARAMETER_FACTS if t["name"] == "TransferToParameters")
    forms = next(p for p in target["properties"] if p["name"] == "to")["facts"]["forms"]
    for form in (forms["sip"], *forms["tls"], forms["same_application_user"]):
        assert build("transferTo", {"to": form}).wire() == {"parameters": {"to": form}}


def test_each_parameter_type_has_a_schema_with_its_properties_in_order() -> None:
    for fact in PARAMETER_FACTS:
        schema = parameter_schemas()[fact["name"]]
        assert list(schema["properties"]) == [entry["name"] for entry in fact["properties"]]
