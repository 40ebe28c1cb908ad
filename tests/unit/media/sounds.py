"""Sound files made on the spot."""

from __future__ import annotations

import io

import av
import numpy as np

ENCODERS = {"wav": "pcm_s16le", "mp3": "libmp3lame", "flac": "flac", "ogg": "libopus"}


def sound(kind: str, *, rate: int = 44100, seconds: float = 1.0, channels: int = 2) -> bytes:
    """Return a 1 kHz tone at half of full scale as a file."""
    rate = 48000 if kind == "ogg" else rate  # Opus knows no 44.1 kHz
    place = np.arange(int(rate * seconds)) / rate
    wave = (16384 * np.sin(2 * np.pi * 1000 * place)).astype(np.int16)
    layout = "stereo" if channels == 2 else "mono"
    file = io.BytesIO()
    with av.open(file, "w", format=kind) as container:
        stream = container.add_stream(ENCODERS[kind], rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.layout = layout
        frame = av.AudioFrame.from_ndarray(
            np.repeat(wave, channels).reshape(1, -1), format="s16", layout=layout
        )
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=stream.format, layout=layout, rate=rate, frame_size=1024
        )
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            for packet in stream.encode(part):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return file.getvalue()
