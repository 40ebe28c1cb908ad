"""`dtmflow try`, unattended, as in the README."""

from __future__ import annotations

import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from dtmflow.media.codecs import Law, clip, decode
from dtmflow.ports import Utterance
from dtmflow.speech.espeak import EspeakSynthesizer
from support.hearing import likeness
from support.peers import ROOT

pytestmark = pytest.mark.system


def dtmflow(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dtmflow", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=90, cwd=folder, check=False
    )


def test_try_presses_the_keys_tells_what_is_heard_and_keeps_it(tmp_path: Path) -> None:
    done = dtmflow(tmp_path, "try", str(ROOT / "flows" / "hello"), "--keys", "ww")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Connected" in done.stdout
    words = done.stdout.split('hears "')[1].split('"')[0]
    with wave.open(str(tmp_path / "hello.wav")) as file:
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype("f8")
        assert file.getframerate() == 8000
    audio = EspeakSynthesizer().synthesize(Utterance(words))
    said = decode(clip(words, audio, Law.PCMU).payload, Law.PCMU).astype("f8")
    assert likeness(heard, said)[0] > 0.999


def test_a_pressed_key_leads_on(tmp_path: Path) -> None:
    done = dtmflow(tmp_path, "try", str(ROOT / "flows" / "front-desk"), "--keys", "w2w1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ToneReceived tone=2" in done.stdout
    assert "-> answers/hours" in done.stdout
    assert "ToneReceived tone=1" in done.stdout


def test_keys_that_no_telephone_has_are_wrong_usage(tmp_path: Path) -> None:
    done = dtmflow(tmp_path, "try", str(ROOT / "flows" / "hello"), "--keys", "x")
    assert done.returncode == 2
    assert "--keys" in done.stderr
