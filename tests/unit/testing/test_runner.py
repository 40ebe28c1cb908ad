from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from dtmflow.errors import FlowInvalid, UsageError
from dtmflow.testing.programs import Programs
from dtmflow.testing.results import Result
from dtmflow.testing.runner import run_file

pytestmark = pytest.mark.unit

FLOW = """\
version: 1
name: tested
params: { greeting: { type: string, default: Hello } }
vars: { key: "", count: 0, who: "" }
states:
  ringing:
    do: [answer, { set: { who: "${call.callerid}" } }]
    on: { Connected: main }
  main:
    do:
      - handleTones: true
      - say: "${params.greeting}, press a key."
    on:
      ToneReceived:
        - { if: 'event.tone == "9"', do: [stopPlayback, { log: "bye ${call.number}" }], to: bye }
        - do: { set: { key: "${key + event.tone}", count: "${count + 1}" } }
      PlaybackFinished: waiting
      MessageReceived: { do: { say: "You wrote ${event.text}." } }
      wake: bye
  waiting:
    after: { 5s: main, 1m: bye }
    on: { ToneReceived: bye }
  bye:
    do: { startPlayback: media/bye.wav }
    on: { PlaybackFinished: end }
"""


class Bench:
    """A folder with the flow, in which test files are written and run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "flow.yaml").write_text(FLOW, "utf-8")
        self.programs = Programs()

    def run(self, steps: str, **more: str) -> Result:
        results = self.run_all(steps, **more)
        assert len(results) == 1
        return results[0]

    def run_all(self, steps: str, **more: str) -> list[Result]:
        head = "".join(f"    {name}: {value}\n" for name, value in more.items())
        body = "".join(f"      {line}\n" for line in dedent(steps).strip().splitlines())
        text = f"flow: flow.yaml\ntests:\n  - name: it works\n{head}    steps:\n{body}"
        return self.run_text(text)

    def run_text(self, text: str, **more: Any) -> list[Result]:
        path = self.folder / "flow.test.yaml"
        path.write_text(text, "utf-8")
        return run_file(path, self.programs, **more)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


GOOD = {
    "a whole call": """
        - incoming: { callerid: "+49301", number: "100" }
        - expect: [answer, { vars: { who: "+49301" } }]
        - fire: Connected
        - hear: Hello, press a key.
        - press: "12"
        - expect: { vars: { key: "12", count: 2 }, state: main }
        - press: "9"
        - expect: [stopPlayback, { log: bye 100 }, { startPlayback: media/bye.wav }]
        - hear: media/bye.wav
        - silence: 0s
        - expect: [hangup, { outcome: ok }]
    """,
    "a prompt ends before the silence begins": """
        - incoming: {}
        - fire: Connected
        - silence: 4999ms
        - expect: { state: waiting }
        - silence: 1ms
        - expect: [handleTones, say, { state: main }]
    """,
    "waiting lets prompts run on": """
        - incoming: {}
        - fire: Connected
        - wait: 1s
        - hear: /press a key/
        - expect: { state: main }
    """,
    "parameters and payloads": """
        - incoming: { params: { greeting: Moin } }
        - fire: Connected
        - hear: /^Moin/
        - fire: { MessageReceived: { text: hi } }
        - expect: { say: { text: You wrote hi. } }
        - hear: { caller: You wrote hi. }
        - fire: { caller.MessageReceived: { text: ho } }
        - expect: { caller.say: You wrote ho. }
    """,
    "the caller hangs up": """
        - incoming: {}
        - fire: Connected
        - drop: caller
        - expect: { outcome: hangup, state: main }
    """,
}


@pytest.mark.parametrize("steps", GOOD.values(), ids=list(GOOD))
def test_a_test_that_tells_the_truth_passes(bench: Bench, steps: str) -> None:
    result = bench.run(steps)
    assert result.passed, result.describe()
    assert result.describe() == "ok      it works"


CONNECTED = "- incoming: {}\n- fire: Connected\n"

BAD = {
    "another text": (
        CONNECTED + "- hear: Good morning",
        7,
        'to hear "Good morning"',
        '"Hello, press a key."',
    ),
    "silence": (
        CONNECTED + "- silence: 0s\n- hear: Hello",
        8,
        'to hear "Hello"',
        'silence; the last sound was "Hello, press a key."',
    ),
    "nothing was ever played": (
        "- incoming: {}\n- hear: Hello",
        6,
        'to hear "Hello"',
        "silence; nothing has been played",
    ),
    "an action that did not come": (
        CONNECTED + "- expect: hangup",
        7,
        "hangup",
        "handleTones: {doHandle: true}, say:",
    ),
    "actions in another order": (
        CONNECTED + "- expect: [say, handleTones]",
        7,
        "handleTones after say:",
        "nothing more",
    ),
    "other arguments": (
        CONNECTED + "- expect: { say: Goodbye }",
        7,
        'say: {text: "Goodbye"}',
        "Hello, press a key.",
    ),
    "actions of an earlier step": (
        CONNECTED + "- wait: 0s\n- expect: say",
        8,
        "say",
        "nothing",
    ),
    "another state": (CONNECTED + "- expect: { state: bye }", 7, "state bye", "state main"),
    "another value": (
        CONNECTED + "- expect: { vars: { count: 2 } }",
        7,
        "count = 2",
        "count = 0",
    ),
    "a value of another type": (
        CONNECTED + '- expect: { vars: { count: "0" } }',
        7,
        'count = "0"',
        "count = 0",
    ),
    "an unknown variable": (
        CONNECTED + "- expect: { vars: { nothing: 2 } }",
        7,
        "variable nothing",
        "none of that name (",
    ),
    "an outcome too early": (
        CONNECTED + "- expect: { outcome: ok }",
        7,
        "outcome ok",
        "has not ended",
    ),
    "an event that cannot come": (
        "- incoming: {}\n- fire: PlaybackFinished",
        6,
        "a step that can be done",
        "nothing is playing",
    ),
    "a step before the call": (
        "- press: '1'",
        5,
        "a step that can be done",
        "begin with `incoming`",
    ),
    "a second call": (
        "- incoming: {}\n- incoming: {}",
        6,
        "a step that can be done",
        "come in already",
    ),
    "a parameter that does not exist": (
        "- incoming: { params: { x: 1 } }",
        5,
        "a step that can be done",
        "unknown parameter `x`",
    ),
    "a step that comes later": (
        CONNECTED + "- answer: agent",
        7,
        "a step that can be done",
        "`answer` comes later",
    ),
    "a check that comes later": (
        CONNECTED + "- expect: { dialed: 'sip:a@example.org' }",
        7,
        "a step that can be done",
        "`dialed` comes later",
    ),
    "an unknown leg": (
        CONNECTED + "- drop: agent",
        7,
        "a step that can be done",
        "no leg `agent`",
    ),
}


@pytest.mark.parametrize(("steps", "line", "expected", "happened"), BAD.values(), ids=list(BAD))
def test_a_failing_test_says_what_was_expected_what_happened_and_where(
    bench: Bench, steps: str, line: int, expected: str, happened: str
) -> None:
    failure = bench.run(steps).failure
    assert failure is not None
    assert expected in failure.expected
    assert happened in failure.happened
    assert failure.span.line == line


def test_a_failure_reads_with_its_place_its_step_and_the_actions(bench: Bench) -> None:
    text = bench.run(CONNECTED + "- expect: [say, { state: bye }]").describe()
    lines = text.splitlines()
    assert lines[0] == "FAILED  it works"
    assert lines[1].endswith("flow.test.yaml:7:25: - expect: [say, { state: bye }]")
    assert lines[2:5] == [
        "    expected  state bye",
        "    happened  state main",
        "    state     main",
    ]
    assert '      - say: {text: "Hello, press a key."}' in lines


def test_a_table_runs_once_for_each_row(bench: Bench) -> None:
    steps = CONNECTED + '- press: "${each}"\n- expect: { vars: { key: "${each}" } }'
    results = bench.run_all(steps, each='["1", 2, "#"]')
    assert [result.name for result in results] == ["it works [1]", "it works [2]", "it works [#]"]
    assert all(result.passed for result in results)


def test_rows_may_be_mappings_and_keep_their_types(bench: Bench) -> None:
    steps = (
        CONNECTED
        + '- press: "${each.keys}"\n'
        + '- expect: { vars: { count: "${each.count}", key: "${each.keys}" } }'
    )
    rows = '[{ keys: "12", count: 2 }, { keys: "0815", count: 3 }]'
    first, second = bench.run_all(steps, each=rows)
    assert first.passed
    assert second.failure is not None
    assert second.failure.expected == "count = 3"
    assert second.name == "it works [keys=0815, count=3]"


def test_a_row_without_the_key_is_a_failure(bench: Bench) -> None:
    result = bench.run(CONNECTED + '- press: "${each.b}"', each='[{ a: "1" }]')
    assert result.failure is not None
    assert "the row has a" in result.failure.happened


def test_tests_can_be_selected_by_name(bench: Bench) -> None:
    text = """\
        flow: flow.yaml
        tests:
          - name: first one
            steps: [incoming: {}]
          - name: second one
            steps: [incoming: {}]
    """
    found = bench.run_text(dedent(text), select="second")
    assert [result.name for result in found] == ["second one"]


def test_now_sets_the_time_of_day(bench: Bench) -> None:
    (bench.folder / "flow.yaml").write_text(
        "version: 1\nname: clock\nvars: { hour: 0 }\nstates:\n  a:\n"
        "    do: { set: { hour: \"${now.getHours('Europe/Berlin')}\" } }\n"
        "    on: { Connected: end }\n",
        "utf-8",
    )
    steps = "- incoming: {}\n- expect: { vars: { hour: 10 } }"
    result = bench.run(steps, now='"2026-03-04T10:00:00+01:00"')
    assert result.passed, result.describe()


def test_a_wrong_test_file_is_refused_with_its_findings(bench: Bench) -> None:
    with pytest.raises(FlowInvalid, match=r"flow\.test\.yaml:5:9"):
        bench.run("- pres: '1'")


def test_a_wrong_flow_is_refused_with_its_findings(bench: Bench) -> None:
    (bench.folder / "flow.yaml").write_text("version: 1\nstates: {a: {to: nowhere}}\n", "utf-8")
    with pytest.raises(FlowInvalid, match=r"flow\.yaml:2:"):
        bench.run("- incoming: {}")


def test_a_flow_that_cannot_run_yet_is_refused_by_name_and_line(bench: Bench) -> None:
    (bench.folder / "flow.yaml").write_text(
        "version: 1\nname: x\nstates:\n  a:\n    connect: { to: 'sip:a@example.org' }\n"
        "    on: { ok: end, else: end }\n",
        "utf-8",
    )
    with pytest.raises(FlowInvalid, match=r"flow\.yaml:5:5: L102 `connect` cannot run yet"):
        bench.run("- incoming: {}")


def test_a_missing_flow_is_a_usage_error(bench: Bench) -> None:
    (bench.folder / "flow.yaml").unlink()
    with pytest.raises(UsageError, match=r"flow\.yaml"):
        bench.run("- incoming: {}")


def test_a_flow_is_compiled_once_for_all_its_tests(bench: Bench) -> None:
    bench.run("- incoming: {}")
    first = bench.programs.get(bench.folder / "flow.yaml")
    assert bench.programs.get(bench.folder / "." / "flow.yaml") is first


def test_prompts_that_never_end_are_found(bench: Bench) -> None:
    (bench.folder / "flow.yaml").write_text(
        "version: 1\nname: x\nstates:\n  a: { do: answer, on: { Connected: b } }\n"
        "  b: { do: { say: Again. }, on: { PlaybackFinished: b } }\n",
        "utf-8",
    )
    result = bench.run(CONNECTED + "- silence: 1s")
    assert result.failure is not None
    assert "without silence" in result.failure.happened
