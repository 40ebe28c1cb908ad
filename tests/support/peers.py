"""Programs that tests start: dtmflow itself, SIPp, baresip and the ear."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUPPORT = Path(__file__).resolve().parent


PATIENCE = 60.0
"""Seconds until a program that does not say what it should fails its test."""


@dataclass
class Running:
    """A started `dtmflow run`."""

    process: subprocess.Popen[str]
    host: str
    port: int
    journals: Path
    output: Path
    """What it printed, both streams."""

    def says(self, words: str) -> str:
        """Wait until it has printed the words; returns all that it has printed."""
        end = time.monotonic() + PATIENCE
        while words not in (text := self.output.read_text()):
            assert self.process.poll() is None, f"dtmflow run has ended: {text}"
            assert time.monotonic() < end, f"dtmflow run never said {words!r}: {text}"
            time.sleep(0.02)  # noqa: TID251 - another process, in real time
        return text

    def media_process(self) -> int:
        """Return the process id of its media process."""
        pid = self.process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def journal(self) -> list[list[dict[str, object]]]:
        """Return the journal lines of every session, oldest session first."""
        files = sorted(self.journals.glob("*.jsonl"), key=lambda file: file.stat().st_mtime)
        return [[json.loads(line) for line in file.read_text().splitlines()] for file in files]


@contextlib.contextmanager
def serving(
    flow: Path,
    folder: Path,
    *options: str,
    port: int = 0,
    core: int | None = None,
    user: int | None = None,
) -> Iterator[Running]:
    """Run `dtmflow run FLOW` until the block ends; starts with its `ready` line.

    `core` is the only one it may use; `user` is whose rights it has, which only root may say.
    """
    journals = folder / "journal"
    output = folder / "output.txt"
    command = [sys.executable, "-m", "dtmflow", "run", str(flow), "--sip", f"127.0.0.1:{port}"]
    command += ["--journal", str(journals), *options]
    if user is not None:
        folder.chmod(0o777)
        own = f"--reuid={user}", f"--regid={user}", "--clear-groups"
        command = ["setpriv", *own, *command]
    if core is not None:
        command = ["taskset", "-c", str(core), *command]
    with output.open("w") as both:
        # A session of its own, as a service has: Linux shares out processors by session.
        process = subprocess.Popen(
            command, stdout=both, stderr=both, text=True, cwd=folder, start_new_session=True
        )
    running = Running(process, "127.0.0.1", port, journals, output)
    try:
        ready = re.search(r"ready.*:(\d+)", running.says("ready"))
        assert ready is not None
        running.port = int(ready[1])
        yield running
    finally:
        if process.poll() is None:
            stop(process)


def stop(process: subprocess.Popen[str]) -> None:
    """End a program that drains on SIGTERM; one that does not end is killed, which fails."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
    finally:
        if process.stdout is not None:
            process.stdout.close()


@contextlib.contextmanager
def ear(out: Path, *options: str, core: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """Listen as many callers; the recording stands in `out` when the block ends."""
    command = [sys.executable, str(SUPPORT / "ear.py"), "--out", str(out), *options]
    if core is not None:
        command = ["taskset", "-c", str(core), *command]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert "ready" in process.stdout.readline()
        yield process
    finally:
        stop(process)


def sipp(
    scenario: Path,
    target: str,
    folder: Path,
    *options: str,
    timeout: float = 120,
    core: int | None = None,
    may_fail: bool = False,
) -> str:
    """Run SIPp as caller; returns its final statistics screen.

    Raises:
        AssertionError: when a call failed and none may, with SIPp's own error log.
    """
    executable = shutil.which("sipp")
    assert executable is not None
    errors = folder / "sipp-errors.log"
    command = [executable, target, "-sf", str(scenario), "-i", "127.0.0.1", "-nostdin"]
    command += ["-trace_err", "-error_file", str(errors), *options]
    if core is not None:
        command = ["taskset", "-c", str(core), *command]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, cwd=folder, check=False
    )
    log = errors.read_text() if errors.exists() else ""
    told = f"sipp ended with {done.returncode}\n{done.stdout[-3000:]}\n{log}"
    assert may_fail or done.returncode == 0, told
    return done.stdout + log


def missing(*programs: str) -> str:
    """Return why an interop test cannot run here, or an empty text."""
    absent = [program for program in programs if shutil.which(program) is None]
    if absent:
        return f"needs {', '.join(absent)} (Debian: sip-tester, baresip-core)"
    if "sipp" in programs and os.geteuid() != 0:
        return "SIPp plays RTP from a raw socket, which needs root"
    return ""
