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


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("folder", sorted({path.parent for path in SOURCES}), ids=short)
def test_every_folder_of_code_is_a_package(folder: Path) -> None:
    assert (folder / "__init__.py").is_file()


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_no_file_is_too_long(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    if short(path) in LONGER:
        assert lines > LONGEST, "no longer too long: take it off the list"
    else:
        assert lines <= LONGEST


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


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("test_*.py")), ids=short)
def test_every_test_file_has_one_category(path: Path) -> None:
    marks = [
        ast.unparse(node.value)
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
    ]
    assert len(marks) == 1
    assert marks[0].startswith("pytest.mark.")
