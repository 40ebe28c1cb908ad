"""`dtmflow expand`: a flow with all short forms written out."""

from __future__ import annotations

import argparse

from dtmflow.cli.arguments import Subparsers, add_command
from dtmflow.cli.sources import flow_file


def register(subparsers: Subparsers) -> None:
    """Add the command to the parser."""
    parser = add_command(
        subparsers,
        "expand",
        run,
        summary="show what menu, gather and prompt stand for",
        description=(
            "Print a flow as the core that runs: `prompt`, `menu` and `gather` written out as\n"
            "states, events and timers. The output is YAML with the same meaning."
        ),
        examples=[
            ("dtmflow expand flows/front-desk", "the menu as states"),
            ("dtmflow expand flows/front-desk > core.yaml", "into a file"),
        ],
    )
    parser.add_argument("flow", metavar="FLOW", help="a folder with a flow.yaml, or a flow file")


def run(arguments: argparse.Namespace) -> int:
    """Print the core."""
    from dtmflow.cli.loading import core_of
    from dtmflow.compiling.yaml_form import core_to_plain
    from dtmflow.loading.dump import dump

    print(dump(core_to_plain(core_of(flow_file(arguments.flow)))), end="")
    return 0
