"""`dtmflow graph`: a flow's states as a picture."""

from __future__ import annotations

import argparse
from pathlib import Path

from dtmflow.cli.arguments import Subparsers, add_command
from dtmflow.cli.sources import flow_file

FORMATS = ("mermaid", "dot", "json")


def register(subparsers: Subparsers) -> None:
    """Add the command to the parser."""
    parser = add_command(
        subparsers,
        "graph",
        run,
        summary="draw a flow's states",
        description="Print the states of a flow and what leads from one to the next.",
        examples=[
            ("dtmflow graph flows/survey", "Mermaid, for Markdown pages"),
            ("dtmflow graph flows/survey --format dot | dot -Tsvg > survey.svg", "by Graphviz"),
        ],
    )
    parser.add_argument("flow", metavar="FLOW", help="a folder with a flow.yaml, or a flow file")
    parser.add_argument(
        "--format", choices=FORMATS, default=FORMATS[0], help="what to print (default: mermaid)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the picture."""
    print(draw(flow_file(arguments.flow), arguments.format), end="")
    return 0


def draw(path: Path, form: str) -> str:
    """Return the flow's picture in one of `FORMATS`."""
    from dtmflow.cli.loading import core_of
    from dtmflow.compiling import graph

    drawings = {"mermaid": graph.mermaid, "dot": graph.dot, "json": graph.json}
    return drawings[form](core_of(path))
