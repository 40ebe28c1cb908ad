"""How commands enter the parser, so that each one's help has the same form."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TypeAlias

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no public name
"""Where a command registers itself."""

Run: TypeAlias = Callable[[argparse.Namespace], int]
"""A command's work: parsed arguments in, exit code out."""


def add_command(
    subparsers: Subparsers,
    name: str,
    run: Run,
    *,
    summary: str,
    description: str,
    examples: Sequence[tuple[str, str]],
) -> argparse.ArgumentParser:
    """Add a command and return its parser, to which the caller adds arguments.

    Args:
        subparsers: the parser's command list.
        name: the word on the command line.
        run: called with the parsed arguments; its result is the exit code.
        summary: half a line for the list of commands.
        description: what the command does, for its own help.
        examples: pairs of a command line and what it does.
    """
    width = max(len(line) for line, _ in examples) + 3
    listed = "\n".join(f"  {line:<{width}}{meaning}" for line, meaning in examples)
    parser = subparsers.add_parser(
        name,
        help=summary,
        description=description,
        epilog=f"examples:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    # Both `dtmflow --debug check` and `dtmflow check --debug` are natural; the help of one tells.
    parser.add_argument(
        "--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS
    )
    parser.set_defaults(run=run)
    return parser
