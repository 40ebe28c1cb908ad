"""Every rule page shows a flow that the rule finds and one that it does not."""

from __future__ import annotations

import pytest

from dtmflow.linting.engine import check
from dtmflow.linting.registry import Rule, rules
from support.pages import examples, whole

pytestmark = pytest.mark.unit

PAGES = [rule for rule in rules().values() if not rule.code.startswith("L")]
"""Rules that `check` finds; those of lines come up when a flow is loaded for one."""


@pytest.mark.parametrize("rule", PAGES, ids=lambda rule: rule.code)
def test_the_bad_example_of_a_page_gives_its_code(rule: Rule) -> None:
    found = examples(rule.page, "Bad")
    assert found
    for example in found:
        text = whole(example)
        assert rule.code in {each.code for each in check(text, "bad.yaml").diagnostics}, text


@pytest.mark.parametrize("rule", PAGES, ids=lambda rule: rule.code)
def test_the_good_example_of_a_page_does_not(rule: Rule) -> None:
    found = examples(rule.page, "Good")
    assert found
    for example in found:
        text = whole(example)
        diagnostics = check(text, "good.yaml").diagnostics
        assert rule.code not in {each.code for each in diagnostics}, text
        assert not [each for each in diagnostics if each.code.startswith(("Y", "S"))], text
