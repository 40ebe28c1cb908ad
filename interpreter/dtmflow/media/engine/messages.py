"""What passes between the control process and the engine: commands in, events out.

Values only. `leg` is the number that the control process gave a leg when it opened it.
"""

from __future__ import annotations

import marshal
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Open:
    """A new leg; its bound UDP socket travels with the message."""

    leg: int
    ssrc: int
    sequence: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class Connect:
    """Where a leg sends and whom it hears; again for a changed session description."""

    leg: int
    host: str
    port: int
    law: str
    payload_type: int
    telephone_event: int
    """Payload type of telephone events, or -1."""


@dataclass(frozen=True, slots=True)
class Direct:
    """Which directions are open, as `sendrecv`, `sendonly`, `recvonly`, `inactive` say."""

    leg: int
    send: bool
    receive: bool


@dataclass(frozen=True, slots=True)
class Play:
    """Play frames of the prompt memory from the next packet on, in place of what plays."""

    leg: int
    token: int
    first: int
    frames: int
    loop: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """Silence from the next packet on."""

    leg: int


@dataclass(frozen=True, slots=True)
class Dial:
    """Send digits as telephone events, after those that are still being sent."""

    leg: int
    token: int
    digits: str


@dataclass(frozen=True, slots=True)
class Listen:
    """Whether to report what is heard."""

    leg: int
    on: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """Report the counters of a leg."""

    leg: int
    token: int


@dataclass(frozen=True, slots=True)
class Close:
    """The leg is gone; its port is closed."""

    leg: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine runs: the first message of a media process, and no leg's."""


@dataclass(frozen=True, slots=True)
class FirstAudio:
    """The first audio packet of a leg with a negotiated payload type and an accepted source."""

    leg: int


@dataclass(frozen=True, slots=True)
class Tone:
    """A telephone event has begun; reported once for each press of a key."""

    leg: int
    digit: str
    """One of 0-9 * #."""


@dataclass(frozen=True, slots=True)
class PlaybackStarted:
    """The first packet of a playback is out."""

    leg: int
    token: int


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """The last packet of a playback is out."""

    leg: int
    token: int


@dataclass(frozen=True, slots=True)
class PlaybackStopped:
    """A playback ended before its end: stopped, replaced, or the leg was closed."""

    leg: int
    token: int


@dataclass(frozen=True, slots=True)
class DigitsSent:
    """The digits of one `send_digits` are out."""

    leg: int
    token: int


@dataclass(frozen=True, slots=True)
class Heard:
    """20 ms of what is heard, in order; lost packets are silence."""

    leg: int
    payload: bytes
    """160 bytes in the leg's law."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counters of a leg. Received ones belong to the present SSRC (RFC 3550 A.1, A.3, A.8)."""

    leg: int
    token: int
    sent: int
    """Packets handed to the network."""
    unsent: int
    """Packets that the network refused."""
    received: int
    lost: int
    """Expected less received; duplicates make it negative."""
    jitter_ms: float
    """Interarrival jitter; arrivals are known to the 5 ms of the wheel."""
    level_dbov: float
    """Level of the last 20 ms heard, -127 for silence."""
    ssrc: int
    """Of the stream heard, or -1."""
    foreign: int
    """Packets dropped because they came from another source."""
    unwanted: int
    """Packets dropped because of their payload type, form or direction."""
    rtcp: int
    """RTCP packets that came to the RTP port."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The leg's row is free; what `Statistics` would have said of its packets."""

    leg: int
    sent: int
    unsent: int
    received: int
    lost: int


Command = Open | Connect | Direct | Play | Stop | Dial | Listen | Measure | Close
MediaEvent = (
    FirstAudio
    | Tone
    | PlaybackStarted
    | PlaybackFinished
    | PlaybackStopped
    | DigitsSent
    | Heard
    | Statistics
    | Closed
)
Answer = Ready | MediaEvent
"""All that a media process says."""
Message = Command | Answer

_TYPES: tuple[type[Any], ...] = (
    *(Open, Connect, Direct, Play, Stop, Dial, Listen, Measure, Close),
    *(FirstAudio, Tone, PlaybackStarted, PlaybackFinished, PlaybackStopped, DigitsSent),
    *(Heard, Statistics, Closed, Ready),
)
_NUMBERS = {kind: number for number, kind in enumerate(_TYPES)}
_NAMES = {kind: tuple(item.name for item in fields(kind)) for kind in _TYPES}


def pack(message: Message) -> bytes:
    """Return a message as bytes, its length in four bytes before it."""
    kind = type(message)
    values = (_NUMBERS[kind], *(getattr(message, name) for name in _NAMES[kind]))
    body = marshal.dumps(values)
    return len(body).to_bytes(4, "big") + body


def unpack(body: bytes) -> Message:
    """Return the message that `pack` wrote, without its length."""
    number, *values = marshal.loads(body)  # noqa: S302 - written by our own other process
    message: Message = _TYPES[number](*values)
    return message
