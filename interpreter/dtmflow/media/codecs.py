"""G.711, both laws, as numpy tables; clips of encoded audio.

In comes 16-bit PCM at 8 kHz, out goes one byte a sample, and back. Pure. Source: ITU-T G.711.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dtmflow.media.dsp import resample
from dtmflow.media.packets import FRAME

if TYPE_CHECKING:  # the media process starts in half the time without the catalogue
    from dtmflow.ports import Audio

RATE = 8000
"""Hz."""


class Law(StrEnum):
    """A G.711 codec under its name in SDP (RFC 3551 section 6)."""

    PCMU = "PCMU"
    PCMA = "PCMA"

    @property
    def payload_type(self) -> int:
        """The static RTP payload type: 0 or 8."""
        return 0 if self is Law.PCMU else 8

    @property
    def silence(self) -> int:
        """The byte of a zero sample."""
        return 0xFF if self is Law.PCMU else 0xD5


def _mu_law_to_linear() -> NDArray[np.int16]:
    code = ~np.arange(256) & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84 << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _a_law_to_linear() -> NDArray[np.int16]:
    code = np.arange(256) ^ 0x55
    segment, step = (code & 0x70) >> 4, (code & 0x0F) << 4
    magnitude = np.where(segment == 0, step + 8, step + 0x108 << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _linear_to_mu_law() -> NDArray[np.uint8]:
    sample = np.arange(65536).astype(np.uint16).view(np.int16).astype(np.int64) >> 2
    sign = np.where(sample < 0, 0x7F, 0xFF)
    magnitude = np.minimum(np.abs(sample), 8159) + 0x21
    segment = np.searchsorted((1 << np.arange(6, 14)) - 1, magnitude)
    code = np.where(segment > 7, 0x7F, segment << 4 | magnitude >> segment + 1 & 0x0F)
    return (code ^ sign).astype(np.uint8)


def _linear_to_a_law() -> NDArray[np.uint8]:
    sample = np.arange(65536).astype(np.uint16).view(np.int16).astype(np.int64) >> 3
    sign = np.where(sample < 0, 0x55, 0xD5)
    magnitude = np.where(sample < 0, -sample - 1, sample)
    segment = np.searchsorted((1 << np.arange(5, 13)) - 1, magnitude)
    code = segment << 4 | magnitude >> np.maximum(segment, 1) & 0x0F
    return (code ^ sign).astype(np.uint8)


_DECODED = {Law.PCMU: _mu_law_to_linear(), Law.PCMA: _a_law_to_linear()}
_ENCODED = {Law.PCMU: _linear_to_mu_law(), Law.PCMA: _linear_to_a_law()}


def encode(samples: NDArray[np.int16], law: Law) -> NDArray[np.uint8]:
    """Return one byte for each 16-bit sample."""
    return _ENCODED[law][samples.view(np.uint16)]


def decode(payload: bytes | NDArray[np.uint8], law: Law) -> NDArray[np.int16]:
    """Return a 16-bit sample for each byte."""
    codes = np.frombuffer(payload, np.uint8) if isinstance(payload, bytes) else payload
    return _DECODED[law][codes]


@dataclass(frozen=True, slots=True)
class Clip:
    """Encoded audio that a leg can play; equal keys mean equal audio."""

    key: Hashable
    law: Law
    payload: bytes = field(repr=False, compare=False)
    """G.711 in whole frames of 160 bytes, 20 ms each; the last is padded with silence."""
    duration_ms: int
    """Length of the sound in ms, without the padding."""

    @property
    def frames(self) -> int:
        """Number of 20 ms frames."""
        return len(self.payload) // FRAME


def recode(sound: Clip, law: Law) -> Clip:
    """Return the same sound in a law."""
    if sound.law is law:
        return sound
    payload = encode(decode(sound.payload, sound.law), law).tobytes()
    return Clip((sound.key, law), law, payload, sound.duration_ms)


def clip(key: Hashable, audio: Audio, law: Law) -> Clip:
    """Resample to 8 kHz, encode and pad to whole frames; no sound at all is one silent frame."""
    samples = resample(np.frombuffer(audio.samples, "<i2").astype(np.int16), audio.rate, RATE)
    payload = encode(samples, law).tobytes()
    whole = max(FRAME, -(-len(payload) // FRAME) * FRAME)
    padded = payload.ljust(whole, bytes([law.silence]))
    return Clip((key, law), law, padded, len(samples) * 1000 // RATE)
