"""Signal arithmetic on whole arrays: resampling and level. Pure."""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray

_LOBES = 32
"""Zero crossings of the sinc on each side."""
_BETA = 6.5
"""Shape of the Kaiser window: 65 dB of stop band, flat to 3.4 kHz for telephones."""
_BLOCK = 8000
"""Output samples worked on at once, to bound memory."""
SILENT_DBOV = -127.0
"""What RFC 6464 calls the level of digital silence."""


@functools.lru_cache(maxsize=16)
def _kernels(up: int, down: int) -> NDArray[np.float32]:
    """Return the filter of each phase, shape (up, taps): a Kaiser-windowed sinc."""
    cutoff = min(1.0, up / down) * 0.92
    reach = math.ceil(_LOBES / cutoff)
    taps = np.arange(-reach + 1, reach + 1)
    distance = taps[None, :] - np.arange(up)[:, None] / up
    window = np.i0(_BETA * np.sqrt(np.clip(1 - (distance / reach) ** 2, 0, None))) / np.i0(_BETA)
    kernels = cutoff * np.sinc(cutoff * distance) * window
    kernels = kernels / kernels.sum(axis=1, keepdims=True)
    return np.asarray(kernels, np.float32)


def resample(samples: NDArray[np.int16], source: int, target: int) -> NDArray[np.int16]:
    """Return mono 16-bit PCM at `target` Hz, band limited to what that rate can carry."""
    if source == target or not len(samples):
        return samples
    common = math.gcd(source, target)
    up, down = target // common, source // common
    kernels = _kernels(up, down)
    taps = kernels.shape[1]
    padded = np.pad(samples.astype(np.float32), (taps // 2 - 1, taps))
    count = len(samples) * up // down
    result = np.empty(count, np.int16)
    for begin in range(0, count, _BLOCK):
        place = np.arange(begin, min(begin + _BLOCK, count)) * down
        window = padded[(place // up)[:, None] + np.arange(taps)]
        values = np.einsum("ij,ij->i", window, kernels[place % up])
        result[begin : begin + _BLOCK] = np.clip(np.rint(values), -32768, 32767)
    return result


def level_dbov(samples: NDArray[np.int16]) -> float:
    """Return the level of 16-bit PCM in dB relative to overload, at least -127 (RFC 6464)."""
    if not len(samples):
        return SILENT_DBOV
    power = float(np.mean(np.square(samples.astype(np.float64))))
    return max(SILENT_DBOV, 10 * math.log10(power / 32768**2)) if power else SILENT_DBOV
