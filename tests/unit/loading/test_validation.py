"""Validation: every mistake has its code, its place, its words and, where it can, its repair."""

from __future__ import annotations

import pytest

from dtmflow.diagnostics import Diagnostic
from dtmflow.loading.mistakes import CODES
from dtmflow.loading.read import load
from dtmflow.loading.validation import validate
from dtmflow_schema.flow import Flow
from dtmflow_schema.problems import Problem

pytestmark = pytest.mark.unit

HEAD = """\
version: 1
name: test
states:
  ringing:
    do: answer
    on: { Connected: main }
  main:
"""


def findings(text: str) -> tuple[Diagnostic, ...]:
    document = load(text, "flow.yaml")
    assert document.diagnostics == ()
    flow, found = validate(document, Flow)
    assert (flow is None) == bool(found)
    return found


def main(body: str) -> tuple[Diagnostic, ...]:
    """Validate a flow whose state `main` has this body; its first line is line 8."""
    return findings(HEAD + "".join(f"    {line}\n" for line in body.splitlines()))


def mended(body: str) -> str:
    """Return the body with all fixes applied."""
    text = HEAD + "".join(f"    {line}\n" for line in body.splitlines())
    document = load(text, "flow.yaml")
    edits = [edit for d in validate(document, Flow)[1] if d.fix for edit in d.fix.edits]
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        start = document.lines.offset(edit.span.line, edit.span.column)
        end = document.lines.offset(edit.span.end_line, edit.span.end_column)
        text = text[:start] + edit.text + text[end:]
    assert validate(load(text, "flow.yaml"), Flow)[1] == ()
    return "\n".join(line[4:] for line in text.splitlines()[7:])


def test_every_problem_of_the_models_has_a_code() -> None:
    assert set(CODES) == set(Problem)


