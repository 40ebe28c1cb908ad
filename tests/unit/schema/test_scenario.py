"""Flow tests and the project file."""

from typing import Any

import pytest
from pydantic import ValidationError

from dtmflow_schema.expectations import Requested
from dtmflow_schema.project import Project
from dtmflow_schema.scenario import Fire, FlowTests, Hear

pytestmark = pytest.mark.unit


def document(*steps: Any, **case: Any) -> dict[str, Any]:
    return {"flow": "flow.yaml", "tests": [{"name": "it works", "steps": list(steps), **case}]}


def read(*steps: Any, **case: Any) -> Any:
    return FlowTests.model_validate(document(*steps, **case)).tests[0]


def problems(*steps: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    with pytest.raises(ValidationError) as caught:
        FlowTests.model_validate(document(*steps))
    return [(error["type"], error["loc"][4:]) for error in caught.value.errors()]


def test_steps_are_read_by_their_kind() -> None:
    fired, heard, said, failed, pressed = read(
        {"fire": {"agent.Failed": {"code": 486}}},
        {"hear": "/press/"},
        {"hear": {"agent": "Hi"}},
        {"fail": {"agent": 486}},
        {"press": 12},
    ).steps
    assert fired.value == Fire.model_construct(event="Failed", leg="agent", payload={"code": 486})
    assert heard.value == Hear.model_construct(text="/press/", leg=None)
    assert said.value.leg == "agent"
    assert (failed.value.leg, failed.value.code) == ("agent", 486)
    assert (pressed.kind, pressed.value) == ("press", "12")


def test_expectations_are_actions_and_checks_with_their_places() -> None:
    (step,) = read(
        {"expect": ["answer", {"say": {"voice": "x"}}, {"state": "a", "dialed": "b"}]}
    ).steps
    assert [(e.kind, e.name, e.value, e.at) for e in step.value] == [
        ("action", "answer", None, (0,)),
        ("action", "say", None, (1, "say")),
        ("state", "", "a", (2, "state")),
        ("dialed", "", "b", (2, "dialed")),
    ]
    assert step.value[0].arguments is None
    assert step.value[1].arguments == {"voice": "x"}
    (step,) = read({"expect": {"requested": {"post": "https://a", "json": {"a": 1}}}}).steps
    assert isinstance(step.value[0].value, Requested)
    assert (step.value[0].value.method, step.value[0].value.url) == ("post", "https://a")


def test_rows_keep_their_types() -> None:
    assert read(each=["1", 2, {"key": "1", "on": True}]).each == ("1", 2, {"key": "1", "on": True})


@pytest.mark.parametrize(
    ("step", "kind", "place"),
    [
        ({"fire": "Foo"}, "unknown_event", ("fire",)),
        ({"fire": {"Failed": {"cod": 1}}}, "unknown_parameter", ("fire", "Failed", "cod")),
        ({"fire": {"Failed": {"code": "x"}}}, "wrong_type", ("fire", "Failed", "code")),
        ({"silence": 5}, "duration_unit", ("silence",)),
        ({"jump": 5}, "extra_forbidden", ("jump",)),
        ({"wait": "5s", "drop": "a"}, "several_actions", ("drop",)),
        ({"expect": ["callerid"]}, "getter_as_action", ("expect", 0)),
        ({"expect": {"say": {"texd": "x"}}}, "unknown_parameter", ("expect", "say", "texd")),
        ({"expect": {"say": "x", "state": "a"}}, "several_actions", ("expect", "say")),
        ({"fail": {"agent": 200}}, "value_range", ("fail", "agent")),
        ({"http": {"error": "x", "status": 200}}, "exclusive_parameters", ("http", "error")),
    ],
)
def test_a_wrong_step_is_refused_at_its_place(
    step: dict[str, Any], kind: str, place: tuple[str | int, ...]
) -> None:
    assert problems(step) == [(kind, place)]


def test_a_project_file_has_defaults_and_refuses_unknown_keys() -> None:
    project = Project.model_validate({"lint": {"extend-select": ["F1"]}})
    assert (project.sip.host, project.sip.port) == ("127.0.0.1", 5060)
    assert project.lint.extend_select == ("F1",)
    with pytest.raises(ValidationError, match="unknown key sipp"):
        Project.model_validate({"sipp": {}})
