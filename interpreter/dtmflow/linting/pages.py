"""Rule pages: the docstring of each rule as `rules/<CODE>.md`.

`python -m dtmflow.linting.pages` writes them, `--check` only says which differ.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dtmflow.linting.registry import Rule, rules

FOLDER: Final = Path(__file__).parents[2] / "rules"
"""Where the pages stand in a checkout."""


def page(rule: Rule) -> str:
    """Return the Markdown page of a rule."""
    return f"# {rule.code} {rule.name} ({rule.level.value})\n\n{rule.page}\n"


def pages() -> dict[str, str]:
    """Return every page by its file name, the index included."""
    found = {f"{rule.code}.md": page(rule) for rule in rules().values()}
    rows = "".join(
        f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.level.value} |\n"
        for rule in rules().values()
    )
    found["README.md"] = (
        "# Rules of `dtmflow check`\n\n"
        "Generated from `dtmflow/linting/rules` by `python -m dtmflow.linting.pages`.\n\n"
        f"| Code | Name | Level |\n| --- | --- | --- |\n{rows}"
    )
    return found


def stale(folder: Path = FOLDER) -> list[str]:
    """Return the names of pages that are missing, differ, or belong to no rule."""
    wanted = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(
        name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name)
    )


def write(folder: Path = FOLDER) -> None:
    """Write all pages and remove those of rules that are gone."""
    folder.mkdir(exist_ok=True)
    wanted = pages()
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the pages; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dtmflow.linting.pages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which pages differ")
    if not parser.parse_args(arguments).check:
        write()
        return 0
    differing = stale()
    for name in differing:
        sys.stderr.write(f"{FOLDER / name} is out of date\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
