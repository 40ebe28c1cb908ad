"""The engine: what is run, what is silenced, what a user may select."""

from __future__ import annotations

import pytest

from dtmflow.linting.engine import Settings, check

pytestmark = pytest.mark.unit

FLOW = """\
version: 1
name: test

states:
  ringing:
    do: answer
    on: { Connected: main }
  main:
    do: { say: Hello. }
    on: { PlaybackFinished: end }
"""
REMNANT = FLOW + "  old:\n    do: { say: Old. }\n    on: { PlaybackFinished: end }\n"


def found(text: str | bytes, settings: Settings | None = None) -> list[str]:
    analysis = check(text, "flow.yaml", settings=settings)
    return [f"{d.span.line}:{d.span.column} {d.code}" for d in analysis.diagnostics]


def test_a_good_flow_has_no_findings_and_may_run() -> None:
    analysis = check(FLOW, "flow.yaml")
    assert analysis.diagnostics == ()
    assert analysis.runnable
    assert analysis.flow is not None
    assert analysis.core is not None


def test_a_warning_does_not_keep_a_flow_from_running() -> None:
    analysis = check(REMNANT, "flow.yaml")
    assert [d.code for d in analysis.diagnostics] == ["F102"]
    assert analysis.runnable


@pytest.mark.parametrize("text", ["states: [", "states: {}\n", FLOW.replace("main }", "mian }")])
def test_an_error_keeps_a_flow_from_running(text: str) -> None:
    analysis = check(text, "flow.yaml")
    assert analysis.diagnostics
    assert not analysis.runnable


def test_findings_of_all_rooms_come_in_the_order_of_the_text() -> None:
    text = REMNANT.replace("say: Hello.", "say: no").replace("say: Old.", "say: 0123")
    assert found(text) == ["9:16 Y111", "11:3 F102", "12:16 Y110"]


def test_misread_and_invalid_places_are_found_together() -> None:
    text = FLOW.replace("say: Hello.", "say: ${x}").replace("on: { Play", "onn: { Play")
    assert found(text) == ["9:16 Y107", "9:18 V302", "10:5 S101"]


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (Settings(), ["Y111", "F102"]),
        (Settings(select=("F",)), ["F102"]),
        (Settings(ignore=("F102",)), ["Y111"]),
        (Settings(ignore=("F", "Y111")), []),
        (Settings(select=("", "F102"), ignore=("F",)), ["Y111", "F102"]),
        (Settings(select=("Y1",), ignore=("Y1",)), []),
    ],
)
def test_settings_select_by_code_or_its_start(settings: Settings, codes: list[str]) -> None:
    text = REMNANT.replace("say: Hello.", "say: no")
    assert [place.split()[1] for place in found(text, settings)] == codes


@pytest.mark.parametrize(
    "text",
    [
        REMNANT.replace("  old:\n", "  old:  # flow: ignore[F102] summer menu\n"),
        REMNANT.replace("  old:\n", "  # flow: ignore[F102] summer menu\n  old:\n"),
        REMNANT.replace("  old:\n", "  # flow: ignore[F102]\n\n  # more\n  old:\n"),
        "# flow: ignore[F102] summer menus are kept\n" + REMNANT,
    ],
)
def test_a_comment_silences_a_finding(text: str) -> None:
    assert found(text) == []


def test_a_comment_silences_several_codes_of_its_line() -> None:
    text = FLOW.replace("say: Hello. }", "say: no }  # flow: ignore[Y111, F102]")
    assert found(text) == ["9:22 D804"]


def test_a_comment_silences_only_its_own_line() -> None:
    text = REMNANT.replace(
        "    do: { say: Old. }", "    # flow: ignore[F102]\n    do: { say: Old. }"
    )
    assert found(text) == ["11:3 F102", "12:5 D804"]


def test_a_comment_that_silences_nothing_is_reported_with_its_repair() -> None:
    text = FLOW.replace("say: Hello. }", "say: Hello. }  # flow: ignore[F102] old")
    (unused,) = check(text, "flow.yaml").diagnostics
    assert (unused.code, unused.message) == ("D804", "nothing here needs `ignore[F102]`")
    assert unused.fix is not None
    (edit,) = unused.fix.edits
    assert (edit.span.line, edit.span.column, edit.text) == (9, 24, "")


def test_a_comment_in_a_text_is_no_comment() -> None:
    text = FLOW.replace("say: Hello.", 'say: "Hello # flow: ignore[F102]"')
    assert found(text) == []


def test_bytes_are_read_as_utf_8() -> None:
    assert found(FLOW.replace("Hello", "Grüße").encode()) == []
    assert found(FLOW.replace("Hello", "Grüße").encode("latin-1")) == ["9:18 Y100"]


def test_a_comment_at_the_end_of_the_file_silences_nothing() -> None:
    assert found(FLOW + "# flow: ignore[F102]\n") == ["11:1 D804"]
