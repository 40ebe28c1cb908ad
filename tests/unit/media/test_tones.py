from __future__ import annotations

import numpy as np
import pytest

from dtmflow.media.codecs import Law, decode, recode
from dtmflow.media.tones import RINGBACK, ringback

pytestmark = pytest.mark.unit

CADENCE = {"US": ({440, 480}, 2.0, 4.0), "RU": ({425}, 0.8, 3.2)}


@pytest.mark.parametrize("country", CADENCE)
@pytest.mark.parametrize("law", Law)
def test_ringback_has_the_frequencies_the_cadence_and_the_level_of_its_country(
    country: str, law: Law
) -> None:
    frequencies, on, off = CADENCE[country]
    period = ringback(country, law)
    assert period.duration_ms == (on + off) * 1000
    samples = decode(period.payload, law).astype("f8")
    sound, silence = np.split(samples, [round(on * 8000)])
    spectrum = np.abs(np.fft.rfft(sound))
    loud = np.flatnonzero(spectrum > spectrum.max() / 4) * 8000 / len(sound)
    assert {round(each) for each in loud} == frequencies
    assert np.abs(silence).max() <= 8
    level = 20 * np.log10(np.sqrt((sound**2).mean()) / 32767) + 3.01 + 3.17
    assert -15 <= level <= -5


def test_every_country_of_the_call_reference_has_a_ringback() -> None:
    assert set(RINGBACK) == set(CADENCE)


def test_a_clip_in_the_other_law_is_the_same_sound() -> None:
    clip = ringback("US", Law.PCMU)
    other = recode(clip, Law.PCMA)
    assert (other.law, other.duration_ms, other.frames) == (Law.PCMA, 6000, clip.frames)
    assert other.key != clip.key
    before, after = (decode(each.payload, each.law).astype("f8") for each in (clip, other))
    assert np.corrcoef(before, after)[0, 1] > 0.999
    assert recode(clip, Law.PCMU) is clip
