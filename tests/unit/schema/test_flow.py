"""Flow documents: normal form, and every error at its place."""

from typing import Any

import pytest
from pydantic import ValidationError

from dtmflow_schema.flow import Flow
from dtmflow_schema.problems import Problem

pytestmark = pytest.mark.unit


class Written(int):
    """A number as a YAML reader hands it over, with the text it was written as."""

    source: str


def written(source: str) -> Written:
    number = Written(source)
    number.source = source
    return number


def flow(**state: Any) -> dict[str, Any]:
    return {"version": 1, "states": {"a": state}}


def problems(data: object) -> list[tuple[str, tuple[str | int, ...]]]:
    with pytest.raises(ValidationError) as caught:
        Flow.model_validate(data)
    return [(error["type"], error["loc"]) for error in caught.value.errors()]


def test_short_forms_become_one_normal_form_that_remembers_its_places() -> None:
    made = Flow.model_validate(
        flow(
            do=["answer", {"agent.say": "Hi"}, {"say": {"text": "x", "voice": "v"}}],
            exit={"log": "bye"},
            on={"Connected": "b", "agent.Failed": [{"if": "x", "to": "b"}, "c"]},
            to="b",
        )
    ).states["a"]
    assert [(i.leg, i.method, i.arguments) for i in made.do] == [
        (None, "answer", {}),
        ("agent", "say", {"text": "Hi"}),
        (None, "say", {"text": "x", "voice": "v"}),
    ]
    assert [i.at for i in made.do] == [(0,), (1, "agent.say"), (2, "say")]
    assert made.do[1].argument_at("text") == (1, "agent.say")
    assert made.do[2].argument_at("voice") == (2, "say", "voice")
    assert made.exit[0].at == ("log",)
    (connected,) = made.on["Connected"]
    assert (connected.to, connected.at, connected.short) == ("b", (), True)
    first, second = made.on["agent.Failed"]
    assert (first.if_, first.to, first.at, first.short) == ("x", "b", (0,), False)
    assert (second.to, second.at, second.short) == ("c", (1,), True)
    assert made.to[0].to == "b"


def test_texts_keep_what_was_written() -> None:
    data = flow(do=[{"say": written("0123")}, {"sendDigits": written("007")}], to=written("01"))
    data["name"] = written("0099")
    made = Flow.model_validate(data)
    assert made.name == "0099"
    say, send = made.states["a"].do
    assert (say.arguments, send.arguments) == ({"text": "0123"}, {"digits": "007"})
    assert made.states["a"].to[0].to == "01"


def test_variables_take_their_type_from_the_default() -> None:
    made = Flow.model_validate(
        {
            **flow(to="end"),
            "vars": {"a": "", "b": 1, "c": 1.5, "d": True, "e": [1], "f": {"type": "phone"}},
            "params": {"box": "string", "n": {"type": "int", "default": 3}},
        }
    )
    assert {name: v.type for name, v in made.vars.items()} == {
        "a": "string",
        "b": "int",
        "c": "number",
        "d": "bool",
        "e": "object",
        "f": "phone",
    }
    assert not made.params["box"].has_default
    assert made.params["n"].default == 3
    assert made.vars["a"].short
    assert not made.vars["f"].short


def test_prompts_of_the_catalogue_stand_under_their_language() -> None:
    data = {**flow(to="end"), "prompts": {"a": "Hi", "b": {"en": "Hi", "de": "Hallo"}}}
    assert Flow.model_validate(data).prompts == {
        "a": {"": "Hi"},
        "b": {"en": "Hi", "de": "Hallo"},
    }


def test_menus_and_gathers_gather_their_sounds() -> None:
    made = Flow.model_validate(
        flow(
            menu={
                "prompt": [{"say": "one"}, {"startPlayback": "a.wav"}],
                "noinput": {"say": "again"},
                "choices": {"1": "b", "/3[0-9]{2}/": {"do": "stopPlayback", "to": "c"}},
                "retries": "${n - 1}",
            }
        )
    ).states["a"]
    assert made.kind == "menu"
    assert made.menu is not None
    assert [(i.method, i.at) for i in made.menu.prompt] == [
        ("say", ("prompt", 0, "say")),
        ("startPlayback", ("prompt", 1, "startPlayback")),
    ]
    assert made.menu.noinput is not None
    assert made.menu.noinput.prompt[0].at == ("say",)
    assert made.menu.choices["/3[0-9]{2}/"][0].do[0].method == "stopPlayback"
    assert (made.menu.retries, made.menu.bargein, made.menu.typeahead) == (
        "${n - 1}",
        True,
        "keep",
    )


def test_http_requests_are_split_into_method_and_address() -> None:
    http = Flow.model_validate(flow(http={"post": "https://a", "json": {"a": 1}})).states["a"].http
    assert http is not None
    assert (http.method, http.url, http.json_) == ("post", "https://a", {"a": 1})


