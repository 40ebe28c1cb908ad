"""baresip calls, presses a key, hears, and hangs up or is hung up."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from interop.prompts import FRONT_DESK, hours, states, welcome
from interop.softphone import MODULES, softphone
from support.hearing import likeness
from support.peers import PATIENCE, Running, missing, serving

WHY = missing("baresip") or ("" if MODULES.is_dir() else f"baresip's modules are not in {MODULES}")
pytestmark = [pytest.mark.interop, pytest.mark.skipif(bool(WHY), reason=WHY)]


def finished(server: Running, times: int) -> None:
    """Wait until so many prompts have been played to their end in the only session."""
    end = time.monotonic() + PATIENCE
    while True:
        lines = [json.dumps(line) for journal in server.journal() for line in journal]
        if sum("PlaybackFinished" in line for line in lines) >= times:
            return
        assert time.monotonic() < end, lines
        time.sleep(0.05)  # noqa: TID251 - another process, in real time


@pytest.mark.parametrize("codec", ["pcmu", "pcma"])
def test_baresip_hears_the_welcome_presses_2_hears_the_hours_and_hangs_up(
    tmp_path: Path, codec: str
) -> None:
    with (
        serving(FRONT_DESK, tmp_path) as server,
        softphone(tmp_path, port=15000, codec=codec) as phone,
    ):
        phone.command("dial", f"sip:front-desk@127.0.0.1:{server.port}")
        phone.says("Call established")
        finished(server, 1)
        phone.command("sndcode", "2")
        finished(server, 2)
        time.sleep(0.5)  # noqa: TID251 - what is in baresip's jitter buffer would be cut off
        phone.command("hangup")
        phone.says("terminated")
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
    (journal,) = server.journal()
    path = states(journal)
    assert path[0] == "ringing"
    assert "main/play" in path
    assert "answers/hours/play" in path
    end = next(line for line in journal if "caller.Disconnected" in json.dumps(line["event"]))
    assert end["event"]["internalCode"] == 200  # type: ignore[index]
    heard = phone.heard()
    (first, at), (second, behind) = likeness(heard, welcome()), likeness(heard, hours())
    # Through A-law the prompt is not the one that mu-law gives, bit for bit.
    assert min(first, second) > 0.99, f"the welcome {first:.4f}, the hours {second:.4f}"
    assert behind >= at + len(welcome())
