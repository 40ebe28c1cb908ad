"""Habits of all tests: one category each, and golden files that are rewritten on demand only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from support.thoroughness import examples

CATEGORIES = frozenset(
    (
        *("unit", "flows", "golden", "properties", "conformance"),
        *("system", "interop", "browser", "bench"),
    )
)

settings.register_profile("dtmflow", max_examples=examples(100), deadline=None)
settings.load_profile("dtmflow")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what is produced now into the golden files, to be reviewed as a diff",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        found = sorted(CATEGORIES & {mark.name for mark in item.iter_markers()})
        if len(found) != 1:
            said = ", ".join(found) or "none"
            raise pytest.UsageError(f"{item.nodeid}: needs one category mark, has {said}")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with a golden file; with --update-golden write it."""
    update = bool(request.config.getoption("--update-golden"))

    def compare(path: Path, produced: str) -> None:
        if update:
            path.write_text(produced, encoding="utf-8")
        assert path.is_file(), f"{path} is missing; run pytest with --update-golden"
        assert produced == path.read_text("utf-8")

    return compare
