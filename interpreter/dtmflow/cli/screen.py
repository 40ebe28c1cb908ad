"""What a person watching a call reads: events, states, words, as the journal tells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dtmflow.cli.terminal import Style, paint

_SILENT = frozenset(("StateChanged", "PlaybackReady", "AudioQualityDetected"))
"""Events that tell a watcher nothing which the others do not tell better."""


class Screen:
    """A journal that prints each line as it is written. Secrets come masked already."""

    def __init__(self, write: Callable[[str], None], *, colour: bool) -> None:
        self._write, self._colour = write, colour
        self._state = ""
        self.begun = 0
        """How many prompts were begun; a new one replaces what plays."""
        self.heard = 0
        """Number of the newest prompt that was heard to its end."""
        self.playing = False
        """Whether a prompt plays now."""
        self.outcome: str | None = None
        """How the flow ended; None while it runs."""

    def write(self, record: dict[str, Any]) -> None:
        """Print what a journal line tells."""
        event = record["event"]
        leg, _, name = str(event["name"]).rpartition(".")
        time = f"{record['t']:7.2f}  "
        if leg and name not in _SILENT:
            self._write(time + name + self._fields(event))
        elif str(event["name"]).startswith("after:"):
            self._write(time + "timeout")
        elif not leg and name not in {"start", "session", "end"} and ":" not in name:
            self._write(time + name + self._fields(event))
        self._follow_sound(name)
        if record["state"] != self._state:
            self._state = record["state"]
            if self._state:
                self._write(" " * 9 + paint(f"-> {self._state}", Style.NOTE, colour=self._colour))
        for action in record["actions"]:
            self._action(action)
        if "outcome" in record:
            self.outcome = record["outcome"]

    def close(self) -> None:
        """Nothing is left to print."""

    def _follow_sound(self, event: str) -> None:
        if event == "PlaybackFinished":
            self.heard = self.begun
            self.playing = False
        elif event == "Disconnected":
            self.playing = False

    def _action(self, action: Mapping[str, Any]) -> None:
        full_name, arguments = next(iter(action.items()))
        name = full_name.rpartition(".")[2]
        if name == "say":
            words = paint(f'"{arguments.get("text", "")}"', Style.STRONG, colour=self._colour)
            self._write(f"         hears {words}")
            self._begin()
        elif name == "startPlayback":
            self._write(f"         hears the file {arguments.get('url', '')}")
            self._begin()
        elif name == "stopPlayback":
            self.playing = False
        elif name == "log":
            self._write(f"         log: {arguments.get('text', '')}")

    def _begin(self) -> None:
        self.begun += 1
        self.playing = True

    def _fields(self, event: Mapping[str, Any]) -> str:
        shown = {
            name: value
            for name, value in event.items()
            if name not in {"name", "handled", "call", "id", "headers", "scheme"}
            and value not in ("", 0, None)
        }
        return "".join(f" {name}={value}" for name, value in shown.items())
