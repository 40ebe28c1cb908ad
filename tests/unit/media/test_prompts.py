from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import pytest

from dtmflow.errors import MediaError
from dtmflow.media import prompts
from dtmflow.media.dsp import level_dbov
from dtmflow.media.prompts import decode, read, sound_format
from unit.media.sounds import ENCODERS, sound

pytestmark = pytest.mark.unit


def recording(samples: bytes) -> bytes:
    """Return a wav file of 8-bit samples at 8 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(8000)
        out.writeframes(samples)
    return file.getvalue()


@pytest.mark.parametrize("kind", ENCODERS)
@pytest.mark.parametrize("channels", [1, 2])
def test_each_format_is_decoded_to_8_khz_mono(kind: str, channels: int) -> None:
    data = sound(kind, channels=channels)
    assert sound_format(data) == kind
    audio = decode(data)
    assert audio.rate == 8000
    assert 950 <= audio.duration_ms <= 1120
    samples = np.frombuffer(audio.samples, "<i2").astype(np.int16)
    spectrum = np.abs(np.fft.rfft(samples[1000:7000]))
    assert np.argmax(spectrum) * 8000 / 6000 == pytest.approx(1000, abs=5)
    assert level_dbov(samples[1000:7000]) == pytest.approx(-9, abs=0.7)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"#EXTM3U\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile x\n",
        bytes(99),
    ],
)
def test_what_is_no_sound_file_is_refused_unopened(data: bytes) -> None:
    with pytest.raises(MediaError, match="wav, mp3, flac or ogg"):
        decode(data)


@pytest.mark.parametrize("kind", ENCODERS)
def test_damaged_files_are_refused(kind: str) -> None:
    with pytest.raises(MediaError, match=kind):
        decode(sound(kind)[:16] + b"\xa5" * 200)


def test_a_file_without_samples_is_refused() -> None:
    with pytest.raises(MediaError, match=r"holds no sound|cannot be decoded"):
        decode(recording(b""))


def test_a_file_over_ten_megabytes_is_refused() -> None:
    with pytest.raises(MediaError, match="more than"):
        decode(bytes(prompts.MOST_BYTES + 1))


def test_a_sound_over_ten_minutes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert prompts.MOST_SECONDS == 10 * 60
    monkeypatch.setattr(prompts, "MOST_SECONDS", 60)  # decoding ten takes a while
    assert decode(recording(bytes([128]) * 8000 * 60)).duration_ms == 60_000
    with pytest.raises(MediaError, match="over 1 minutes"):
        decode(recording(bytes([128]) * 8000 * 61))


def test_a_file_is_read_up_to_its_limit_and_a_missing_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"abc")
    assert read(path) == b"abc"
    with pytest.raises(MediaError, match=r"b\.wav cannot be read"):
        read(tmp_path / "b.wav")
