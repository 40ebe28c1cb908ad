"""How many calls the whole program carries on one core, seen from outside.

    python tests/bench/bench_calls.py --calls 300 --seconds 20
    python tests/bench/bench_calls.py --calls 300 --seconds 20 --user 65534

`dtmflow run flows/front-desk`, both of its processes, stands on one core; the callers stand on
the other. SIPp signals, the ear (tests/support) hears and speaks for every caller: 50 packets a
second each way and key 2 every six seconds. No program under test reports on itself but for the
packets that came in, which only it can know: the ear says how many it sent.

A packet's deviation is its distance from its call's own 20 ms grid: RTP timestamps laid through
the median of the kernel's receive stamps, which on loopback are set inside the sender's call.
`--user` takes away root's rights, so that the program may not ask for a real-time class; the
environment and the checkout must be readable to that user. Needs SIPp (Debian: sip-tester) and
two cores. Figures of a shared machine vary: `others_core_percent` is
what strangers took of the server's core, `callers_too_slow_for` what came but the ear did not
read in time; `left_out` counts frames that the RTP timestamps jump over, after a delay.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.hearing import Recording
from support.peers import ROOT, ear, serving, sipp

pytestmark = pytest.mark.bench

SERVER_CORE, CALLERS_CORE = 0, 1
BASE, STEP, SIPP_PORT = 12000, 4, 11000
"""SIPp binds its -mp for itself; caller.xml puts the callers 1000 above, 4 apart. Up to 1000 of
them stand below the ports of `dtmflow run`, which another one may be using."""
KEY_EVERY = 6.0
QUIET_BEFORE_BYE = 3.0
"""Seconds in which the ear is silent before its caller hangs up, so that nothing is on its way,
also where a call began late. They come on top of the seconds measured."""
TICKS = os.sysconf("SC_CLK_TCK")
Figures = dict[str, float | int | str]


def scenario(folder: Path, talk_seconds: float) -> Path:
    """Write the caller of tests/interop without its key, which the ear presses."""
    text = (ROOT / "tests" / "interop" / "caller.xml").read_text()
    text = re.sub(r"<nop>.*?</nop>", "", text, flags=re.DOTALL)
    text = text.replace("LISTEN_MS", str(int(talk_seconds * 1000))).replace("THEN_MS", "1")
    written = folder / "caller.xml"
    written.write_text(text)
    return written


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process, all its threads, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def scheduling(pid: int) -> str:
    """Return a process's scheduling class and nice value."""
    classes = {os.SCHED_OTHER: "OTHER", os.SCHED_FIFO: "FIFO", os.SCHED_BATCH: "BATCH"}
    nice = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[16]
    return f"{classes.get(os.sched_getscheduler(pid), '?')} nice {nice}"


def busy_seconds(core: int) -> float:
    """Return how long a core has worked, for whomever."""
    line = re.search(rf"^cpu{core} (.*)$", Path("/proc/stat").read_text(), re.MULTILINE)
    assert line is not None
    user, nice, system, _idle, _waiting, *interrupts = map(int, line[1].split()[:8])
    return (user + nice + system + sum(interrupts)) / TICKS


class Meter(threading.Thread):
    """Measures the server's two processes, and their core, while all calls are up."""

    def __init__(self, control: int, media: int, *, begin: float, seconds: float) -> None:
        super().__init__(daemon=True)
        self._pids, self._begin, self._seconds = (control, media), begin, seconds
        self.control = self.media = self.others = 0.0
        """Percent of the core."""

    def run(self) -> None:
        time.sleep(self._begin)  # noqa: TID251 - beside other programs, in real time
        before = self._read()
        time.sleep(self._seconds)  # noqa: TID251 - beside other programs, in real time
        wall, control, media, core = np.subtract(self._read(), before)
        self.control, self.media = 100 * control / wall, 100 * media / wall
        self.others = 100 * (core - control - media) / wall

    def _read(self) -> tuple[float, ...]:
        used = (cpu_seconds(pid) for pid in self._pids)
        return (time.monotonic(), *used, busy_seconds(SERVER_CORE))


def counter(screen: str, name: str) -> int:
    """Return a cumulative count of SIPp's last screen."""
    found = re.findall(rf"{name}\s+\|\s+\d+\s+\|\s+(\d+)", screen)
    return int(found[-1]) if found else -1


