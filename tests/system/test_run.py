"""`dtmflow run` as a process of its own, called by telephones."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dtmflow.sip.events import Answered, Ended, Failed
from dtmflow.sip.messages import Response
from support.peers import Running, serving
from system.caller import Caller, calling
from system.raw_peer import RawPeer

pytestmark = pytest.mark.system

FLOW = """\
version: 1
name: changing
states:
  ringing:
    do: answer
    on: {{ Connected: greeting }}
  greeting:
    do: [ {{ say: {greeting} }}, {{ handleTones: true }} ]
    on: {{ ToneReceived: parting }}
    after: {{ 60s: {target} }}
  parting:
    prompt: {{ say: {parting} }}
    to: end
"""


def test_a_change_is_for_new_calls_a_broken_one_for_none_and_sigterm_drains(
    tmp_path: Path,
) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text(FLOW.format(greeting="Old.", parting="Old end.", target="parting"))

    async def body(server: Running) -> None:
        async with calling(server) as first:
            await first.until(Answered)
            await first.hears("Old.")
            flow.write_text(FLOW.format(greeting="New.", parting="New end.", target="parting"))
            await asyncio.to_thread(server.says, "reloaded changing")
            async with calling(server) as second:
                await second.hears("New.")
                flow.write_text(FLOW.format(greeting="Bad.", parting="Bad.", target="nowhere"))
                said = await asyncio.to_thread(server.says, "the old version goes on")
                assert "F101" in said
                assert f"{flow}:" in said
                async with calling(server) as third:
                    await third.hears("New.")
                    third.phone.hangup()
                    await third.until(Ended)
                first.phone.press("1")
                await first.hears("Old end.")
                await first.until(Ended)
                server.process.send_signal(signal.SIGTERM)
                await asyncio.to_thread(server.says, "draining: 1 call left")
                async with calling(server) as late:
                    refused = await late.until(Failed)
                    assert isinstance(refused, Failed)
                    assert refused.code == 503
                second.phone.press("1")
                await second.hears("New end.")
                await second.until(Ended)

    with serving(flow, tmp_path) as server:
        asyncio.run(body(server))
        assert server.process.wait(20) == 0
        assert len(server.journal()) == 3


def test_nobody_reads_its_output_and_a_second_signal_ends_the_calls_that_are_left(
    tmp_path: Path,
) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text(FLOW.format(greeting="Hello.", parting="Bye.", target="parting"))
    command = [sys.executable, "-m", "dtmflow", "run", str(flow), "--sip", "127.0.0.1:0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    assert process.stdout is not None
    port = int(process.stdout.readline().rpartition(":")[2])
    process.stdout.close()

    async def body() -> None:
        caller, other = Caller(), RawPeer(("127.0.0.1", port))
        await caller.phone.open()
        try:
            caller.phone.dial(f"sip:changing@127.0.0.1:{port}")
            await caller.until(Answered)
            process.send_signal(signal.SIGTERM)
            codes = [200]
            while codes[-1] == 200:  # the signal may be slower than a datagram
                other.send_next("OPTIONS")
                answer = await other.receive()
                assert isinstance(answer, Response)
                codes.append(answer.code)
            assert codes[-1] == 503
            assert not any(isinstance(event, Ended) for event in caller.events)
            process.send_signal(signal.SIGINT)
            await caller.until(Ended)
        finally:
            caller.phone.close()
            other.close()

    try:
        asyncio.run(body())
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
