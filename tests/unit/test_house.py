"""The habits of the house that no other tool holds."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path for folder in ("schema", "interpreter") for path in (ROOT / folder).rglob("*.py")
)
LONGEST = 400
"""Lines of a file. Past them it holds two ideas."""

LONGER: dict[str, str] = {}
"""Files that may be longer, with the reason."""


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_module_says_what_it_is() -> None:
    silent = [
        short(path)
        for path in SOURCES
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not silent


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in SOURCES}
    assert not [short(path) for path in folders if not (path / "__init__.py").is_file()]


def test_no_file_is_too_long() -> None:
    lines = {short(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    too_long = {path for path, count in lines.items() if count > LONGEST}
    assert too_long - LONGER.keys() == set(), "look for the second idea in it"
    assert LONGER.keys() - too_long == set(), "no longer too long: take it off the list"


def test_every_folder_at_the_top_says_what_may_enter_it() -> None:
    ignored = {line.strip().strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()}
    folders = [
        folder
        for folder in ROOT.iterdir()
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in ignored
    ]
    assert {"schema", "interpreter", "editor", "flows", "tests"} <= {f.name for f in folders}
    for folder in folders:
        assert "may enter" in (folder / "README.md").read_text("utf-8"), folder
