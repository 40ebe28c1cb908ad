from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from dtmflow.cli.calling import Caller
from dtmflow.cli.screen import Screen

pytestmark = pytest.mark.unit


class Receiver:
    """Stands for the telephone: notes what is done with it."""

    def __init__(self) -> None:
        self.done = ""

    def press(self, key: str) -> None:
        self.done += key

    def hangup(self) -> None:
        self.done += " hung up"


@pytest.mark.parametrize(
    ("typed", "done"),
    [(b"12#", "12#"), (b"a\xff\n7", "7"), (b"3q", "3 hung up"), (b"\x04", " hung up")],
)
def test_keys_that_are_typed_or_pasted_are_pressed_in_order(typed: bytes, done: str) -> None:
    assert read(typed) == done


def test_a_terminal_that_is_gone_hangs_up() -> None:
    assert read(b"") == " hung up"


def read(typed: bytes) -> str:
    """Return what becomes of bytes at the keyboard."""
    receiver: Any = Receiver()

    async def body() -> None:
        source, end = os.pipe()
        os.write(end, typed)
        os.close(end)
        Caller(None)._read(receiver, source)
        os.close(source)

    asyncio.run(body())
    return str(receiver.done)


def line(name: str, *actions: str) -> dict[str, Any]:
    return {
        "t": 0.0,
        "state": "main",
        "event": {"name": name},
        "actions": [{f"caller.{action}": {"text": "Hello."}} for action in actions],
    }


def test_the_screen_counts_the_prompts_that_were_begun_and_heard_to_their_end() -> None:
    screen = Screen([].append, colour=False)

    def after(name: str, *actions: str) -> tuple[int, int, bool]:
        screen.write(line(name, *actions))
        return screen.begun, screen.heard, screen.playing

    assert after("caller.Connected", "say") == (1, 0, True)
    assert after("caller.ToneReceived", "say") == (2, 0, True)  # the first one is not heard out
    assert after("caller.PlaybackFinished", "say") == (3, 2, True)
    assert after("caller.ToneReceived", "stopPlayback") == (3, 2, False)
    assert after("caller.ToneReceived", "startPlayback") == (4, 2, True)
    assert after("caller.Disconnected") == (4, 2, False)
