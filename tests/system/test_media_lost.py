"""The media process of `dtmflow run` is killed while calls run."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from dtmflow.sip.events import Answered, Ended
from support.peers import Running, serving
from system.caller import calling

pytestmark = pytest.mark.system

FLOW = """\
version: 1
name: patient
states:
  ringing:
    do: answer
    on: { Connected: greeting }
  greeting:
    do: { say: "Hello." }
    after: { 60s: end }
"""


def test_calls_end_when_their_audio_dies_and_the_next_caller_hears_the_prompt(
    tmp_path: Path,
) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text(FLOW)

    async def body(server: Running) -> None:
        for _ in range(2):
            killed = server.media_process()
            async with calling(server) as first, calling(server) as second:
                for caller in (first, second):
                    await caller.until(Answered)
                    await caller.hears("Hello.")
                os.kill(killed, signal.SIGKILL)
                for caller in (first, second):
                    await caller.until(Ended)
            async with calling(server) as at_once:
                await at_once.until(Answered)
                await at_once.hears("Hello.")
                at_once.phone.hangup()
                await at_once.until(Ended)
            assert server.media_process() != killed

    with serving(flow, tmp_path) as server:
        asyncio.run(body(server))
        said = server.says("it is started again")
    assert server.process.returncode == 0
    assert said.count("it is started again") == 2
    assert len(server.journal()) == 6


def test_a_program_whose_media_process_is_gone_still_drains(tmp_path: Path) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text(FLOW)
    with serving(flow, tmp_path) as server:
        os.kill(server.media_process(), signal.SIGKILL)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