@pytest.mark.parametrize(
    ("body", "place", "message", "help_"),
    [
        ("onn: { Connected: end }", "8:5 S101", "unknown key `onn`", "did you mean `on`?"),
        ("do: { sya: Hi }", "8:11 S102", "`sya` is not a Call method", "did you mean `say`?"),
        ("do: anser", "8:9 S102", "`anser` is not a Call method", "did you mean `answer`?"),
        ("do: [hangup, anser]", "8:18 S102", "`anser` is not a Call method",
         "did you mean `answer`?"),
        ("do: { agent.sya: Hi }", "8:11 S102", "`sya` is not a Call method",
         "did you mean `say`?"),
        ("on: { PlaybackFinish: end }", "8:11 S103",
         "`PlaybackFinish` is not an event of the Call reference",
         "did you mean `PlaybackFinished`?"),
        ("do: { say: { text: Hi, voise: x } }", "8:28 S104", "unknown parameter `voise`",
         "did you mean `voice`?"),
        ("do: { sendInfo: { body: x } }", "8:11 S105", "`mimeType` is required", ""),
        ("do: sendInfo", "8:9 S105", "`mimeType` is required", ""),
        ('do: { handleTones: "yes" }', "8:24 S106", "expected true or false, found the text `yes`",
         ""),
        ("do: { say: [a] }", "8:16 S106", "expected a text, found a list", ""),
        ("do: { record: { hd_audio: true, lossless: true } }", "8:37 S108",
         "`lossless` cannot be combined with `hd_audio`", ""),
        ("do: { record: { labels: [a] } }", "8:21 S108", "`labels` needs `transcribe: true`", ""),
        ("do: { answer: { extraHeaders: { Reason: x } } }", "8:37 S109",
         "the name of the header `Reason` must start with `X-`", ""),
        ("do: { addEventListener: Connected }", "8:11 S110",
         "`addEventListener` has no place in a flow", "use `on:`"),
        ("do: callerid", "8:9 S111", "`callerid` is a property and does nothing",
         "read it in a text or condition: `${call.callerid}`"),
        ("do: { say: Bye., hangup: {} }", "8:22 S113",
         "several actions in one mapping have no order", "make it a list"),
        ("after: { 5: end }", "8:14 Y108", "a duration needs a unit: write 5s or 5ms", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_named_at_its_place(body: str, place: str, message: str, help_: str) -> None:
    found = [(f"{d.span.line}:{d.span.column} {d.code}", d.message, d.help) for d in main(body)]
    assert (place, message, help_) in found
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("onn: { Connected: end }", "on: { Connected: end }"),
        ("do: { agent.sya: Hi }", "do: { agent.say: Hi }"),
        ("on: { agent.PlaybackFinish: end }", "on: { agent.PlaybackFinished: end }"),
        ('do: { handleTones: "no" }', "do: { handleTones: false }"),
        ('do: { answer: { extraHeaders: { "Reason": x } } }',
         'do: { answer: { extraHeaders: { "X-Reason": x } } }'),
        ("do: { say: Bye., hangup: {} }", "do: [{ say: Bye. }, { hangup: {} }]"),
        ("do:\n  say: >-\n    Good\n    bye.\n  hangup: {}",
         "do:\n  - say: >-\n      Good\n      bye.\n  - hangup: {}"),
        ("after: { 5: end }", "after: { 5s: end }"),
    ],
)  # fmt: skip
def test_a_repair_makes_the_flow_valid(body: str, after: str) -> None:
    assert mended(body) == after


def test_all_mistakes_of_a_flow_are_found_at_once() -> None:
    found = main("onn: x\ndo: [{ sya: Hi }, { handleTones: maybe }]\nafter: { 5: end }")
    assert [d.code for d in found] == ["S101", "S102", "S106", "Y108"]


def test_a_missing_version_is_added_by_the_fix() -> None:
    (missing,) = findings(HEAD.replace("version: 1\n", "") + "    final: ok\n")
    assert (missing.code, missing.span.line, missing.span.column) == ("S115", 1, 1)
    assert missing.fix is not None
    assert missing.fix.safe
    assert missing.fix.edits[0].text == "version: 1\n"


def test_an_empty_file_lacks_what_every_flow_needs() -> None:
    assert {d.message for d in findings("")} >= {
        "the key `version` is required",
        "the key `states` is required",
    }


def test_a_misspelt_key_is_not_reported_as_missing_too() -> None:
    found = findings("version: 1\nname: x\nstats:\n  a: { final: ok }\n")
    assert [d.code for d in found] == ["S101"]


@pytest.mark.parametrize("text", ["- a\n", "hello\n", "5\n"])
def test_a_flow_is_a_mapping(text: str) -> None:
    (finding,) = findings(text)
    assert finding.code == "S106"
    assert finding.message.startswith("expected a mapping, found ")


def test_another_version_is_refused() -> None:
    (finding,) = findings(HEAD.replace("version: 1", "version: 2") + "    final: ok\n")
    assert (finding.code, finding.message) == ("S114", "version 2 is not supported")


def test_a_hash_that_swallowed_a_value_is_named() -> None:
    found = main("gather:\n  say: Hi\n  into: x\n  digits: 4\n  end: #\n")
    assert ("Y102", 12, 12) in [(d.code, d.span.line, d.span.column) for d in found]


@pytest.mark.parametrize(
    "body",
    [
        "do: { say: Bye., # loud\n  hangup: {} }",
        "do:\n  <<: { say: Bye. }\n  hangup: {}",
    ],
)
def test_a_list_is_not_made_where_something_would_be_lost(body: str) -> None:
    assert [(d.code, d.fix) for d in main(body)] == [("S113", None)]


def test_an_argument_of_which_one_is_needed_names_all() -> None:
    (finding,) = main("do: { transferTo: {} }\nto: end")
    assert finding.code == "S105"
    assert "`to`" in finding.message
    assert "`call`" in finding.message


def test_a_word_of_a_later_version_is_refused_by_name() -> None:
    (finding,) = main("queue: support\nto: end")
    assert finding.code == "S101"
    assert "queue" in finding.message


def test_a_list_is_not_made_of_a_merge_key() -> None:
    assert [(d.code, d.fix) for d in main("do: { hangup: {}, <<: { say: Bye. } }")] == [
        ("S113", None)
    ]
