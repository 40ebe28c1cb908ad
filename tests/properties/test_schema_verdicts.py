"""A stock JSON Schema validator and our own models give the same verdict on every document."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from dtmflow_schema.arguments import signature
from dtmflow_schema.catalogue import EVENTS, actions
from dtmflow_schema.flow import Flow
from dtmflow_schema.project import Project
from dtmflow_schema.scenario import FlowTests
from support.thoroughness import examples

pytestmark = pytest.mark.properties

SCHEMAS = Path(__file__).parents[2] / "schema" / "json"


def stock(name: str) -> Any:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return jsonschema.Draft7Validator(schema)


STOCK = {name: stock(name) for name in ("flow", "flow-test", "project")}
MODELS: dict[str, type[BaseModel]] = {"flow": Flow, "flow-test": FlowTests, "project": Project}


def agree(name: str, data: object) -> bool:
    """Return the verdict; fail where the two differ."""
    refusals = [error.message for error in STOCK[name].iter_errors(data)]
    try:
        MODELS[name].model_validate(copy.deepcopy(data))
    except ValidationError as error:
        ours = [f"{e['loc']}: {e['type']} {e['msg']}" for e in error.errors()]
        assert refusals, f"only ours refuses {json.dumps(data)}: {ours}"
        return False
    assert not refusals, f"only the stock validator refuses {json.dumps(data)}: {refusals}"
    return True


# ASCII: JSON Schema counts characters where the loader counts bytes.
texts = st.text(st.characters(min_codepoint=9, max_codepoint=126), max_size=12)
names = st.sampled_from(["a", "b", "main", "tries", "lang_2"])
expressions = st.sampled_from(["${a}", "x${a + 1}y", "$${a}", "$$${a}"])
scalars = st.one_of(
    texts, expressions, st.integers(-5, 900), st.floats(-5, 900), st.booleans(), st.none()
)
plain = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=3,
)
durations = st.sampled_from(["5s", "500ms", "2m", "1h", "${d}", "0s"])
targets = st.sampled_from(["a", "main/b", "end", 7])
languages = st.sampled_from(["en", "de-AT"])
uris = st.sampled_from(["sip:a@b.example", "tel:+491", "${to}", "sip:${x}@b", "x@y"])
headers = st.dictionaries(st.sampled_from(["X-A", "x-b"]), texts.map(str.strip), max_size=2).map(
    lambda found: {
        name: value.replace("\n", "").replace("\r", "") for name, value in found.items()
    }
)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Build a mapping with some of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


GOOD_ARGUMENTS: dict[str, st.SearchStrategy[Any]] = {
    "say": texts
    | some(voice=texts, progressivePlayback=st.booleans()).map(
        lambda found: {"text": "hello", **found}
    )
    | st.just({"text": 123, "ttsOptions": {"rate": "slow", "speed": 1.5}}),
    "startPlayback": st.just("media/a.wav") | st.just({"url": "${u}", "loop": True}),
    "handleTones": st.booleans()
    | st.just("${a}")
    | st.just({"doHandle": True, "supportedDtmfTypes": "ALL"})
    | st.just({"doHandle": False, "supportedDtmfTypes": 2}),
    "answer": some(extraHeaders=headers, displayName=texts, maxVideoBitrate=st.integers(0, 9)),
    "hangup": some(extraHeaders=headers),
    "reject": st.integers(300, 699) | st.just("${code}"),
    "sendDigits": st.sampled_from(["12#", "p1", 12, "${d}", "*"]),
    "record": some(
        hd_audio=st.booleans(),
        language=st.sampled_from(["en-US", "GERMAN_DE", "${l}"]),
        stereo=st.booleans() | st.just("${s}"),
        expire=st.sampled_from(["", "-6m", "ONEYEAR"]),
        dict=st.just(["a", "b"]) | st.just("MUSIC"),
        videoParameters=st.just({"mixing": True, "width": "${w}", "layoutPriority": "vad"}),
    ),
    "sendMediaTo": st.just("agent") | st.just({"mediaUnit": "agent", "tag": "x"}),
    "transferTo": st.just({"call": "agent"}) | uris.map(lambda uri: {"to": uri}),
    "monitorMediaStatistics": st.integers(3, 10).map(lambda n: {"interval": n, "monitor": True}),
    "enableBeepDetection": st.just({"frequencies": [440, 1000.0], "timeout": 20000}),
    "customData": texts,
    "set": st.dictionaries(names, plain.filter(lambda v: v is not None), min_size=1, max_size=2),
    "dial": st.just("agent") | st.fixed_dictionaries({"leg": names, "to": uris}),
    "bridge": st.just(["caller", "agent"]),
    "unbridge": st.just({"legs": ["caller", "agent"]}),
    "log": texts,
    "emit": st.just("done"),
}
SESSION = {"set", "dial", "bridge", "unbridge", "log", "emit"}
BARE = [name for name in actions() if signature(name).bare]


@st.composite
def one_action(draw: st.DrawFn) -> Any:
    name = draw(st.sampled_from([*GOOD_ARGUMENTS, "bare"]))
    prefix = draw(st.sampled_from(["", "agent."])) if name not in SESSION else ""
    if name == "bare":
        return prefix + draw(st.sampled_from(BARE))
    return {prefix + name: draw(GOOD_ARGUMENTS[name])}


doing = one_action() | st.lists(one_action(), max_size=3)
entries = targets | some(**{"if": texts, "do": doing, "to": targets})
transitions = entries | st.lists(entries, min_size=1, max_size=2)
triggers = st.sampled_from([*EVENTS, "agent.Failed", "ok", "exhausted", "else"])
handlers = st.dictionaries(triggers, transitions, max_size=3)
timers = st.dictionaries(durations, transitions, max_size=2)
sound = st.sampled_from([{"say": "hi"}, {"startPlayback": {"url": "a.wav"}}, {"say": {"text": 1}}])
sounds = sound | st.lists(sound, min_size=1, max_size=2).map(lambda found: {"prompt": found})
counts = st.integers(0, 5) | st.just("${n - 1}")
asking = {
    "noinput": sounds,
    "nomatch": sounds,
    "timeout": durations,
    "interdigit": durations,
    "retries": counts,
    "bargein": st.booleans(),
    "typeahead": st.sampled_from(["keep", "flush"]),
    "leg": names,
}
choice = st.sampled_from(["1", "#", "*", "12", "/3[0-9]{2}/", r"/\d+/", "/1?2/"])


def with_sound(rest: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(sounds, rest).map(lambda pair: {**pair[0], **pair[1]})


kinds = st.one_of(
    st.fixed_dictionaries({"prompt": sounds | st.lists(sound, min_size=1, max_size=2)}),
    st.fixed_dictionaries(
        {
            "menu": with_sound(
                st.fixed_dictionaries(
                    {"choices": st.dictionaries(choice, transitions, max_size=3)}, optional=asking
                )
            )
        }
    ),
    st.fixed_dictionaries(
        {
            "gather": with_sound(
                st.fixed_dictionaries(
                    {"into": names},
                    optional={
                        **asking,
                        "digits": st.integers(1, 9),
                        "valid": texts,
                        "end": st.just("#"),
                    },
                )
            )
        }
    ),
    st.fixed_dictionaries(
        {
            "connect": st.fixed_dictionaries(
                {"to": uris | st.lists(uris, max_size=2)},
                optional={"timeout": durations, "ringback": st.just("US"), "amd": st.booleans()},
            )
        }
    ),
    st.sampled_from(
        [
            {"http": {"get": "https://a.example/${x}", "timeout": "3s", "into": "a"}},
            {"http": {"post": "https://a.example", "json": {"a": [1, None]}, "headers": {"A": 1}}},
            {"run": "./pin.yaml"},
            {"run": {"flow": "./pin.yaml", "params": {"a": None}}},
            {},
        ]
    ),
)
own_work = {"do": doing, "exit": doing, "must_hear": st.booleans()}
waiting = some(**own_work, on=handlers, after=timers)
going_on = some(**own_work, on=handlers, after=timers, to=transitions)
final = st.fixed_dictionaries({"final": st.just("done")}, optional=own_work)
state = st.tuples(going_on, kinds).map(lambda pair: {**pair[0], **pair[1]}) | final
states = st.dictionaries(names, state, min_size=1, max_size=2)
nested = st.tuples(waiting, states).map(lambda pair: {**pair[0], "states": pair[1]})
defaults = plain.filter(lambda v: v is not None and not isinstance(v, dict))
declared = st.sampled_from(
    [
        {"type": "int", "default": 3},
        {"type": "string", "default": 12, "secret": True},
        {"default": [1, 2]},
        {"type": "object"},
    ]
)
flows = st.fixed_dictionaries(
    {
        "version": st.just(1),
        "states": st.dictionaries(names, state | nested, min_size=1, max_size=2),
    },
    optional={
        "name": texts,
        "start": st.sampled_from(["incoming", "request", "sub"]),
        "requires": st.sampled_from(["1.0", 1.0, "1"]),
        "vars": st.dictionaries(names, defaults | declared, max_size=2),
        "params": st.dictionaries(names, st.just("phone") | declared, max_size=2),
        "legs": st.dictionaries(
            names, some(to=uris, timeout=durations, headers=headers), max_size=2
        ),
        "prompts": st.dictionaries(
            names, texts | st.dictionaries(languages, texts, min_size=1, max_size=2), max_size=2
        ),
        "on": handlers,
        "after": timers,
    },
)
payloads = st.sampled_from(
    [
        "Connected",
        {"ToneReceived": {"tone": "1"}},
        {"agent.Failed": {"code": 486, "reason": "${each}"}},
        {"AudioIdentificationResult": {"audioType": "HUMAN", "confidence": 0.5}},
        {"MediaStatisticsReceived": {"audio": {"in": [], "out": []}}},
    ]
)
expectation = (
    st.sampled_from([*BARE, "say", "agent.say", "bridge"])
    | one_action()
    | some(
        state=texts, dialed=texts, outcome=texts, vars=st.dictionaries(names, plain, max_size=1)
    ).filter(bool)
    | st.just({"requested": {"post": "https://a", "json": {"a": 1}}})
)
step = st.one_of(
    some(callerid=texts, number=st.integers(0), headers=headers).map(lambda v: {"incoming": v}),
    payloads.map(lambda v: {"fire": v}),
    st.sampled_from(["12#", 3, "${each}"]).map(lambda v: {"press": v}),
    (texts | st.fixed_dictionaries({"agent": texts})).map(lambda v: {"hear": v}),
    durations.map(lambda v: {"silence": v}),
    names.map(lambda v: {"drop": v}),
    st.integers(300, 699).map(lambda v: {"fail": {"agent": v}}),
    st.sampled_from([{"status": 200, "json": 1}, {"error": "timeout"}]).map(lambda v: {"http": v}),
    (expectation | st.lists(expectation, min_size=1, max_size=2)).map(lambda v: {"expect": v}),
)
cases = st.fixed_dictionaries(
    {"name": texts, "steps": st.lists(step, max_size=4)},
    optional={
        "each": st.lists(st.just(7) | st.just({"key": "1", "on": True}), max_size=2),
        "now": st.just("2026-03-04T10:00:00+01:00"),
    },
)
tests = st.fixed_dictionaries({"flow": texts, "tests": st.lists(cases, max_size=2)})
projects = some(
    lint=some(select=st.just(["F", "C201"]), **{"per-file-ignores": st.just({"a*": ["F101"]})}),
    sip=some(host=texts, port=st.integers(0, 65535)),
    env=st.lists(names, max_size=2),
)

KEYS = [
    "states",
    "final",
    "prompt",
    "run",
    "min",
    "digits",
    "say",
    "do",
    "to",
    "play",
    "callerid",
    "speech",
    "1",
    "text",
    "a b",
    "answer",
    "on",
    "",
]


def places(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, ...]] = [at]
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        if isinstance(value, dict | list):
            inner += places(value, (*at, key))
        else:
            inner.append((*at, key))
    return inner


@st.composite
def broken(draw: st.DrawFn, documents: st.SearchStrategy[Any]) -> Any:
    """Draw a good document and damage it in one or two places."""
    data = copy.deepcopy(draw(documents))
    for _ in range(draw(st.integers(1, 2))):
        found = [place for place in places(data) if place]
        if not found:
            return data
        *way, last = draw(st.sampled_from(found))
        holder = data
        for key in way:
            holder = holder[key]
        damage = draw(st.sampled_from(["replace", "drop", "add", "rename"]))
        if damage == "drop":
            del holder[last]
        elif damage == "replace" or not isinstance(holder, dict):
            holder[last] = draw(plain)
        elif damage == "add":
            holder[draw(st.sampled_from(KEYS))] = draw(plain)
        else:
            holder[draw(st.sampled_from(KEYS))] = holder.pop(last)
    return data


thorough = settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)


@thorough
@given(flows)
def test_good_flows_are_accepted_by_both(data: Any) -> None:
    assert agree("flow", data)


@thorough
@given(broken(flows))
def test_broken_flows_get_the_same_verdict(data: Any) -> None:
    agree("flow", data)


@thorough
@given(tests)
def test_good_flow_tests_are_accepted_by_both(data: Any) -> None:
    assert agree("flow-test", data)


@thorough
@given(broken(tests))
def test_broken_flow_tests_get_the_same_verdict(data: Any) -> None:
    agree("flow-test", data)


@thorough
@given(projects)
def test_good_project_files_are_accepted_by_both(data: Any) -> None:
    assert agree("project", data)


@thorough
@given(broken(projects))
def test_broken_project_files_get_the_same_verdict(data: Any) -> None:
    agree("project", data)