DO = ("states", "a", "do")
ON = ("states", "a", "on")
BAD: list[tuple[dict[str, Any], str, tuple[str | int, ...]]] = [
    ({"stats": 1}, "extra_forbidden", ("states", "a", "stats")),
    ({"do": "play"}, "unknown_action", DO),
    ({"do": {"play": 1}}, "unknown_action", (*DO, "play")),
    ({"do": {"agent.set": {"x": 1}}}, "unknown_action", (*DO, "agent.set")),
    ({"on": {"PlaybackFinish": "b"}}, "unknown_event", (*ON, "PlaybackFinish")),
    (
        {"on": {"playbackFinished": "b"}},
        "unknown_event",
        (*ON, "playbackFinished"),
    ),
    (
        {"do": {"say": {"text": "x", "voise": "y"}}},
        "unknown_parameter",
        (*DO, "say", "voise"),
    ),
    ({"do": ["hangup", "say"]}, "missing_argument", (*DO, 1)),
    ({"do": {"sendInfo": {"body": "x"}}}, "missing_argument", (*DO, "sendInfo")),
    (
        {"do": {"sendMediaTo": {"mediaUnit": "b", "encoding": "PCM8"}}},
        "missing_argument",
        (*DO, "sendMediaTo"),
    ),
    ({"do": {"handleTones": "yes"}}, "wrong_type", (*DO, "handleTones")),
    ({"do": {"say": True}}, "wrong_type", (*DO, "say")),
    ({"do": {"say": {"text": "x", "voice": None}}}, "wrong_type", (*DO, "say", "voice")),
    (
        {"do": {"monitorMediaStatistics": {"interval": 1, "monitor": True}}},
        "value_range",
        (*DO, "monitorMediaStatistics", "interval"),
    ),
    (
        {"do": {"record": {"lossless": True, "hd_audio": True}}},
        "exclusive_parameters",
        (*DO, "record", "hd_audio"),
    ),
    (
        {"do": {"record": {"labels": ["a"], "language": "${l}"}}},
        "exclusive_parameters",
        (*DO, "record", "labels"),
    ),
    (
        {"do": {"hangup": {"extraHeaders": {"A": "b"}}}},
        "header_name",
        (*DO, "hangup", "extraHeaders", "A"),
    ),
    ({"do": "addEventListener"}, "listener_method", DO),
    ({"do": ["callerid"]}, "getter_as_action", (*DO, 0)),
    (
        {"menu": {"say": "x", "choices": {}}, "prompt": {"say": "x"}},
        "two_kinds",
        ("states", "a", "prompt"),
    ),
    ({"do": {"say": "x", "hangup": {}}}, "several_actions", (*DO, "hangup")),
    ({"after": {"5": "b"}}, "duration_unit", ("states", "a", "after", "5")),
    (
        {"menu": {"say": "x", "choices": {}, "timeout": 5}},
        "duration_unit",
        ("states", "a", "menu", "timeout"),
    ),
    ({"parallel": {}}, "reserved_word", ("states", "a", "parallel")),
    (
        {"gather": {"say": "x", "into": "y", "speech": True}},
        "reserved_word",
        ("states", "a", "gather", "speech"),
    ),
    (
        {"menu": {"say": "x", "choices": {"(": "b"}}},
        "wrong_type",
        ("states", "a", "menu", "choices", "("),
    ),
    ({"http": {"get": "a", "post": "b"}}, "exclusive_parameters", ("states", "a", "http", "post")),
]


@pytest.mark.parametrize(("state", "kind", "place"), BAD)
def test_an_error_has_its_type_and_stands_where_the_author_wrote_it(
    state: dict[str, Any], kind: str, place: tuple[str | int, ...]
) -> None:
    assert problems(flow(**state)) == [(kind, place)]


def test_every_type_of_error_is_declared() -> None:
    assert {kind for _, kind, _ in BAD} <= set(Problem)


def test_a_version_that_is_not_ours_is_refused_by_name() -> None:
    assert problems({**flow(to="end"), "version": 2}) == [("unsupported_version", ("version",))]
    assert problems({**flow(to="end"), "requires": "1.3"}) == [
        ("unsupported_version", ("requires",))
    ]


def test_missing_keys_are_named() -> None:
    assert problems({}) == [("missing", ("version",)), ("missing", ("states",))]


def test_all_errors_come_at_once_in_their_types() -> None:
    data = flow(do=["play", {"say": {"voise": "x"}}], on={"Foo": "b"}, after={"5": "b"})
    data |= {"version": 3, "stats": 1, "vars": {"a": {"type": "int", "default": "x"}}}
    assert {kind for kind, _ in problems(data)} == {
        "unknown_action",
        "unknown_parameter",
        "missing_argument",
        "unknown_event",
        "duration_unit",
        "unsupported_version",
        "extra_forbidden",
        "wrong_type",
    }


def test_an_unknown_name_comes_with_the_known_ones() -> None:
    with pytest.raises(ValidationError) as caught:
        Flow.model_validate(flow(do=["play", {"say": {"text": "x", "ttsOptions": {"rat": 1}}}]))
    first, second = caught.value.errors()
    assert first["ctx"]["given"] == "play"
    assert "startPlayback" in first["ctx"]["allowed"]
    assert second["ctx"]["given"] == "rat"
    assert "rate" in second["ctx"]["allowed"]


EXEMPT = [
    {"handleTones": "${on}"},
    {"reject": "${code}"},
    {"record": {"language": "${lang}", "stereo": "${s}", "dict": "${d}"}},
    {"transferTo": {"to": "${t}", "headers": {"VI-CallTimeout": "${x}"}}},
    {"say": {"text": "${x}" + "a" * 1500, "ttsOptions": {"effectsProfileId": "${e}"}}},
]


@pytest.mark.parametrize("action", EXEMPT)
def test_arguments_with_an_expression_are_judged_at_run_time(action: dict[str, Any]) -> None:
    assert Flow.model_validate(flow(do=action)).states["a"].do


def test_an_escaped_expression_is_a_literal() -> None:
    assert problems(flow(do={"handleTones": "$${on}"})) == [("wrong_type", (*DO, "handleTones"))]
