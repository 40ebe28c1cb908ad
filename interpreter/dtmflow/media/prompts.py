"""Prompt files decoded: wav, mp3, flac and ogg bytes in, 8 kHz mono PCM out.

The format is told by the first bytes and forced, so that a playlist in disguise can make the
decoder open nothing else. Slow: belongs in a worker thread.
"""

from __future__ import annotations

import io
from pathlib import Path

import av
from av.error import FFmpegError

from dtmflow.errors import MediaError
from dtmflow.media.codecs import RATE
from dtmflow.ports import Audio

MOST_BYTES = 10_000_000
"""Size of a file, as the Call reference allows."""
MOST_SECONDS = 600
"""Length of the sound."""


def sound_format(data: bytes) -> str:
    """Return which of wav, mp3, flac and ogg the bytes are.

    Raises:
        MediaError: none of them.
    """
    if data[:4] in {b"RIFF", b"RIFX", b"RF64"} and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"fLaC":
        return "flac"
    if data[:4] == b"OggS":
        return "ogg"
    if data[:3] == b"ID3" or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2):
        return "mp3"
    raise MediaError("not a sound file: it must be wav, mp3, flac or ogg")


def decode(data: bytes) -> Audio:
    """Return the sound of a file as mono PCM at 8 kHz.

    Raises:
        MediaError: over 10 MB or ten minutes, another format, damaged or without sound.
    """
    if len(data) > MOST_BYTES:
        raise MediaError(f"the file has {len(data)} bytes, more than {MOST_BYTES}")
    kind = sound_format(data)
    blocks: list[bytes] = []
    samples = 0
    try:
        with av.open(io.BytesIO(data), "r", format=kind) as container:
            if not container.streams.audio:
                raise MediaError("the file holds no sound")
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in container.decode(container.streams.audio[0]):
                for part in resampler.resample(frame):
                    blocks.append(part.to_ndarray().astype("<i2").tobytes())
                    samples += part.samples
                if samples > MOST_SECONDS * RATE:
                    raise MediaError(f"the file lasts over {MOST_SECONDS // 60} minutes")
            for part in resampler.resample(None):
                blocks.append(part.to_ndarray().astype("<i2").tobytes())
                samples += part.samples
    except (FFmpegError, ValueError) as error:
        raise MediaError(f"the {kind} file cannot be decoded: {error}") from error
    if not samples:
        raise MediaError(f"the {kind} file holds no sound")
    return Audio(b"".join(blocks), RATE)


def read(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        MediaError: it cannot be read or is too large.
    """
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise MediaError(f"{path.name} cannot be read: {error.strerror}") from error
