"""`dtmflow try` as a program: unattended as in the README, and at a real terminal."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import sys
import termios
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from dtmflow.cli.main import main
from dtmflow.media.codecs import Law, clip, decode
from dtmflow.ports import Utterance
from dtmflow.speech.espeak import EspeakSynthesizer
from support.hearing import likeness
from support.peers import PATIENCE

pytestmark = pytest.mark.system

FLOW = """\
version: 1
name: keys
states:
  ringing: { do: answer, on: { Connected: main } }
  main:
    menu: { say: Press a key now., timeout: 5s, choices: { "1": one, "2": two } }
    on: { exhausted: end }
  one: { prompt: { say: One it is. }, to: main }
  two: { prompt: { say: Two it is. }, to: main }
"""


@pytest.fixture
def flow(tmp_path: Path) -> str:
    file = tmp_path / "flow.yaml"
    file.write_text(FLOW)
    return str(file)


def spoken(words: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return a text as it sounds after G.711."""
    audio = EspeakSynthesizer().synthesize(Utterance(words))
    return decode(clip(words, audio, Law.PCMU).payload, Law.PCMU).astype("f8")


def heard(file: Path) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    with wave.open(str(file)) as opened:
        assert opened.getframerate() == 8000
        return np.frombuffer(opened.readframes(opened.getnframes()), "<i2").astype("f8")


def test_try_presses_the_keys_tells_what_is_heard_keeps_it_and_hangs_up_behind_the_last_prompt(
    tmp_path: Path, flow: str
) -> None:
    command = [sys.executable, "-m", "dtmflow", "try", flow, "--keys", "W2W1"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=90, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    steps = ["Connected", "tone=2", "-> two", "tone=1", "-> one", "PlaybackFinished"]
    places = [done.stdout.index(step) for step in steps[:-1]]
    assert places == sorted(places)
    assert steps[-1] in done.stdout[places[-1] :]
    menu, two, one = "Press a key now.", "Two it is.", "One it is."
    assert re.findall(r'hears "(.*)"', done.stdout)[:4] == [menu, two, menu, one]
    sound = heard(tmp_path / "keys.wav")
    (first, _), (second, at), (third, behind) = (
        likeness(sound, spoken(text)) for text in (menu, two, one)
    )
    assert min(first, second, third) > 0.999
    assert behind - at < len(spoken(two)) + 4000, "W waited for the menu as well"
    assert len(sound) - behind < len(spoken(one)) + 4000, "the end waited for the menu as well"


@pytest.mark.parametrize("arguments", [["--keys", "x"], ["--wav", "nowhere/heard.wav"]])
def test_wrong_options_are_wrong_usage(
    flow: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["try", flow, *arguments]) == 2
    assert arguments[0] in capsys.readouterr().err


class Terminal:
    """A program at a terminal of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.text = ""
        self.child, self.master = pty.fork()
        if not self.child:
            os.chdir(folder)
            os.environ["TERM"] = "dumb"
            command = [sys.executable, "-m", "dtmflow", *arguments]
            os.execv(sys.executable, command)  # noqa: S606 - a program of ours
        self.before = termios.tcgetattr(self.master)

    def until(self, words: str) -> None:
        """Read until it has printed the words since the last time."""
        end = time.monotonic() + PATIENCE
        while words not in self.text:
            assert time.monotonic() < end, f"never said {words!r}: {self.text}"
            self.text += os.read(self.master, 4096).decode()
        self.text = self.text.partition(words)[2]

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def ends(self) -> int:
        """Read on to the end; returns the exit code."""
        with contextlib.suppress(OSError):  # EIO: nobody holds the terminal any more
            while more := os.read(self.master, 4096):
                self.text += more.decode()
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])


def test_at_a_terminal_typed_keys_are_pressed_and_the_terminal_is_given_back(
    tmp_path: Path, flow: str
) -> None:
    terminal = Terminal(tmp_path, "try", flow)
    terminal.until("type 0-9 * #")
    terminal.until("PlaybackStarted")
    assert not termios.tcgetattr(terminal.master)[3] & (termios.ICANON | termios.ECHO)
    terminal.type("21")  # pasted: both at once
    terminal.until("ToneReceived tone=2")
    terminal.until("-> two")
    terminal.until("ToneReceived tone=1")
    terminal.type("\x03")  # Ctrl-C
    terminal.until("ended: hangup")
    assert termios.tcgetattr(terminal.master) == terminal.before
    assert terminal.ends() == 0
    assert len(heard(tmp_path / "keys.wav")) > 1600