def sent_again(screen: str) -> int:
    """Return how many messages SIPp sent or got more than once."""
    rows = re.findall(r"(?:-{9,}>|<-{9,})\s+(?:[BE]-RTD\d\s+)?\d+\s+(\d+)", screen)
    return sum(map(int, rows))


def measure(calls: int, seconds: float, *, rate: int = 0, user: int | None = None) -> Figures:
    """Have so many calls up for so many seconds and return the figures.

    Args:
        calls: at once.
        seconds: for which all of them are up.
        rate: new calls a second; by default all are there within five seconds.
        user: whose rights the server has, if not our own.
    """
    rate = rate or max(20, calls // 5)
    ramp = calls / rate
    talk = ramp + seconds + QUIET_BEFORE_BYE
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        heard = folder / "heard.npz"
        hearing = (
            *("--callers", str(calls), "--base", str(BASE), "--step", str(STEP), "--audio"),
            *("--seconds", str(talk + ramp + 60), "--speak", str(talk - QUIET_BEFORE_BYE)),
            *("--press", "2", "--press-after", "3", "--press-every", str(KEY_EVERY)),
        )
        with (
            serving(ROOT / "flows" / "front-desk", folder, core=SERVER_CORE, user=user) as server,
            ear(heard, *hearing, core=CALLERS_CORE),
        ):
            control, media = server.process.pid, server.media_process()
            classes = f"control {scheduling(control)}, media {scheduling(media)}"
            meter = Meter(control, media, begin=ramp + 0.5, seconds=seconds - 1)
            meter.start()
            screen = sipp(
                scenario(folder, talk),
                f"127.0.0.1:{server.port}",
                folder,
                *("-s", "front-desk", "-mp", str(SIPP_PORT), "-m", str(calls), "-l", str(calls)),
                *("-r", str(rate), "-p", "0"),
                core=CALLERS_CORE,
                may_fail=True,
            )
            meter.join()
        said = (folder / "output.txt").read_text()
        recording = Recording(heard)
        faults = [
            line
            for file in (folder / "journal").glob("*.jsonl")
            for line in file.read_text().splitlines()
            if '"bug"' in line or '"fault"' in line
        ]
    packets = re.search(r"audio packets: (\d+) out, (-?\d+) in, (-?\d+) lost", said)
    assert packets is not None, said
    dropped = int(recording.columns["dropped"][0])
    away = recording.deviations_ms()
    callers = recording.callers()
    return {
        "calls": calls,
        "seconds": seconds,
        "scheduling": classes,
        "failed_calls": calls - counter(screen, "Successful call"),
        "sip_sent_again": sent_again(screen),
        "faults": len(faults),
        "calls_with_audio": len(callers),
        "packets_out": len(away),
        "lost_out": sum(recording.lost(caller) for caller in callers) - dropped,
        "left_out": sum(recording.left_out(caller) for caller in callers) - dropped,
        "callers_too_slow_for": dropped,
        "packets_in": int(recording.columns["sent"].sum()),
        "lost_in": int(recording.columns["sent"].sum()) - int(packets[2]),
        "p50_ms": round(float(np.quantile(away, 0.5)), 3),
        "p99_ms": round(float(np.quantile(away, 0.99)), 3),
        "max_ms": round(float(away.max()), 1),
        "beyond_10_ms_percent": round(100 * float((away > 10).mean()), 4),
        "control_core_percent": round(meter.control, 1),
        "media_core_percent": round(meter.media, 1),
        "core_percent_per_call": round((meter.control + meter.media) / calls, 3),
        "others_core_percent": round(meter.others, 1),
    }


@pytest.mark.skipif(
    len(os.sched_getaffinity(0)) < 2, reason="the callers need a core of their own"
)
def test_300_calls_lose_nothing_and_keep_their_grid() -> None:
    figures = measure(300, 10)
    assert figures["failed_calls"] == figures["faults"] == 0
    assert figures["lost_out"] == figures["lost_in"] == 0
    assert float(figures["beyond_10_ms_percent"]) < 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=int, default=0, help="new calls a second")
    parser.add_argument("--user", type=int, help="run the server with this user's rights")
    options = parser.parse_args()
    figures = measure(options.calls, options.seconds, rate=options.rate, user=options.user)
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
