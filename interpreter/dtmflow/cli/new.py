"""`dtmflow new`: a folder with a flow, its tests and a page, checked and green from the start."""

from __future__ import annotations

import argparse
import re
from importlib import resources
from pathlib import Path

from dtmflow.cli.arguments import Subparsers, add_command
from dtmflow.errors import UsageError

TEMPLATES = ("hello", "menu")
"""Folders below `templates/`."""

FILES = ("flow.yaml", "flow.test.yaml", "README.md")
"""What each template holds."""

PLACEHOLDER = "my-flow"
"""The name that templates bear; they are sound flows themselves."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def register(subparsers: Subparsers) -> None:
    """Add the command to the parser."""
    parser = add_command(
        subparsers,
        "new",
        run,
        summary="make a flow with its tests",
        description="Make a folder NAME with flow.yaml, flow.test.yaml and README.md, all sound.",
        examples=[
            ("dtmflow new reception", "a menu, in the folder reception"),
            ("dtmflow new flows/hi --template hello", "the smallest flow, in flows/hi"),
        ],
    )
    parser.add_argument(
        "name", metavar="NAME", help="folder to make; its last part names the flow"
    )
    parser.add_argument(
        "--template", choices=TEMPLATES, default="menu", help="what to begin with (default: menu)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the files and say what to do next."""
    folder = Path(arguments.name)
    if not _NAME.fullmatch(folder.name):
        raise UsageError(f"{folder.name}: a flow's name is made of letters, digits, - and _")
    if folder.exists():
        raise UsageError(f"{folder}: exists already; nothing was written")
    source = resources.files("dtmflow.cli") / "templates" / arguments.template
    texts = {
        name: (source / name).read_text("utf-8").replace(PLACEHOLDER, folder.name)
        for name in FILES
    }
    try:
        folder.mkdir(parents=True)
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}") from error
    print(f"{folder}: {', '.join(FILES)}\nnext: dtmflow check {folder} && dtmflow test {folder}")
    return 0
