from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dtmflow.media.dsp import level_dbov, resample

pytestmark = pytest.mark.unit


def tone(frequency: float, rate: int, seconds: float = 1.0) -> NDArray[np.int16]:
    place = np.arange(int(rate * seconds)) / rate
    return (16384 * np.sin(2 * np.pi * frequency * place)).astype(np.int16)


@pytest.mark.parametrize("rate", [16000, 22050, 44100, 48000, 11025, 8001])
@pytest.mark.parametrize("frequency", [300, 1000, 3400])
def test_a_tone_keeps_its_pitch_phase_and_level(rate: int, frequency: int) -> None:
    result = resample(tone(frequency, rate), rate, 8000)
    expected = tone(frequency, 8000)
    assert len(result) == len(expected)
    middle = slice(200, -200)
    error = result[middle].astype(float) - expected[middle]
    assert np.abs(error).max() < 60  # 49 dB below the tone


@pytest.mark.parametrize("rate", [16000, 22050, 44100, 48000])
def test_what_8_khz_cannot_carry_is_removed(rate: int) -> None:
    result = resample(tone(5000, rate), rate, 8000)
    assert level_dbov(result[200:-200]) < -70


def test_the_same_rate_changes_nothing() -> None:
    sound = tone(440, 8000)
    assert resample(sound, 8000, 8000) is sound


def test_full_scale_does_not_wrap() -> None:
    square = np.where(np.arange(16000) % 80 < 40, 32767, -32768).astype(np.int16)
    result = resample(square, 16000, 8000).astype(int)
    assert result.max() == 32767
    assert result.min() == -32768


def test_levels_are_relative_to_overload() -> None:
    assert level_dbov(np.full(160, -32768, np.int16)) == 0
    assert level_dbov(tone(1000, 8000)) == pytest.approx(-9.03, abs=0.01)
    assert level_dbov(np.zeros(160, np.int16)) == -127
    assert level_dbov(np.zeros(0, np.int16)) == -127
