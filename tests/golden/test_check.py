"""`check` on broken flows: code, line, column and message of each finding, reviewed by hand.

`check/<CODE>-<slug>.yaml` has its findings beside it in `.txt`; `good-*` files have none.
`rules/<CODE>/bad-*.yaml` give the code, `rules/<CODE>/good-*.yaml` do not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dtmflow.linting.engine import check
from dtmflow.linting.registry import Rule, rules
from dtmflow.linting.render import concise

pytestmark = pytest.mark.golden

HERE = Path(__file__).parent
CASES = sorted((HERE / "check").glob("*.yaml"))
FIXTURES = sorted((HERE / "rules").glob("*/*.yaml"))
CHECKED = [rule for rule in rules().values() if not rule.code.startswith("L")]
"""Rules that `check` finds; those of lines come up when a flow is loaded for one."""


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_broken_flow_gives_its_findings(path: Path, golden: Callable[[Path, str], None]) -> None:
    produced = concise.render(check(path.read_bytes(), path.name).diagnostics)
    golden(path.with_suffix(".txt"), produced)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_is_named_after_what_it_shows(path: Path) -> None:
    codes = [d.code for d in check(path.read_bytes(), path.name).diagnostics]
    code = path.stem.split("-")[0]
    if code == "good":
        assert codes == []
    elif code != "many":
        assert codes
        assert set(codes) == {code}


def test_every_rule_has_a_broken_flow() -> None:
    shown = {path.stem.split("-")[0] for path in CASES}
    assert {rule.code for rule in CHECKED} <= shown
    assert len(CASES) >= 40


def test_no_finding_has_lost_its_flow() -> None:
    assert {path.stem for path in (HERE / "check").glob("*.txt")} == {p.stem for p in CASES}


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_bad_fixture_gives_the_code_and_a_good_one_does_not(path: Path) -> None:
    codes = [finding.code for finding in check(path.read_bytes(), path.name).diagnostics]
    if path.stem.startswith("bad-"):
        assert path.parent.name in codes
    else:
        assert path.parent.name not in codes


@pytest.mark.parametrize("rule", CHECKED, ids=lambda rule: rule.code)
def test_every_rule_has_two_bad_and_two_good_fixtures(rule: Rule) -> None:
    names = [path.name for path in FIXTURES if path.parent.name == rule.code]
    assert len([name for name in names if name.startswith("bad-")]) >= 2
    assert len([name for name in names if name.startswith("good-")]) >= 2
