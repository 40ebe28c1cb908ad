"""What the interpreter needs from outside, as Protocols; adapters stand in `lines` and `speech`.

Nothing here awaits: a Call method either returns nothing and raises events later, or is a getter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from dtmflow_schema.base import CallId, Command, Event

R = TypeVar("R")


class Call(Protocol):
    """One leg on some line."""

    @property
    def id(self) -> CallId:
        """Unique within the process."""

    def files_below(self, folder: Path) -> None:
        """Let `startPlayback` find files below `folder`; before, and elsewhere, there are none."""

    def do(self, command: Command[R]) -> R:
        """Carry out a Call method; events that it causes come later, never from inside.

        Raises:
            CallError: when the method cannot be carried out on this leg now.
        """


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a line can do; a flow that needs more is refused when it is loaded."""

    commands: frozenset[type[Command[Any]]]
    """Methods with a handler, computed from the line's dispatch table."""
    events: frozenset[type[Event]]
    """Events that the line can raise."""
    outgoing: bool = False
    """Whether the line can place calls."""


class CallListener(Protocol):
    """Who takes what a line reports. Every call of it is a new turn, one event at a time."""

    def incoming(self, call: Call, headers: Mapping[str, str]) -> None:
        """A new call is alerting; `headers` are its X- header fields."""

    def event(self, call: Call, event: Event) -> None:
        """Take a CallEvent; after `Disconnected` or `Failed` only record events come."""


class Line(Protocol):
    """Makes and takes Calls."""

    @property
    def capabilities(self) -> Capabilities:
        """What this line can do."""


@dataclass(frozen=True, slots=True)
class Audio:
    """Mono sound: `samples` is signed 16-bit little-endian PCM at `rate` Hz."""

    samples: bytes
    rate: int

    @property
    def duration_ms(self) -> int:
        """Length in ms, rounded down."""
        return len(self.samples) // 2 * 1000 // self.rate


@dataclass(frozen=True, slots=True)
class Utterance:
    """A text to speak: with equal fields the audio is equal, so this is a cache key."""

    text: str
    language: str = ""
    """BCP 47 tag, or empty for the provider's default."""
    voice: str = ""
    """Opaque voice name, or empty for the language's default."""
    options: tuple[tuple[str, str], ...] = field(default=())
    """TTSOptions as sorted pairs, for example ("rate", "slow")."""


class Synthesizer(Protocol):
    """Turns text into audio. Called in a worker thread; must be safe to call from several."""

    def synthesize(self, utterance: Utterance) -> Audio:
        """Return the spoken text.

        Raises:
            SpeechError: unknown voice or language, or the engine failed.
        """
