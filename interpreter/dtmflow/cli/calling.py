"""The caller of `dtmflow try`: a phone whose keys are the keyboard's, or a row of them."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dtmflow.cli.screen import Screen
from dtmflow.cli.terminal import wants_colour
from dtmflow.clock import LoopClock
from dtmflow.errors import UsageError
from dtmflow.media.codecs import RATE
from dtmflow.media.packets import TONES
from dtmflow.sip.events import Address, Answered, Ended, Failed, Ringing, SipEvent
from dtmflow.testing.phone import Phone

PAUSE_SECONDS = 0.5
KEY_SECONDS = 0.25
"""From one key to the next: 160 ms for the key, the rest for the pause after it."""
QUIET_SECONDS = 1.5
"""Nothing that has been waited for so long in silence will come any more."""
LONGEST_SECONDS = 120.0
"""And at the latest after so long."""
_TICK = 0.05

OnAudio = Callable[[NDArray[np.int16]], None]


class Caller:
    """One call from the terminal. All methods belong to one asyncio loop."""

    def __init__(self, keys: str | None, on_audio: OnAudio | None = None) -> None:
        self._keys = None if keys is None else deque(keys)
        self._on_audio = on_audio
        self.screen = Screen(_print, colour=wants_colour(sys.stdout))
        """Prints the flow's journal."""
        self._over = asyncio.Event()
        self._answered = asyncio.Event()
        self._failure = ""

    async def call(self, flow: str, address: Address, number: str, wav: Path) -> int:
        """Call a flow and stay until the call ends; returns the exit code."""
        phone = Phone(LoopClock(), self._on_event, on_audio=self._on_audio)
        await phone.open()
        try:
            uri = f"sip:{flow}@{address[0]}:{address[1]}"
            _print(f"calling {uri} as {number}")
            phone.dial(uri, caller=number)
            with self._hang_up_on_signals(phone), self._keyboard(phone):
                await self._lead(phone)
            await self._flow_end()
        finally:
            phone.close()
        return self._farewell(phone, wav)

    async def _lead(self, phone: Phone) -> None:
        """Press the keys that were given, then hang up; at a keyboard just wait for the end."""
        if self._keys is not None:
            waiting = asyncio.ensure_future(self._over.wait())
            pressing = asyncio.ensure_future(self._press_all(phone, self._keys))
            await asyncio.wait((waiting, pressing), return_when=asyncio.FIRST_COMPLETED)
            pressing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await pressing
            waiting.cancel()
            if not self._over.is_set():
                phone.hangup()
        await self._over.wait()

    async def _press_all(self, phone: Phone, keys: deque[str]) -> None:
        """Press and wait as the keys say, then hear the prompt that the last key led to."""
        await self._answered.wait()
        before, pressed, key = 0, False, ""
        while keys:
            key = keys.popleft()
            if key in TONES:
                _print(f"         presses {key}")
                before, pressed = self.screen.begun, True
                phone.press(key)
                await asyncio.sleep(KEY_SECONDS)
            elif key == "w":
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                await self._heard_after(before)
                before = self.screen.heard
        if key != "W":
            await self._heard_after(before if pressed else sys.maxsize)

    async def _heard_after(self, before: int) -> None:
        """Wait until a prompt later than number `before` has ended, or none plays for a while."""
        quiet = waited = 0.0
        while self.screen.heard <= before and quiet < QUIET_SECONDS and waited < LONGEST_SECONDS:
            await asyncio.sleep(_TICK)
            waited += _TICK
            quiet = 0.0 if self.screen.playing else quiet + _TICK

    async def _flow_end(self) -> None:
        """The flow hears of the end a moment later than the caller; wait for its last line."""
        for _ in range(100):
            if self.screen.outcome is not None or self._failure:
                return
            await asyncio.sleep(0.01)

    def _on_event(self, event: SipEvent) -> None:
        match event:
            case Ringing():
                _print("         rings")
            case Answered():
                self._answered.set()
            case Ended():
                self._over.set()
            case Failed(code=code, reason=reason):
                self._failure = f"{code} {reason}"
                self._over.set()
            case _:
                pass

    @contextlib.contextmanager
    def _keyboard(self, phone: Phone) -> Iterator[None]:
        """Read single keys while the call lasts, when a terminal is there."""
        if self._keys is not None or not sys.stdin.isatty():
            yield
            return
        import termios
        import tty

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        tty.setcbreak(descriptor)
        loop = asyncio.get_running_loop()
        loop.add_reader(descriptor, lambda: self._read(phone, descriptor))
        _print("         type 0-9 * # to press keys, q to hang up")
        try:
            yield
        finally:
            loop.remove_reader(descriptor)
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    def _read(self, phone: Phone, descriptor: int) -> None:
        """Take all that was typed; a terminal that is gone has hung up."""
        try:
            typed = os.read(descriptor, 1024)
        except OSError:
            typed = b""
        if not typed:
            asyncio.get_running_loop().remove_reader(descriptor)
        for key in typed.decode(errors="replace") or "q":
            if key in TONES:
                _print(f"         presses {key}")
                phone.press(key)
            elif key in {"q", "\x04"}:
                phone.hangup()

    @contextlib.contextmanager
    def _hang_up_on_signals(self, phone: Phone) -> Iterator[None]:
        """Let the first Ctrl-C or SIGTERM end the call and nothing else; the next one is rude."""
        loop = asyncio.get_running_loop()

        def remove() -> None:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

        def stop() -> None:
            remove()
            phone.hangup()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        try:
            yield
        finally:
            remove()

    def _farewell(self, phone: Phone, wav: Path) -> int:
        if self._failure:
            _print(f"the call was not taken: {self._failure}")
            return 1
        try:
            phone.write_wav(wav)
        except OSError as problem:
            raise UsageError(f"{wav}: {problem.strerror}") from problem
        seconds = len(phone.heard()) / RATE
        _print(f"ended: {self.screen.outcome}; {seconds:.1f} s were heard, see {wav}")
        return int(self.screen.outcome == "fault")


def sound_card() -> OnAudio | None:
    """Return what plays 16-bit samples at 8 kHz on the default device; None where none is.

    The package sounddevice, of the extra `audio`, brings the way to the device.
    """
    try:
        sounddevice: Any = importlib.import_module("sounddevice")
        stream = sounddevice.RawOutputStream(samplerate=RATE, channels=1, dtype="int16")
        stream.start()
    except (ImportError, OSError):
        return None
    except Exception as problem:
        if type(problem).__name__ != "PortAudioError":  # its class is known once it is imported
            raise
        return None

    def play(samples: NDArray[np.int16]) -> None:
        # Never wait for the device: the loop that hands us audio also carries the call.
        if stream.write_available >= len(samples):
            stream.write(samples.tobytes())

    return play


def _print(text: str) -> None:
    print(text, flush=True)
