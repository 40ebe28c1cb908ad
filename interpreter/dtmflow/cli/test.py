"""`dtmflow test`: flow tests, played in virtual time."""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dtmflow.cli.arguments import Subparsers, add_command
from dtmflow.cli.sources import find_tests
from dtmflow.cli.terminal import Style, counted, paint, wants_colour
from dtmflow.diagnostics import Diagnostic
from dtmflow.errors import FlowInvalid, UsageError

if TYPE_CHECKING:
    from dtmflow.testing.results import Result
    from dtmflow.testing.runner import FlowTests

FORMATS = ("text", "json")


def register(subparsers: Subparsers) -> None:
    """Add the command to the parser."""
    parser = add_command(
        subparsers,
        "test",
        run,
        summary="play the tests of flows",
        description=(
            "Play flow tests (*.test.yaml): callers who press, wait and hang up, in virtual\n"
            "time, without network or audio. Exits with 1 when a test fails or cannot be run."
        ),
        examples=[
            ("dtmflow test", "all tests below this folder"),
            ("dtmflow test flows/survey", "those of one flow"),
            ("dtmflow test -k silence -v", "those with silence in their name, each shown"),
            ("dtmflow test --format json", "for programs"),
        ],
    )
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        help="flow test, flow with a test beside it, or folder to search (default: .)",
    )
    parser.add_argument(
        "-k", metavar="WORD", dest="word", default="", help="tests whose name holds WORD"
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="show tests that pass as well"
    )
    parser.add_argument(
        "--format", choices=FORMATS, default=FORMATS[0], help="what to print (default: text)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Load all files, then play all tests; 1 when one failed or could not be run."""
    tests, invalid = _load(arguments.paths)
    results, spent = _play(tests, arguments.word)
    if arguments.word and not results and not invalid:
        raise UsageError(f"-k {arguments.word}: no test has this in its name")
    if arguments.format == "json":
        _print_json(results, invalid, spent)
    else:
        _print_text(results, invalid, spent, verbose=arguments.verbose)
    return int(bool(invalid) or not all(result.passed for result in results))


@dataclass(frozen=True, slots=True)
class Spent:
    """What playing took, loading not counted."""

    seconds: float
    """As the clock on the wall has it, other programs' share included."""
    core_seconds: float
    """Of one processor core: on an idle machine the same, since virtual time waits for nothing."""


def _play(tests: list[FlowTests], word: str) -> tuple[list[Result], Spent]:
    gc.freeze()  # what was loaded stays, so the collector need not go through it again
    try:
        wall, core = time.perf_counter(), time.process_time()
        results = [result for file in tests for result in file.run(word)]
        spent = Spent(time.perf_counter() - wall, time.process_time() - core)
    finally:
        gc.unfreeze()
    return results, spent


def _load(paths: list[str]) -> tuple[list[FlowTests], list[Diagnostic]]:
    """Return the flow tests that can be played, and what is wrong with the others."""
    from dtmflow.testing.programs import Programs
    from dtmflow.testing.runner import FlowTests

    programs = Programs()
    tests: list[FlowTests] = []
    invalid: dict[Diagnostic, None] = {}
    for path in find_tests(paths):
        try:
            tests.append(FlowTests(path, programs))
        except FlowInvalid as error:
            invalid.update(dict.fromkeys(error.diagnostics))
    return tests, list(invalid)


def _print_text(
    results: list[Result], invalid: list[Diagnostic], spent: Spent, *, verbose: bool
) -> None:
    from dtmflow.linting.render import concise

    file = ""
    for result in results:
        if verbose and result.file != file:
            file = result.file
            print(file)
        if verbose or not result.passed:
            print(_coloured(result))
    print(concise.render(invalid), end="")
    print(_summary(results, invalid, spent))


def _coloured(result: Result) -> str:
    text = result.describe()
    word, rest = text[:6], text[6:]
    style = Style.GOOD if result.passed else Style.BAD
    return paint(word, style, colour=wants_colour(sys.stdout)) + rest


def _summary(results: list[Result], invalid: list[Diagnostic], spent: Spent) -> str:
    """Return the closing line: `42 passed, 0 failed in 0.1 s (920 tests a second on one core)`."""
    passed = sum(result.passed for result in results)
    text = f"{passed} passed, {len(results) - passed} failed in {spent.seconds:.1f} s"
    if results:
        rate = len(results) / max(spent.core_seconds, 1e-6)
        text += f" ({rate:.0f} tests a second on one core)"
    if invalid:
        text += f"; not run, because of what is above: {counted(_files(invalid), 'file')}"
    clean = passed == len(results) and not invalid
    return paint(text, Style.GOOD if clean else Style.BAD, colour=wants_colour(sys.stdout))


def _files(findings: list[Diagnostic]) -> int:
    return len({found.file for found in findings})


def _print_json(results: list[Result], invalid: list[Diagnostic], spent: Spent) -> None:
    from dtmflow.linting.render import json as findings

    passed = sum(result.passed for result in results)
    report = {
        "passed": passed,
        "failed": len(results) - passed,
        "seconds": round(spent.seconds, 6),
        "core_seconds": round(spent.core_seconds, 6),
        "tests": [_plain(result) for result in results],
        "invalid": json.loads(findings.render(invalid)),
    }
    print(json.dumps(report, ensure_ascii=False, indent=2))


def _plain(result: Result) -> dict[str, Any]:
    failure = result.failure
    return {
        "file": result.file,
        "name": result.name,
        "line": result.span.line,
        "column": result.span.column,
        "passed": result.passed,
        "failure": None
        if failure is None
        else {
            "line": failure.span.line,
            "column": failure.span.column,
            "step": failure.step,
            "expected": failure.expected,
            "happened": failure.happened,
            "state": failure.state,
            "actions": list(failure.actions),
        },
    }
