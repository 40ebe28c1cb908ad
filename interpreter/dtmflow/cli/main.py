"""The entry of the command line: parser, exit codes, and what happens to errors.

Commands import their heavy rooms when they run, so that `dtmflow --help` stays quick.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import os
import platform
import sys
import traceback
from collections.abc import Sequence

from dtmflow.errors import DtmflowError, FlowInvalid, UsageError

COMMANDS = ("new", "check", "test", "try_", "run", "graph", "expand", "trace", "schema")
"""Modules of this package that hold a command, in the order of the help."""

CLEAN, FINDINGS, USAGE, INTERNAL = 0, 1, 2, 3
INTERRUPTED = 130
"""128 + SIGINT, as shells report it."""
PIPE_CLOSED = 141
"""128 + SIGPIPE, as shells report it."""

EPILOG = """\
A FLOW is a folder that holds a flow.yaml, or a flow file.

first steps:
  dtmflow new reception          make a flow with its tests
  dtmflow check reception        is it sound?
  dtmflow test reception         does it do what its tests say?
  dtmflow try reception          call it from this terminal
  dtmflow run reception          let phones call it

exit codes: 0 clean, 1 findings or failed tests, 2 wrong usage, 3 a bug in dtmflow
"""


def version() -> str:
    """Return the installed version."""
    return importlib.metadata.version("dtmflow")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with every command registered."""
    parser = argparse.ArgumentParser(
        prog="dtmflow",
        description="IVRs written as YAML, checked like code, run on real SIP calls.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"dtmflow {version()}")
    parser.add_argument(
        "--debug", action="store_true", help="print the traceback when dtmflow itself fails"
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        importlib.import_module(f"dtmflow.cli.{name}").register(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code. Nothing raises past here."""
    debug = "--debug" in (sys.argv[1:] if argv is None else argv)
    try:
        arguments = build_parser().parse_args(argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse: help, version or wrong usage
        code = stop.code if isinstance(stop.code, int) else USAGE
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; the interpreter's last flush must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = PIPE_CLOSED
    except FlowInvalid as error:
        _print_findings(error)
        code = FINDINGS
    except DtmflowError as error:
        print(f"dtmflow: {error}", file=sys.stderr)
        code = USAGE if isinstance(error, UsageError) else FINDINGS
    except Exception as error:  # noqa: BLE001 - the edge of the program: a bug gets exit code 3
        _print_bug(error, debug=debug)
        code = INTERNAL
    return code


def _print_findings(error: FlowInvalid) -> None:
    from dtmflow.linting.render import concise

    print(concise.render(error.diagnostics), end="", file=sys.stderr)


def _print_bug(error: Exception, *, debug: bool) -> None:
    if debug:
        traceback.print_exc()
    remedy = "" if debug else " Run it again with --debug for the traceback and"
    print(
        f"dtmflow: this is a bug in dtmflow: {type(error).__name__}: {error}\n"
        f"dtmflow {version()}, Python {platform.python_version()}, {platform.system()}."
        f"{remedy or ' Please'} report it with the flow and the command line.",
        file=sys.stderr,
    )


if __name__ == "__main__":
    sys.exit(main())
