from __future__ import annotations

import io
import logging
import resource
import socket
import sys
from pathlib import Path

import pytest

from dtmflow.cli.main import main
from dtmflow.cli.run import OneLine, address, calls_possible, tell
from dtmflow.errors import UsageError

pytestmark = pytest.mark.unit


class Limits:
    """Stands for the system's limit of open files."""

    def __init__(self, soft: int, hard: int) -> None:
        self.now = (soft, hard)

    def get(self, which: int) -> tuple[int, int]:
        assert which == resource.RLIMIT_NOFILE
        return self.now

    def set(self, which: int, limits: tuple[int, int]) -> None:
        assert which == resource.RLIMIT_NOFILE
        self.now = limits


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "possible", "then"),
    [
        (1024, 4096, 500, 500, 1024),
        (1024, 4096, 1000, 1000, 1064),
        (1024, resource.RLIM_INFINITY, 3000, 3000, 3064),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, 3000, 3000, resource.RLIM_INFINITY),
        (256, 512, 1000, 448, 512),
        (30, 30, 5, 1, 30),
    ],
)
def test_the_limit_of_open_files_is_raised_as_far_as_the_calls_need(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    soft: int,
    hard: int,
    wanted: int,
    possible: int,
    then: int,
) -> None:
    limits = Limits(soft, hard)
    monkeypatch.setattr(resource, "getrlimit", limits.get)
    monkeypatch.setattr(resource, "setrlimit", limits.set)
    assert calls_possible(wanted) == possible
    assert limits.now == (then, hard)
    said = capsys.readouterr().err
    assert (f"{possible} calls at once instead of {wanted}" in said) == (possible < wanted)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:5060", ("127.0.0.1", 5060)),
        ("127.0.0.1:0", ("127.0.0.1", 0)),
        ("localhost:5070", ("127.0.0.1", 5070)),
        ("[::1]:5060", ("::1", 5060)),
        ("0.0.0.0:5060", ("0.0.0.0", 5060)),
    ],
)
def test_an_address_is_host_and_port(text: str, expected: tuple[str, int]) -> None:
    assert address(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", ":", "5060", "127.0.0.1", "127.0.0.1:", ":5060", "127.0.0.1:x", "127.0.0.1:65536"),
        *(
            "127.0.0.1:-1",
            "127.0.0.1:\u0663",
            "::1:5060",
            "[::1:5060",
            "[127.0.0.1]:5060",
            "[::1]",
        ),
        *("no such host:5060", "a..b:5060"),
    ],
)
def test_another_form_of_address_is_wrong_usage_and_the_message_shows_it(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        address(text)
    assert f"--sip {text}" in str(refused.value)


FLOW = """\
version: 1
name: shop
states:
  ringing: { do: answer, on: { Connected: talking } }
  talking: { do: [ MORE { say: Hello. } ], on: { PlaybackFinished: TARGET } }
"""


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    file = tmp_path / "flow.yaml"
    file.write_text(FLOW.replace("MORE ", "").replace("TARGET", "end"))
    return file


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--sip", "here"], 2, "write HOST:PORT"),
        (["--sip", "0.0.0.0:0"], 2, "add --advertise HOST"),
        (["--sip", "0.0.0.0:0", "--advertise", "::1"], 2, "one is IPv4 and the other IPv6"),
        (["--sip", "0.0.0.0:0", "--advertise", "no such host"], 2, "no address is known"),
        (["--max-calls", "0"], 2, "--max-calls"),
        (["--journal", "flow.yaml"], 2, "--journal flow.yaml: File exists"),
        (["--journal", "/proc/here"], 2, "--journal /proc/here: No such file"),
        (["flow.yaml"], 2, "another flow is called shop too"),
        (["--sip", "192.0.2.1:0"], 1, "cannot listen on 192.0.2.1 port 0: Cannot assign"),
    ],
)
def test_what_cannot_be_is_said_before_the_first_call(
    flow: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    code: int,
    words: str,
) -> None:
    monkeypatch.chdir(flow.parent)
    assert main(["run", "flow.yaml", *options]) == code
    said = capsys.readouterr()
    assert words in said.err
    assert "ready" not in said.out
    assert "bug" not in said.err


def test_a_port_that_is_taken_is_named(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert main(["run", str(flow), "--sip", f"127.0.0.1:{port}"]) == 1
    assert f"cannot listen on 127.0.0.1 port {port}: Address already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "target", "words"),
    [
        ("", "nowhere", "flow.yaml:5:63: F101"),
        (
            "{ record: {} }, ",
            "end",
            "flow.yaml:5:22: L101 `record` cannot be done on the sip line",
        ),
    ],
)
def test_a_flow_that_is_wrong_or_needs_more_than_the_line_can_do_is_not_served(
    flow: Path, capsys: pytest.CaptureFixture[str], more: str, target: str, words: str
) -> None:
    flow.write_text(FLOW.replace("MORE ", more).replace("TARGET", target))
    assert main(["run", str(flow), "--sip", "127.0.0.1:0"]) == 1
    assert words in capsys.readouterr().err


def test_a_reader_that_has_gone_away_does_not_stop_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Closed(io.StringIO):
        def flush(self) -> None:
            raise BrokenPipeError

        def fileno(self) -> int:
            return spare.fileno()

    with (tmp_path / "spare").open("w") as spare:
        monkeypatch.setattr(sys, "stdout", Closed())
        tell("nobody reads this")


def test_what_a_caller_writes_cannot_forge_a_line_of_the_log() -> None:
    record = logging.LogRecord(
        "dtmflow", logging.INFO, "", 1, "%s", ("Bob\n2026 ERROR x: \x1b[2J",), None
    )
    assert OneLine("%(levelname)s: %(message)s").format(record) == "INFO: Bob 2026 ERROR x:  [2J"
