"""`dtmflow schema`: JSON Schemas for editors and other tools."""

from __future__ import annotations

import argparse
from difflib import get_close_matches
from pathlib import Path

from dtmflow.cli.arguments import Subparsers, add_command
from dtmflow.cli.terminal import counted
from dtmflow.errors import UsageError


def register(subparsers: Subparsers) -> None:
    """Add the command to the parser."""
    parser = add_command(
        subparsers,
        "schema",
        run,
        summary="print JSON Schemas for editors",
        description=(
            "Print the JSON Schema of flows, flow tests, the project file, an event or a type of\n"
            "parameters. An editor with a YAML language server takes it from the first line of a\n"
            "flow: `# yaml-language-server: $schema=flow.json`."
        ),
        examples=[
            ("dtmflow schema > flow.json", "that of flows"),
            ("dtmflow schema --list", "the names of all"),
            ("dtmflow schema parameters/CallSayParameters", "one of them"),
            ("dtmflow schema --output schemas", "all, as files in a folder"),
        ],
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="which schema (default: flow)")
    parser.add_argument("--list", action="store_true", help="print the names")
    parser.add_argument("--output", metavar="DIR", type=Path, help="write all schemas below DIR")


def run(arguments: argparse.Namespace) -> int:
    """Print or write schemas."""
    if sum(bool(given) for given in (arguments.name, arguments.list, arguments.output)) > 1:
        raise UsageError("NAME, --list and --output exclude each other")
    schemas = _schemas()
    if arguments.list:
        print("\n".join(schemas))
    elif arguments.output:
        _write(arguments.output, schemas)
    else:
        name = arguments.name or "flow"
        if name not in schemas:
            near = get_close_matches(name, schemas, n=1)
            hint = f"did you mean {near[0]}?" if near else "`dtmflow schema --list` names them"
            raise UsageError(f"there is no schema {name}; {hint}")
        print(schemas[name], end="")
    return 0


def _write(folder: Path, schemas: dict[str, str]) -> None:
    try:
        for name, text in schemas.items():
            path = folder / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from error
    print(f"{folder}: {counted(len(schemas), 'schema')}")


def _schemas() -> dict[str, str]:
    """Return the text of every schema by its name."""
    from dtmflow_schema.generate import generated

    return {
        path.removeprefix("json/").removesuffix(".json"): text
        for path, text in generated().items()
        if path.startswith("json/")
    }
