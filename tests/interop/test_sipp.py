"""SIPp is the caller: it signals and presses a key; an ear of its own process listens."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from dtmflow.media.codecs import Law, clip
from dtmflow.ports import Utterance
from dtmflow.speech.espeak import EspeakSynthesizer
from support.hearing import Recording, likeness, linear_to_mu_law, mu_law_to_linear
from support.peers import ROOT, ear, missing, serving, sipp

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(bool(missing("sipp")), reason=missing("sipp")),
]

SCENARIO = Path(__file__).with_name("caller.xml")
KEYS = Path("/usr/share/sip-tester")
FRONT_DESK = ROOT / "flows" / "front-desk"
BASE = 20000
STEP = 4
SIPP_PORT = 19000
"""SIPp binds its -mp for itself; the scenario puts the callers 1000 above, 4 apart."""


def scenario(folder: Path, *, key: str = "2", listen_ms: int = 9000, then_ms: int = 4500) -> Path:
    """Write the scenario of one kind of caller."""
    text = SCENARIO.read_text()
    text = text.replace("DTMF_PCAP", str(KEYS / f"dtmf_2833_{key}.pcap"))
    text = text.replace("LISTEN_MS", str(listen_ms)).replace("THEN_MS", str(then_ms))
    written = folder / "caller.xml"
    written.write_text(text)
    return written


def spoken(text: str) -> np.ndarray:
    """Return a text as it sounds after G.711, synthesised apart from the program that runs."""
    audio = EspeakSynthesizer().synthesize(Utterance(text))
    payload = np.frombuffer(clip(text, audio, Law.PCMU).payload, "u1")
    return mu_law_to_linear(payload)


def said_in(flow: Path, *path: str) -> str:
    """Return the words that stand at a place of a flow, read by a stock YAML loader."""
    node = YAML(typ="safe").load(flow)
    for key in path:
        node = node[key]
    return str(node["say"])


def states(journal: list[dict[str, object]]) -> list[str]:
    """Return the states that a session went through, each once in a row."""
    path: list[str] = []
    for line in journal:
        state = str(line["state"])
        if state and (not path or path[-1] != state):
            path.append(state)
    return path


def call(
    folder: Path, port: int, *, calls: int, options: tuple[str, ...] = (), rate: int = 20
) -> tuple[str, Recording, list[list[dict[str, object]]]]:
    """Let `calls` callers press 2 in the front desk; returns SIPp's screen, audio and journals."""
    heard = folder / "heard.npz"
    with (
        serving(FRONT_DESK, folder, port=port) as server,
        ear(
            heard,
            "--callers",
            str(calls),
            "--base",
            str(BASE),
            "--step",
            str(STEP),
            "--seconds",
            "90",
        ),
    ):
        screen = sipp(
            scenario(folder),
            f"127.0.0.1:{port}",
            folder,
            *("-s", "front-desk", "-mp", str(SIPP_PORT), "-m", str(calls), "-l", str(calls)),
            *("-r", str(rate), "-p", str(port + 1), *options),
        )
        journals = server.journal()
    return screen, Recording(heard), journals


def test_twenty_callers_at_once_hear_the_welcome_and_what_stands_behind_their_key(
    tmp_path: Path,
) -> None:
    calls = 20
    screen, recording, journals = call(tmp_path, 5160, calls=calls)
    assert re.search(rf"Successful call\s+\|\s+\d+\s+\|\s+{calls}\b", screen), screen[-2000:]
    assert re.search(r"Failed call\s+\|\s+\d+\s+\|\s+0\b", screen), screen[-2000:]
    assert "unexpected" not in screen.lower().replace("unexpected-msg", "")
    assert len(recording.callers()) == calls
    flow = FRONT_DESK / "flow.yaml"
    welcome = spoken(said_in(flow, "states", "main", "menu"))
    hours = spoken(said_in(flow, "states", "answers", "states", "hours", "prompt"))
    for caller in recording.callers():
        heard = recording.heard(caller)
        first, at = likeness(heard, welcome)
        second, behind = likeness(heard, hours)
        assert first > 0.999, f"caller {caller}: the welcome was not heard ({first:.3f})"
        assert second > 0.999, f"caller {caller}: the hours were not heard ({second:.3f})"
        assert behind >= at + len(welcome)
        assert recording.lost(caller) == 0
    assert len(journals) == calls
    for journal in journals:
        path = states(journal)
        assert path[0] == "ringing"
        assert any(state.startswith("main") for state in path)
        assert any("hours" in state for state in path)


def test_every_call_completes_when_one_packet_in_twenty_is_lost(tmp_path: Path) -> None:
    calls = 20
    screen, recording, _ = call(tmp_path, 5170, calls=calls, options=("-lost", "5"))
    assert re.search(rf"Successful call\s+\|\s+\d+\s+\|\s+{calls}\b", screen), screen[-2000:]
    assert len(recording.callers()) == calls


def test_the_formula_of_the_ear_is_its_own_inverse() -> None:
    codes = np.arange(256, dtype="u1")
    values = mu_law_to_linear(codes)
    assert (mu_law_to_linear(linear_to_mu_law(values)) == values).all()
