"""Rules run on the sound part of a flow that is not valid."""

from __future__ import annotations

import pytest

from dtmflow.linting.engine import check

pytestmark = pytest.mark.unit

HEAD = """\
version: 1
vars: { tries: 0, name: "" }
states:
  ringing:
    do: answer
    on: { Connected: main }
"""


def found(body: str, head: str = HEAD) -> list[str]:
    diagnostics = check(head + body, "flow.yaml").diagnostics
    return [f"{each.span.line}:{each.span.column} {each.code}" for each in diagnostics]


def test_misspelt_names_are_read_as_meant() -> None:
    body = """\
  main:
    do: { sya: "Hello ${nam}." }
    on: { PlaybackFinishd: end, ToneReceived: { iff: tires > 2 && name == "", too: nowhere } }
"""
    assert found(body) == [
        "8:11 S102",
        "8:25 V302",
        "9:11 S103",
        "9:33 C203",
        "9:49 S101",
        "9:54 V302",
        "9:79 S101",
        "9:84 F101",
    ]


def test_several_actions_in_a_mapping_are_read_as_a_list() -> None:
    body = """\
  main:
    do:
      say: ${name}
      log: ${tires}
    on: { PlaybackFinished: nowhere }
"""
    assert found(body) == ["10:7 S113", "10:14 V302", "11:29 F101"]


def test_a_missing_unit_and_version_change_nothing_else() -> None:
    body = """\
  main:
    do: { log: "${name} ${tries}" }
    after: { 5: nowhere }
"""
    head = HEAD.replace("version: 1\n", "")
    assert found(body, head) == ["1:1 S115", "8:14 Y108", "8:17 F101"]


@pytest.mark.parametrize(
    "entry",
    [
        "prompt: 5",
        "frobnicate: end",
        "on: { Frobnicated: other }",
        "to: [other, [5]]",
        "to: { if: 5, to: [other] }",
        "do: [5, { frobnicate: x }]",
        "menu: { say: Hello. }",
        "after: { soon: other }",
    ],
)
def test_what_is_left_out_brings_up_no_absence(entry: str) -> None:
    body = f"""\
  main:
    {entry}
  other: {{ do: {{ log: "${{name}} ${{tries}} ${{event.tone}}" }}, after: {{ 1s: end }} }}
"""
    assert {line.split()[1][0] for line in found(body)} == {"S"}


def test_a_declaration_that_is_wrong_still_declares_its_name() -> None:
    body = "  main: { prompt: { say: '${tries} ${name} ${prompts.bye}' }, to: end }\n"
    head = HEAD.replace(
        'vars: { tries: 0, name: "" }',
        "vars: { tries: { type: itn }, name: }\nprompts: { bye: [x] }",
    )
    assert found(body, head) == ["2:24 S106", "2:36 S106", "3:17 S106"]


def test_findings_of_values_and_targets_stay_beside_what_is_left_out() -> None:
    body = """\
  main:
    frobnicate: true
    do: { log: "${nam}" }
    on: { PlaybackFinished: { if: tries, to: nowhere } }
"""
    assert found(body) == ["8:5 S101", "9:19 V302", "10:35 V308", "10:46 F101"]


@pytest.mark.parametrize("text", ["", "5", "[]", "version: 1", "version: 1\nstates: 5\n"])
def test_where_nothing_can_be_saved_only_the_mistakes_are_told(text: str) -> None:
    codes = {each.code for each in check(text, "flow.yaml").diagnostics}
    assert codes <= {"S106", "S115", "S107"}
    assert codes


def test_an_invalid_flow_is_no_flow() -> None:
    analysis = check(HEAD + "  main: { too: end }\n", "flow.yaml")
    assert (analysis.flow, analysis.core, analysis.runnable) == (None, None, False)
