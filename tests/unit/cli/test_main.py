"""The frame of the command line: help, exit codes, colours, start-up."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable

import pytest

from dtmflow.cli import main as cli
from dtmflow.diagnostics import Diagnostic, Level, Span
from dtmflow.errors import CallFailed, FlowInvalid, UsageError

pytestmark = pytest.mark.unit

COMMANDS = ("new", "check", "test", "try", "run", "graph", "expand", "trace", "schema")
HEAVY = ("cel_expr_python", "numpy", "aiohttp", "av", "pydantic", "ruamel", "transitions")


def fake_command(
    monkeypatch: pytest.MonkeyPatch, work: Callable[[argparse.Namespace], int]
) -> None:
    def build_parser() -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser()
        parser.add_argument("--debug", action="store_true")
        parser.set_defaults(run=work)
        return parser

    monkeypatch.setattr(cli, "build_parser", build_parser)


def raising(error: BaseException) -> Callable[[argparse.Namespace], int]:
    def work(_: argparse.Namespace) -> int:
        raise error

    return work


def test_the_help_names_every_command_and_the_exit_codes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["--help"]) == 0
    out = capsys.readouterr().out
    for command in COMMANDS:
        assert f"\n    {command} " in out
    assert "exit codes: 0 clean, 1 findings" in out


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_with_examples(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([command, "--help"]) == 0
    assert f"examples:\n  dtmflow {command} " in capsys.readouterr().out


def test_the_version_is_the_installed_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"dtmflow {cli.version()}\n"


@pytest.mark.parametrize(
    "argv", [[], ["chek"], ["check", "--formt", "json"], ["check", "nowhere"]]
)
def test_wrong_usage_exits_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(argv) == 2
    assert capsys.readouterr().err


def test_a_usage_error_is_one_line_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_command(monkeypatch, raising(UsageError("no such flow")))
    assert cli.main([]) == 2
    assert capsys.readouterr().err == "dtmflow: no such flow\n"


def test_the_world_failing_exits_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_command(monkeypatch, raising(CallFailed(486, "Busy Here")))
    assert cli.main([]) == 1
    assert capsys.readouterr().err == "dtmflow: 486 Busy Here\n"


def test_a_refused_flow_exits_with_1_and_shows_each_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = tuple(
        Diagnostic(code, Level.ERROR, "wrong", "flow.yaml", Span(line, 1, line, 2))
        for line, code in ((3, "F101"), (7, "S102"))
    )
    fake_command(monkeypatch, raising(FlowInvalid(findings)))
    assert cli.main([]) == 1
    err = capsys.readouterr().err
    assert "flow.yaml:3:1: F101" in err
    assert "flow.yaml:7:1: S102" in err


def test_a_bug_exits_with_3_and_says_how_to_report_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_command(monkeypatch, raising(KeyError("lost")))
    assert cli.main([]) == 3
    err = capsys.readouterr().err
    assert "this is a bug in dtmflow: KeyError: 'lost'" in err
    assert "--debug" in err
    assert "Traceback" not in err


def test_debug_shows_the_traceback_of_a_bug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_command(monkeypatch, raising(KeyError("lost")))
    assert cli.main(["--debug"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_control_c_exits_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_command(monkeypatch, raising(KeyboardInterrupt()))
    assert cli.main([]) == 130


def test_a_reader_that_goes_away_is_no_bug() -> None:
    script = "import sys; from dtmflow.cli.main import main\nsys.exit(main(['schema', 'flow']))"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == cli.PIPE_CLOSED


def test_help_does_not_load_the_heavy_rooms() -> None:
    script = (
        "import sys; from dtmflow.cli.main import main; main(['--help'])\n"
        f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "LOADED []"
