"""What a caller heard, from recorded RTP, and whether it is what should have been said.

The mu-law decoder is ITU-T G.711's formula, written apart from the program's own tables.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]


def mu_law_to_linear(codes: NDArray[np.uint8]) -> Samples:
    """Decode by the formula of G.711 table 2a: sign, three bits of segment, four of mantissa."""
    inverted = ~codes.astype("u1")
    segment = (inverted >> 4) & 7
    mantissa = (inverted & 15).astype("i4")
    magnitude = (((mantissa << 3) + 0x84) << segment) - 0x84
    return np.where(inverted & 0x80, -magnitude, magnitude).astype("f8")


def linear_to_mu_law(samples: Samples) -> NDArray[np.uint8]:
    """Encode to the nearest code: the inverse of the decoder, by search over its 256 values."""
    codes = np.arange(256, dtype="u1")
    values = mu_law_to_linear(codes)
    order = np.argsort(values, kind="stable")
    middles = (values[order][1:] + values[order][:-1]) / 2
    found: NDArray[np.uint8] = codes[order][np.searchsorted(middles, samples)]
    return found


class Recording:
    """The packets that `ear.py` wrote, by caller."""

    def __init__(self, file: Path) -> None:
        with np.load(file) as archive:
            self.columns = {name: archive[name] for name in archive.files}

    def callers(self) -> list[int]:
        """Return the callers that received audio."""
        audio = self.columns["payload_type"] == 0
        return [int(caller) for caller in np.unique(self.columns["caller"][audio])]

    def heard(self, caller: int) -> Samples:
        """Return the caller's audio on the RTP clock: gaps are silence, duplicates count once."""
        rows = (self.columns["caller"] == caller) & (self.columns["payload_type"] == 0)
        stamps = self.columns["timestamp"][rows].astype("i8")
        places = ((stamps - stamps[0] + 2**31) % 2**32 - 2**31) - 0
        places -= places.min()
        out = np.zeros(int(places.max()) + 160)
        for place, payload in zip(places, self.columns["payload"][rows], strict=True):
            out[place : place + 160] = mu_law_to_linear(payload)
        return out

    def late_share(self, beyond_ms: float, *, skip: int = 0) -> tuple[float, int]:
        """Return the share of packets further than `beyond_ms` off their caller's 20 ms grid.

        Also returns how many packets were measured.
        """
        away = self.deviations_ms(skip=skip)
        return float((away > beyond_ms).mean()), len(away)

    def deviations_ms(self, *, skip: int = 0) -> Samples:
        """Return how far each audio packet came from its caller's 20 ms grid.

        The grid of a caller is its RTP timestamps, laid through the median of its arrivals.
        """
        away = []
        for caller in self.callers():
            rows = self._audio(caller)
            stamps = np.unwrap(self.columns["timestamp"][rows].astype("i8")[skip:], period=2**32)
            at_ns = self.columns["at_ns"][rows][skip:]
            deviation = (at_ns - at_ns[0]) / 1e6 - (stamps - stamps[0]) / 8
            away.append(np.abs(deviation - np.median(deviation)))
        return np.concatenate(away)

    def left_out(self, caller: int) -> int:
        """Return how many frames of 20 ms the caller's RTP timestamps jump over."""
        rows = self._audio(caller)
        stamps = np.unwrap(self.columns["timestamp"][rows].astype("i8"), period=2**32)
        return int(stamps.max() - stamps.min()) // 160 + 1 - len(np.unique(stamps))

    def _audio(self, caller: int) -> NDArray[np.bool_]:
        audio: NDArray[np.bool_] = self.columns["payload_type"] == 0
        audio &= self.columns["caller"] == caller
        return audio

    def lost(self, caller: int) -> int:
        """Return how many sequence numbers are missing between the first and the last packet."""
        rows = self.columns["caller"] == caller
        numbers = self.columns["sequence"][rows].astype("i8")
        numbers = np.unwrap(numbers, period=65536)
        return int(numbers.max() - numbers.min() + 1 - len(np.unique(numbers)))


def likeness(heard: Samples, said: Samples) -> tuple[float, int]:
    """Find `said` in `heard`: the best normalised correlation, 1.0 if equal, and its place."""
    if len(heard) < len(said):
        return 0.0, 0
    size = 1 << (len(heard) + len(said) - 1).bit_length()
    products = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size)), size)
    products = products[: len(heard) - len(said) + 1]
    running = np.concatenate([[0.0], np.cumsum(heard**2)])
    energy = running[len(said) :] - running[: -len(said)]
    scale = np.sqrt(np.maximum(energy, 1.0) * float((said**2).sum()))
    score = products / scale
    best = int(np.argmax(score))
    return float(score[best]), best
