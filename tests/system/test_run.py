"""`dtmflow run` as a process of its own, called by telephones."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from dtmflow.sip.events import Answered, Ended, Failed
from support.peers import Running, serving
from system.caller import calling

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
    flow.write_text(FLOW.format(greeting="Old hello.", parting="Old goodbye.", target="parting"))

    async def body(server: Running) -> None:
        async with calling(server) as first:
            await first.until(Answered)
            await first.hears("Old hello.")
            flow.write_text(
                FLOW.format(greeting="New hello.", parting="New goodbye.", target="parting")
            )
            await asyncio.to_thread(server.says, "reloaded changing")
            async with calling(server) as second:
                await second.hears("New hello.")
                flow.write_text(FLOW.format(greeting="Bad.", parting="Bad.", target="nowhere"))
                said = await asyncio.to_thread(server.says, "the old version goes on")
                assert "F101" in said
                assert f"{flow}:" in said
                async with calling(server) as third:
                    await third.hears("New hello.")
                    third.phone.hangup()
                    await third.until(Ended)
                first.phone.press("1")
                await first.hears("Old goodbye.")
                await first.until(Ended)
                server.process.send_signal(signal.SIGTERM)
                await asyncio.to_thread(server.says, "draining: 1 call left")
                async with calling(server) as late:
                    refused = await late.until(Failed)
                    assert isinstance(refused, Failed)
                    assert refused.code == 503
                second.phone.press("1")
                await second.hears("New goodbye.")
                await second.until(Ended)

    with serving(flow, tmp_path) as server:
        asyncio.run(body(server))
        assert server.process.wait(20) == 0
        assert len(server.journal()) == 3


def test_a_flow_with_errors_is_not_served(tmp_path: Path) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text(FLOW.format(greeting="Hi.", parting="Bye.", target="nowhere"))
    with pytest.raises(AssertionError, match="F101"), serving(flow, tmp_path):
        pass


def test_a_flow_that_needs_what_the_line_cannot_do_is_refused_by_name_and_line(
    tmp_path: Path,
) -> None:
    flow = tmp_path / "flow.yaml"
    text = FLOW.format(greeting="Hi.", parting="Bye.", target="parting")
    flow.write_text(text.replace("{ handleTones: true }", "{ record: {} }, { handleTones: true }"))
    with pytest.raises(AssertionError, match=r"flow\.yaml:8:.*record"), serving(flow, tmp_path):
        pass
