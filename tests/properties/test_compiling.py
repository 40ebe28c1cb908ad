"""Whatever an author writes: expansion does not raise, its print reads back to the same core."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dtmflow.compiling import graph
from dtmflow.compiling.core import Core
from dtmflow.compiling.expand import expand
from dtmflow.compiling.machine import Machine, lineage
from dtmflow.compiling.typed import typed_expressions
from dtmflow.compiling.yaml_form import core_to_plain
from dtmflow.loading.dump import dump
from dtmflow.loading.read import load
from dtmflow_schema.flow import Flow
from support.thoroughness import examples

pytestmark = pytest.mark.properties

NAMES = ("main", "play", "listen", "x")
TARGETS = st.sampled_from([*NAMES, "end", "main/x"])
GUARDS = st.sampled_from(["tries > 1", 'name == "a" || ok', "ok ? true : tries > 0"])
ACTIONS: st.SearchStrategy[Any] = st.sampled_from(
    [
        "hangup",
        "agent.hangup",
        {"say": "Hi ${name}"},
        {"say": {"text": "no", "voice": "x"}},
        {"set": {"tries": "${tries + 1}", "name": "0123"}},
        {"log": "on"},
        {"emit": "mine"},
        {"bridge": ["caller", "agent"]},
        {"dial": "agent"},
        {"handleTones": True},
        {"sendDigits": "01#"},
    ]
)
DO = st.lists(ACTIONS, max_size=3)
ENTRIES = st.one_of(
    TARGETS,
    st.fixed_dictionaries({"do": DO, "to": TARGETS}),
    st.builds(
        lambda guard, do, target, last: [{"if": guard, "do": do, "to": target}, last],
        GUARDS,
        DO,
        TARGETS,
        TARGETS,
    ),
)
CHOICE_ENTRIES = st.one_of(
    ENTRIES,
    st.fixed_dictionaries(
        {"if": st.just('input != "9"'), "do": st.just([{"log": "${input}"}])},
        optional={"to": TARGETS},
    ),
)
SOUNDS = st.sampled_from(
    [
        {"say": "Press."},
        {"say": "${prompts.wrong}"},
        {"prompt": [{"say": "${input}?"}, {"startPlayback": "a.wav"}]},
    ]
)
ON = st.dictionaries(
    st.sampled_from(["Connected", "agent.Failed", "ToneReceived", "mine", "fault"]),
    ENTRIES,
    max_size=3,
)
ASKING = {
    "timeout": st.sampled_from(["5s", "${wait}"]),
    "interdigit": st.just("900ms"),
    "retries": st.sampled_from([0, 2, "${tries}"]),
    "bargein": st.sampled_from([True, False, "${ok}"]),
    "typeahead": st.sampled_from(["keep", "flush"]),
    "noinput": SOUNDS,
    "nomatch": SOUNDS,
}


def with_sounds(parts: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    return {**parts[0], **parts[1]}


QUESTION = st.sampled_from([{"say": "Yes?"}, {"prompt": [{"say": "a"}, {"say": "b"}]}])
MENUS = st.tuples(
    QUESTION,
    st.fixed_dictionaries(
        {
            "choices": st.dictionaries(
                st.sampled_from(["1", "12", "*", "#", "/3[0-9]{2}/", "/[4-6]+/"]),
                CHOICE_ENTRIES,
                min_size=1,
            )
        },
        optional=ASKING,
    ),
).map(with_sounds)
GATHERS = st.tuples(
    QUESTION,
    st.fixed_dictionaries(
        {"into": st.just("name")},
        optional={
            **ASKING,
            "digits": st.sampled_from([1, 4, "${tries}"]),
            "end": st.just("#"),
            "valid": st.just('input != "1" || ok'),
        },
    ),
).map(with_sounds)
BASE = {"do": DO, "exit": DO, "after": st.dictionaries(st.sampled_from(["5s", "2m"]), ENTRIES)}
LEAVES = st.one_of(
    st.fixed_dictionaries({"to": ENTRIES}, optional={**BASE, "on": ON}),
    st.fixed_dictionaries(
        {"prompt": SOUNDS.filter(lambda each: "input" not in str(each))},
        optional={**BASE, "on": ON, "to": ENTRIES},
    ),
    st.fixed_dictionaries(
        {
            "menu": MENUS,
            "on": st.builds(lambda on, entries: {**on, "exhausted": entries}, ON, ENTRIES),
        },
        optional=BASE,
    ),
    st.fixed_dictionaries({"gather": GATHERS}, optional={**BASE, "on": ON, "to": ENTRIES}),
    st.fixed_dictionaries(
        {
            "connect": st.just({"to": "sip:${name}@example.org"}),
            "on": st.fixed_dictionaries({"ok": ENTRIES, "else": ENTRIES}),
        }
    ),
    st.fixed_dictionaries(
        {"http": st.just({"get": "http://example.org", "timeout": "3s"}), "to": ENTRIES}
    ),
    st.just({"final": "done"}),
)
STATES = st.fixed_dictionaries(
    {"main": LEAVES},
    optional={
        "play": LEAVES,
        "x": st.one_of(
            LEAVES,
            st.fixed_dictionaries(
                {"states": st.fixed_dictionaries({"x": LEAVES}, optional={"listen": LEAVES})},
                optional={**BASE, "on": ON},
            ),
        ),
    },
)
FLOWS = st.fixed_dictionaries(
    {
        "version": st.just(1),
        "vars": st.just({"tries": 0, "name": "", "ok": False, "wait": "5s", "main_input": "mine"}),
        "prompts": st.just({"wrong": {"en": "${input}?", "de": "Wie, ${input}?"}}),
        "states": STATES,
    },
    optional={"on": ON, "after": st.just({"1h": "end"})},
)


_patient = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    deadline=None,
    max_examples=examples(50),
)


def core_of(data: object) -> Core:
    return expand(Flow.model_validate(data))


@_patient
@given(FLOWS)
def test_the_print_of_a_core_reads_back_to_the_same_core(data: dict[str, Any]) -> None:
    printed = dump(core_to_plain(core_of(data)))
    document = load(printed, "core.yaml")
    assert document.diagnostics == ()
    again = core_of(document.data)
    assert dump(core_to_plain(again)) == printed


@_patient
@given(FLOWS)
def test_an_expansion_holds_together(data: dict[str, Any]) -> None:
    core = core_of(data)
    for path, state in core.states.items():
        assert lineage(path)[:-1] == (lineage(state.parent) if state.parent else ())
        assert all(core.states[child].parent == path for child in state.children)
        assert state.initial is None or state.initial in state.children
    for form in (graph.mermaid, graph.dot, graph.json):
        assert form(core) == form(core_of(data))
    for typed in typed_expressions(core):
        for problem in typed.problems():
            assert 0 <= problem.offset <= problem.offset + problem.length <= len(typed.text)
    try:
        Machine(core)
    except ValueError as error:
        assert "leads nowhere" in str(error)  # noqa: PT017 - the only way that it may fail
