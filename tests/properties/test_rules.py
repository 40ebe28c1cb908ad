"""Rules look at whatever can be validated, so they must bear every flow that can."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dtmflow.cli.fixes import apply
from dtmflow.linting.engine import Analysis, check
from support.thoroughness import examples

pytestmark = pytest.mark.properties

FLOWS = sorted((Path(__file__).parents[1] / "golden" / "rules").glob("[FCV]*/*.yaml"))
TEXTS = [path.read_text() for path in FLOWS]
WORD = re.compile(r"\"[^\"\n]*\"|[A-Za-z_][\w.]*|\d+\w*|[<>=!&|+*#{}\[\]]+")


def changed(text: str, where: float, word: str) -> str:
    """Replace one word of a text by another."""
    words = list(WORD.finditer(text))
    match = words[int(where * (len(words) - 1))]
    return text[: match.start()] + word + text[match.end() :]


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """Take a flow, and change words for words of the same flow, or drop or repeat lines."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        lines = text.splitlines(keepends=True)
        line = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["word", "word", "word", "drop", "repeat"])):
            case "word":
                words = [*WORD.findall(text), "end", "''", "x", "a/b", "${event.tone}", "1 +"]
                text = changed(text, draw(st.floats(0, 1)), draw(st.sampled_from(words)))
            case "drop":
                text = "".join(lines[:line] + lines[line + 1 :])
            case _:
                text = "".join(lines[: line + 1] + lines[line:])
        if not WORD.search(text):
            break
    return text


def repaired(analysis: Analysis) -> str:
    fixes = [found.fix for found in analysis.diagnostics if found.fix is not None]
    return apply(analysis.document.text, fixes)[0]


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutations())
def test_no_rule_raises_and_every_finding_and_fix_stands_in_the_text(text: str) -> None:
    analysis = check(text, "flow.yaml")
    last = len(text.splitlines()) + 1
    for finding in analysis.diagnostics:
        for span in (finding.span, *(each.span for each in finding.related)):
            assert (span.line, span.column) <= (span.end_line, span.end_column)
            assert 1 <= span.line <= last
    check(repaired(analysis), "flow.yaml")


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_safe_fix_removes_its_finding_and_brings_no_error(path: Path) -> None:
    before = check(path.read_text(), path.name)
    for finding in before.diagnostics:
        if finding.fix is None or not finding.fix.safe:
            continue
        after = check(apply(before.document.text, [finding.fix])[0], path.name)
        kept = [each.message for each in after.diagnostics]
        assert kept.count(finding.message) < [e.message for e in before.diagnostics].count(
            finding.message
        )
        assert len(kept) <= len(before.diagnostics)


SOUND = sorted((Path(__file__).parents[2] / "flows").glob("*/flow.yaml"))
NAME = re.compile(r"[A-Za-z_]\w*")


@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SOUND), st.floats(0, 1), st.sampled_from(["qqqqqq", "x", "[5]"]))
def test_what_is_invalid_brings_no_findings_but_its_own(
    path: Path, where: float, more: str
) -> None:
    text = path.read_text("utf-8")
    words = list(NAME.finditer(text))
    end = words[int(where * (len(words) - 1))].end()
    codes = {
        found.code for found in check(text[:end] + more + text[end:], "flow.yaml").diagnostics
    }
    if any(code.startswith("S") for code in codes):
        assert not {code for code in codes if code[0] in "FVC"}, text[:end].splitlines()[-1]
