"""The tones of a telephone network as clips that are played in a loop. Pure. Source: ITU-T E.180.

In comes the name of a country, out goes one period of its ringback, silence included.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from dtmflow.media.codecs import RATE, Clip, Law, clip
from dtmflow.ports import Audio

_PEAK = 32767 * 10 ** ((-13 - 3.17) / 20)
"""Of each frequency: -13 dBm0, where a sine of full scale is 3.17 dBm0. One or two of them lie
within the -10 dBm0 +- 5 dB that E.180 asks for."""


@dataclass(frozen=True, slots=True)
class Ringback:
    """What a caller hears while it rings at the other end."""

    hertz: tuple[int, ...]
    on: float
    """Seconds."""
    off: float
    """Seconds."""


RINGBACK = {
    "US": Ringback((440, 480), 2.0, 4.0),
    "RU": Ringback((425,), 0.8, 3.2),
}
"""By country."""


@cache
def ringback(country: str, law: Law) -> Clip:
    """Return one period of a country's ringback.

    Raises:
        KeyError: the country is none of `RINGBACK`.
    """
    tone = RINGBACK[country]
    seconds = np.arange(round((tone.on + tone.off) * RATE)) / RATE
    sound = sum(np.sin(2 * np.pi * hertz * seconds) for hertz in tone.hertz)
    samples = np.where(seconds < tone.on, sound * _PEAK, 0.0).astype("<i2")
    return clip(("ringback", country), Audio(samples.tobytes(), RATE), law)
