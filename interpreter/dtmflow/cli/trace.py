"""`dtmflow trace`: what happened in a session, from its journal."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dtmflow.cli.arguments import Subparsers, add_command
from dtmflow.cli.sources import STDIN, read_text
from dtmflow.errors import UsageError


def register(subparsers: Subparsers) -> None:
    """Add the command to the parser."""
    parser = add_command(
        subparsers,
        "trace",
        run,
        summary="show what happened in a call",
        description=(
            "Print a session's journal as a ladder: the call on the left, the flow on the\n"
            "right, events and actions between them, states as they were entered.\n"
            "`dtmflow run --journal DIR` writes a journal for each call."
        ),
        examples=[
            ("dtmflow trace show journal/1f0c.jsonl", "the ladder of one call"),
            ("tail -n 20 call.jsonl | dtmflow trace show -", "the end of one"),
        ],
    )
    parser.add_argument("action", choices=("show",), help="what to do with the journal")
    parser.add_argument("file", metavar="FILE", help="a journal, or - for standard input")


def run(arguments: argparse.Namespace) -> int:
    """Print the ladder."""
    from dtmflow.running.ladder import show

    text = sys.stdin.read() if arguments.file == STDIN else read_text(Path(arguments.file))
    try:
        ladder = show(text.splitlines())
    except UsageError as error:
        raise UsageError(f"{arguments.file}: {error}") from error
    print(ladder, end="")
    return 0
