"""`dtmflow check`: everything that is wrong with flows, before a call finds it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dtmflow.cli.arguments import Subparsers, add_command
from dtmflow.cli.fixes import apply
from dtmflow.cli.sources import STDIN, find_flows, read_bytes
from dtmflow.cli.terminal import Style, counted, paint, wants_colour
from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.errors import FlowInvalid, UsageError

if TYPE_CHECKING:
    from dtmflow.linting.engine import Analysis, Settings
    from dtmflow.project import Projects

STDIN_NAME = "<stdin>"
"""What findings call standard input."""
FORMATS = ("full", "concise", "json")

MOST_ROUNDS = 20
"""How often a repaired text is checked again; each round can bring up what the last one hid."""


def register(subparsers: Subparsers) -> None:
    """Add the command to the parser."""
    parser = add_command(
        subparsers,
        "check",
        run,
        summary="find what is wrong with flows",
        description=(
            "Check flows and print every finding with its place, its code and what helps.\n"
            "Exits with 1 when there are errors (E) or warnings (W); infos (I) alone count only\n"
            "with --strict. Nothing is run and nothing leaves the machine.\n"
            "\n"
            "A dtmflow.yaml beside the flows, or in a folder above, says which rules count\n"
            "(lint: select, ignore) and which environment variables flows may read (env)."
        ),
        examples=[
            ("dtmflow check", "all flows below this folder"),
            ("dtmflow check flows/survey", "one flow"),
            ("dtmflow check --fix flows", "repair what can be repaired safely"),
            ("dtmflow check --select F,C2 --ignore F109", "these rules only"),
            ("dtmflow check --format json - < flow.yaml", "for programs, from standard input"),
        ],
    )
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        help="flow file, folder to search for flows, or - for standard input (default: .)",
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default=FORMATS[0],
        help="full: with the line and a caret (default); concise: one line each; json: an array",
    )
    parser.add_argument("--strict", action="store_true", help="infos fail the check too")
    parser.add_argument(
        "--select",
        metavar="CODES",
        action="append",
        default=[],
        help="report these only, whatever dtmflow.yaml selects: codes or beginnings (F,C203)",
    )
    parser.add_argument(
        "--ignore",
        metavar="CODES",
        action="append",
        default=[],
        help="do not report these either; the longer match wins over --select",
    )
    parser.add_argument(
        "--fix",
        action="store_true",
        help="write safe repairs into the files, then report the rest",
    )
    parser.add_argument(
        "--unsafe-fixes",
        action="store_true",
        help="with --fix: repairs too that may not be what you meant",
    )


def run(arguments: argparse.Namespace) -> int:
    """Check, repair if asked to, print; 1 when something counts."""
    if arguments.unsafe_fixes and not arguments.fix:
        raise UsageError("--unsafe-fixes does nothing without --fix")
    choice = _choice(arguments)
    projects = _projects()
    analyses: list[Analysis] = []
    broken: dict[Diagnostic, None] = {}
    fixed = 0
    for file, text in _texts(arguments):
        path = Path() / STDIN if file == STDIN_NAME else Path(file)
        try:
            settings = _settings(projects.of(path).settings(path), choice)
        except FlowInvalid as problem:  # the project file, whose findings are findings, too
            broken.update(dict.fromkeys(problem.diagnostics))
            settings = _settings(None, choice)
        analysis, rounds = _checked(text, file, settings, arguments)
        analyses.append(analysis)
        fixed += rounds
    findings = [*broken, *(found for analysis in analyses for found in analysis.diagnostics)]
    _print(findings, analyses, arguments.format)
    print(_summary(len(analyses), findings, fixed), file=sys.stderr)
    counts = tuple(Level) if arguments.strict else (Level.ERROR, Level.WARNING)
    return int(any(found.level in counts for found in findings))


def _texts(arguments: argparse.Namespace) -> Iterator[tuple[str, str | bytes]]:
    """Yield name and text of each flow, standard input first."""
    paths = list(arguments.paths)
    if STDIN in paths:
        if arguments.fix:
            raise UsageError("--fix writes into files; it cannot work on standard input")
        paths.remove(STDIN)
        yield STDIN_NAME, sys.stdin.buffer.read()
        if not paths:
            return
    for path in find_flows(paths):
        yield str(path), read_bytes(path)


def _choice(arguments: argparse.Namespace) -> dict[str, tuple[str, ...]]:
    """Return the codes of `--select` and `--ignore`."""
    from dtmflow.linting.registry import rules

    codes = {
        option: tuple(
            code for part in getattr(arguments, option) for code in part.split(",") if code
        )
        for option in ("select", "ignore")
    }
    for option, chosen in codes.items():
        for code in chosen:
            if not any(known.startswith(code) for known in rules()):
                raise UsageError(f"--{option} {code}: no rule has a code that begins like this")
    return codes


def _projects() -> Projects:
    from dtmflow.project import Projects

    return Projects()


def _settings(project: Settings | None, choice: dict[str, tuple[str, ...]]) -> Settings:
    """Return what a project says, as the command line overrules it."""
    from dtmflow.linting.engine import Settings

    said = project or Settings()
    return Settings(choice["select"] or said.select, (*said.ignore, *choice["ignore"]), said.env)


def _checked(
    text: str | bytes, file: str, settings: Settings, arguments: argparse.Namespace
) -> tuple[Analysis, int]:
    """Check a text and repair it, if asked to; return what is left and the number of repairs."""
    from dtmflow.linting.engine import check

    analysis = check(text, file, settings=settings)
    if not arguments.fix:
        return analysis, 0
    total = 0
    for _ in range(MOST_ROUNDS):
        fixes = [
            found.fix
            for found in analysis.diagnostics
            if found.fix is not None and (found.fix.safe or arguments.unsafe_fixes)
        ]
        repaired, applied = apply(analysis.document.text, fixes)
        if not applied or repaired == analysis.document.text:
            break
        total += applied
        analysis = check(repaired, file, settings=settings)
    if total:
        try:
            Path(file).write_bytes(analysis.document.text.encode("utf-8"))
        except OSError as error:
            raise UsageError(f"{file}: {error.strerror}") from error
    return analysis, total


def _print(findings: list[Diagnostic], analyses: list[Analysis], format_: str) -> None:
    from dtmflow.linting.render import concise, full, json

    if format_ == "json":
        print(json.render(findings), end="")
    elif format_ == "concise":
        print(concise.render(findings), end="")
    else:
        documents = {analysis.document.file: analysis.document for analysis in analyses}
        print(full.render(findings, documents, colour=wants_colour(sys.stdout)), end="")
        if findings:
            print()


def _summary(flows: int, findings: list[Diagnostic], fixed: int) -> str:
    """Return the closing line: `3 flows checked, 1 error, 2 warnings`."""
    numbers = [
        counted(number, level.value)
        for level in Level
        if (number := sum(found.level is level for found in findings))
    ]
    parts = [f"{counted(flows, 'flow')} checked", ", ".join(numbers) or "no findings"]
    if fixed:
        parts.insert(1, f"{counted(fixed, 'problem')} repaired")
    clean = not numbers
    return paint(
        ", ".join(parts), Style.GOOD if clean else Style.BAD, colour=wants_colour(sys.stderr)
    )
