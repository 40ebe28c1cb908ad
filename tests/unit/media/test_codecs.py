from __future__ import annotations

import hashlib

import numpy as np
import pytest

from dtmflow.media.codecs import Law, clip, decode, encode
from dtmflow.ports import Audio

pytestmark = pytest.mark.unit

EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)
EVERY_CODE = bytes(range(256))
REFERENCE = {  # SHA-256 of what CPython's audioop gave for every sample and every code
    Law.PCMU: (
        "81d633c9e6972a18c74a58720b96cb8ca0bdd096d4060b646dd708c3b846019a",
        "3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827",
    ),
    Law.PCMA: (
        "38488f6fd710f4686360edc4d38639f96c491595ef93f8eb8d62d5e07ca6ce7b",
        "e04788d110e58ff8c70c93b8480190d973e3b67876b6119abbaec766cc75c174",
    ),
}


@pytest.mark.parametrize("law", Law)
def test_every_sample_and_every_code_agree_with_the_reference_bit_for_bit(law: Law) -> None:
    encoded = encode(EVERY_SAMPLE, law).tobytes()
    decoded = decode(EVERY_CODE, law).astype("<i2").tobytes()
    assert hashlib.sha256(encoded).hexdigest() == REFERENCE[law][0]
    assert hashlib.sha256(decoded).hexdigest() == REFERENCE[law][1]


@pytest.mark.parametrize(
    ("law", "code", "value"),
    [
        (Law.PCMU, 0x80, 32124),
        (Law.PCMU, 0x00, -32124),
        (Law.PCMU, 0xFF, 0),
        (Law.PCMU, 0xEF, 132),
        (Law.PCMA, 0xAA, 32256),
        (Law.PCMA, 0x2A, -32256),
        (Law.PCMA, 0xD5, 8),
        (Law.PCMA, 0x55, -8),
    ],
)
def test_the_decision_values_of_g_711_stand_at_their_codes(
    law: Law, code: int, value: int
) -> None:
    assert decode(bytes([code]), law).tolist() == [value]


@pytest.mark.parametrize("law", Law)
def test_every_code_survives_decoding_and_encoding(law: Law) -> None:
    again = encode(decode(EVERY_CODE, law), law)
    assert decode(again, law).tolist() == decode(EVERY_CODE, law).tolist()


def test_the_static_payload_types_are_those_of_rfc_3551() -> None:
    assert (Law.PCMU.payload_type, Law.PCMA.payload_type) == (0, 8)


@pytest.mark.parametrize("law", Law)
def test_a_clip_is_resampled_and_padded_to_whole_frames(law: Law) -> None:
    made = clip("key", Audio(bytes(2 * 16000 * 105 // 1000), 16000), law)
    assert made.duration_ms == 105
    assert made.frames == 6
    assert made.payload == bytes([law.silence]) * 960
    assert made.key == ("key", law)


def test_no_sound_is_one_silent_frame() -> None:
    made = clip("key", Audio(b"", 22050), Law.PCMU)
    assert (made.duration_ms, made.payload) == (0, b"\xff" * 160)
