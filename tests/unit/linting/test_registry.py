"""The table of rules and their pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dtmflow.diagnostics import Level
from dtmflow.linting import pages, registry
from dtmflow.linting import rules as folder
from dtmflow.linting.registry import Rule, found_while, rules

pytestmark = pytest.mark.unit

FILES = sorted(path for path in Path(folder.__path__[0]).glob("[A-Z]*.py"))


def test_every_file_of_the_folder_is_one_rule_named_after_it() -> None:
    named = [f"{rule.code}_{rule.name.replace('-', '_')}" for rule in rules().values()]
    assert named == [path.stem for path in FILES]


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.code)
def test_every_rule_says_why_and_shows_bad_and_good(rule: Rule) -> None:
    assert re.search(r"^Why: ", rule.page, re.MULTILINE)
    assert re.search(r"^Bad[: ]", rule.page, re.MULTILINE)
    assert re.search(r"^Good[: ]", rule.page, re.MULTILINE)


def test_a_code_is_registered_once() -> None:
    with pytest.raises(ValueError, match="Y100 is registered twice"):
        found_while("Y100", "syntax", Level.ERROR, page="")
    assert registry.rules()["Y100"].name == "syntax"


def test_the_committed_pages_are_those_of_the_rules() -> None:
    assert pages.stale() == [], "run python -m dtmflow.linting.pages"


def test_pages_are_written_and_those_of_gone_rules_removed(tmp_path: Path) -> None:
    (tmp_path / "Z999.md").write_text("gone")
    assert "Z999.md" in pages.stale(tmp_path)
    pages.write(tmp_path)
    assert pages.stale(tmp_path) == []
    assert (tmp_path / "Y102.md").read_text("utf-8").startswith("# Y102 hash-swallowed (error)\n")


def test_the_check_says_which_pages_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pages, "FOLDER", tmp_path)
    monkeypatch.setattr(pages.stale, "__defaults__", (tmp_path,))
    assert pages.main(["--check"]) == 1
    assert "Y100.md is out of date" in capsys.readouterr().err
