"""SIPp is the caller: it signals and presses a key; an ear of its own process listens."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from interop.counts import Counts, counting
from interop.prompts import FRONT_DESK, hours, states, welcome
from support.hearing import Recording, likeness, linear_to_mu_law, mu_law_to_linear
from support.peers import PATIENCE, Running, ear, missing, serving, sipp
from support.sip_wire import Call
from system.hostility import invites, send

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(bool(missing("sipp")), reason=missing("sipp")),
]

HERE = Path(__file__).parent
KEYS = Path("/usr/share/sip-tester")
CALLS = 20
BASE = 14000
STEP = 4
SIPP_PORT = 13000
"""SIPp binds its -mp for itself; the scenario puts the callers 1000 above, 4 apart."""

REJECTS = """\
version: 1
name: shop
states:
  ringing: {{ do: [ {{ reject: {code} }} ], on: {{ Disconnected: end }} }}
"""
RINGS = """\
version: 1
name: shop
states:
  ringing: { do: ring, after: { 20s: taken } }
  taken: { do: answer, on: { Connected: talking } }
  talking: { do: [ { say: You are through. } ], after: { 60s: end } }
"""
ANSWERS = """\
version: 1
name: shop
states:
  ringing: { do: answer, on: { Connected: talking } }
  talking: { do: [ { say: You are through. } ], after: { 60s: end } }
"""


def scenario(folder: Path, name: str, **values: str) -> Path:
    """Write a scenario with its values filled in."""
    text = (HERE / f"{name}.xml").read_text()
    for key, value in values.items():
        text = text.replace(key, value)
    written = folder / f"{name}.xml"
    written.write_text(text)
    return written


def call(
    server: Running, written: Path, folder: Path, *options: str, calls: int = CALLS
) -> Counts:
    """Let SIPp call; returns what it counted."""
    counts = folder / "counts.csv"
    own = ("-mp", str(SIPP_PORT), "-m", str(calls), "-l", str(calls), "-p", str(server.port + 1))
    target = f"{server.host}:{server.port}"
    sipp(written, target, folder, *own, *counting(counts), *options, may_fail=True)
    return Counts(counts)


def press_2(folder: Path, *options: str, port: int) -> tuple[Counts, Recording, Running]:
    """Let 20 callers at once press 2 in the front desk."""
    heard = folder / "heard.npz"
    place = ("--callers", str(CALLS), "--base", str(BASE), "--step", str(STEP), "--seconds", "90")
    values = {"LISTEN_MS": "9000", "THEN_MS": "4500"}
    written = scenario(folder, "caller", DTMF_PCAP=str(KEYS / "dtmf_2833_2.pcap"), **values)
    with serving(FRONT_DESK, folder, port=port) as server, ear(heard, *place):
        counts = call(server, written, folder, "-s", "front-desk", "-r", "20", *options)
    return counts, Recording(heard), server


def test_twenty_callers_at_once_hear_the_welcome_and_what_stands_behind_their_key(
    tmp_path: Path,
) -> None:
    counts, recording, server = press_2(tmp_path, port=5160)
    assert counts.failures == {}
    assert counts["SuccessfulCall"] == CALLS
    assert counts["OutOfCallMsgs"] == counts["DeadCallMsgs"] == counts["Warnings"] == 0
    assert len(recording.callers()) == CALLS
    for caller in recording.callers():
        heard = recording.heard(caller)
        first, at = likeness(heard, welcome())
        second, behind = likeness(heard, hours())
        assert first > 0.999, f"caller {caller}: the welcome was not heard ({first:.3f})"
        assert second > 0.999, f"caller {caller}: the hours were not heard ({second:.3f})"
        assert behind >= at + len(welcome())
        assert recording.lost(caller) == 0
    journals = server.journal()
    assert len(journals) == CALLS
    for journal in journals:
        path = states(journal)
        assert path[0] == "ringing"
        assert any(state.startswith("main") for state in path)
        assert any("hours" in state for state in path)
        assert codes(journal) == [200]


def codes(journal: list[dict[str, object]]) -> list[int]:
    """Return the codes with which the call ended."""
    events = [json.loads(json.dumps(line["event"])) for line in journal]
    return [event["internalCode"] for event in events if event["name"] == "caller.Disconnected"]


def test_every_call_completes_when_one_packet_in_twenty_is_lost(tmp_path: Path) -> None:
    counts, recording, server = press_2(tmp_path, "-lost", "5", port=5170)
    assert counts.failures == {}
    assert counts["SuccessfulCall"] == CALLS
    assert len(recording.callers()) == CALLS
    assert [codes(journal) for journal in server.journal()] == [[200]] * CALLS


@pytest.mark.parametrize("code", [486, 603])
def test_a_caller_is_refused_with_the_code_of_the_flow(tmp_path: Path, code: int) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text(REJECTS.format(code=code))
    written = scenario(tmp_path, "refused", CODE=str(code))
    with serving(flow, tmp_path, port=5180) as server:
        counts = call(server, written, tmp_path, "-s", "shop", "-r", "20")
        assert counts.failures == {}
        assert counts["SuccessfulCall"] == CALLS
        assert counts["OutOfCallMsgs"] == counts["DeadCallMsgs"] == 0
    assert [codes(journal) for journal in server.journal()] == [[code]] * CALLS


def test_callers_beyond_max_calls_are_refused_with_503(tmp_path: Path) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text(RINGS)
    written = scenario(tmp_path, "refused", CODE="503")
    with serving(flow, tmp_path, "--max-calls", "1", port=5190) as server:
        send(("127.0.0.1", server.port), invites(Call(), 1, "first"), pause_every=1)
        counts = call(server, written, tmp_path, "-s", "shop", "-r", "20")
        assert counts.failures == {}
        assert counts["SuccessfulCall"] == CALLS
        server.process.terminate()
        server.says("draining: 1 call left")
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
    assert f"stopped after 1 call (1 failed, {CALLS} more refused (503))" in server.says("stopped")


def test_a_caller_that_gives_up_while_it_rings_gets_487(tmp_path: Path) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text(RINGS)
    written = scenario(tmp_path, "gives_up")
    with serving(flow, tmp_path, port=5200) as server:
        counts = call(server, written, tmp_path, "-s", "shop", "-r", "20")
        assert counts.failures == {}
        assert counts["SuccessfulCall"] == CALLS
    assert [codes(journal) for journal in server.journal()] == [[487]] * CALLS


def test_a_caller_holds_and_takes_back(tmp_path: Path) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text(ANSWERS)
    written = scenario(tmp_path, "holds")
    with serving(flow, tmp_path, port=5210) as server:
        counts = call(server, written, tmp_path, "-s", "shop", "-r", "20")
        assert counts.failures == {}
        assert counts["SuccessfulCall"] == CALLS
    for journal in server.journal():
        names = [json.loads(json.dumps(line["event"]))["name"] for line in journal]
        changes = [name for name in names if name.endswith(("ReInviteReceived", "Hold"))]
        assert changes == [
            "caller.ReInviteReceived",
            "caller.OnHold",
            "caller.ReInviteReceived",
            "caller.OffHold",
        ]
        assert codes(journal) == [200]


def test_the_formula_of_the_ear_is_its_own_inverse() -> None:
    codes = np.arange(256, dtype="u1")
    values = mu_law_to_linear(codes)
    assert (mu_law_to_linear(linear_to_mu_law(values)) == values).all()
