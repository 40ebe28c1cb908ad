"""`python -m dtmflow.cli.diagrams`: the diagram in the README of each example flow.

What comes in: folders with flow.yaml and README.md. What goes out: the READMEs with the Mermaid
diagram of their flow between two markers; with `--check` nothing is written.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from dtmflow.cli.graph import draw
from dtmflow.cli.sources import find_flows
from dtmflow.errors import UsageError

BEGIN = "<!-- diagram: generated from flow.yaml -->"
END = "<!-- end of diagram -->"

_DIAGRAM = re.compile(re.escape(BEGIN) + r".*?" + re.escape(END), re.DOTALL)


def with_diagram(page: str, mermaid: str) -> str:
    """Return the page with the diagram between its markers.

    Raises:
        UsageError: the page has no markers, or more than one pair.
    """
    block = f"{BEGIN}\n\n```mermaid\n{mermaid.rstrip()}\n```\n\n{END}"
    page, found = _DIAGRAM.subn(lambda _: block, page)
    if found != 1:
        raise UsageError(f"the page must hold `{BEGIN}` and `{END}` once")
    return page


def outdated(folder: Path) -> dict[Path, str]:
    """Return the READMEs beside flows below `folder` whose diagram is old, with their new text."""
    found: dict[Path, str] = {}
    for flow in find_flows([str(folder)]):
        page = flow.with_name("README.md")
        text = page.read_text("utf-8")
        new = with_diagram(text, draw(flow, "mermaid"))
        if new != text:
            found[page] = new
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Write the diagrams, or with `--check` say which are old. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dtmflow.cli.diagrams", description=__doc__)
    parser.add_argument("folder", nargs="?", default="flows", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if one is old")
    arguments = parser.parse_args(argv)
    old = outdated(arguments.folder)
    for page, text in old.items():
        print(f"{page}: {'is out of date' if arguments.check else 'written'}")
        if not arguments.check:
            page.write_text(text, "utf-8")
    return 1 if arguments.check and old else 0


if __name__ == "__main__":
    sys.exit(main())
