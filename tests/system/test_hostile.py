"""A call goes on while somebody else attacks the ports that it uses."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import numpy as np
import pytest

from support.hearing import Recording
from support.peers import Running, ear, serving
from system import hostility
from system.raw_peer import RawPeer, audio_port

pytestmark = pytest.mark.system

FLOW = """\
version: 1
name: shop
states:
  ringing: { do: answer, on: { Connected: talking } }
  talking:
    do: [ { handleTones: true }, { say: Press a key when you like. } ]
    on: { PlaybackFinished: talking, ToneReceived: pressed }
  pressed: { prompt: { say: Goodbye. }, to: end }
"""
EAR = 13500


def resident(process: int) -> int:
    """Return the memory of a process in bytes."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096


def test_a_call_is_not_disturbed_by_garbage_floods_and_forged_messages(tmp_path: Path) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text(FLOW)
    chance = random.Random(4)  # noqa: S311 - attacks, not secrets

    async def body(server: Running) -> None:
        peer = RawPeer((server.host, server.port))
        try:
            offer = peer.offer().replace(f"m=audio {peer.rtp_port}", f"m=audio {EAR}")
            ok = await peer.connect(offer)
            await asyncio.sleep(0.5)
            before = resident(server.process.pid)
            here, invite = peer.server, peer.call.request("INVITE", offer)
            attacks = (
                (here, hostility.garbage(chance, 1500)),
                (here, hostility.almost_sip(invite, chance, 1000)),
                (here, hostility.nobodys(peer.call)),
                (here, hostility.invites(peer.call, 1500, "flood")),
                (("127.0.0.1", audio_port(ok)), hostility.false_audio(chance, 400)),
            )
            for target, datagrams in attacks:
                assert await asyncio.to_thread(hostility.send, target, datagrams) > 0
                peer.send_next("OPTIONS")
                await peer.response(200)
            assert resident(server.process.pid) - before < 100 << 20
            await asyncio.sleep(0.5)
            peer.send_next("BYE")
            await peer.response(200)
        finally:
            peer.close()

    heard = tmp_path / "heard.npz"
    with serving(flow, tmp_path, "--max-calls", "100") as server:
        with ear(heard, "--callers", "1", "--base", str(EAR), "--seconds", "60", "--audio"):
            asyncio.run(body(server))
        server.process.kill()  # the flood left calls that nobody will acknowledge
    recording = Recording(heard)
    assert recording.lost(0) == 0
    late, packets = recording.late_share(40)
    assert packets > 50
    assert late < 0.02
    assert len(np.unique(recording.columns["ssrc"])) == 1
    told = [[line["event"]["name"] for line in journal] for journal in server.journal()]  # type: ignore[index]
    (names,) = [each for each in told if "caller.Connected" in each]
    assert names.count("caller.Disconnected") == 1
    assert "caller.ToneReceived" not in names
    assert "finish:hangup" in names
    assert "Traceback" not in server.output.read_text()
