from __future__ import annotations

import pytest

from dtmflow.errors import MediaError
from dtmflow.media.bank import PromptBank, map_frames
from dtmflow.media.codecs import Law
from unit.media.virtual import melody

pytestmark = pytest.mark.unit


def test_the_first_frames_are_the_silences() -> None:
    bank = PromptBank(1600)
    assert bank.frames[0].tobytes() == b"\xff" * 160
    assert bank.frames[1].tobytes() == bytes([Law.PCMA.silence]) * 160


def test_a_clip_is_stored_once_and_seen_through_the_descriptor() -> None:
    bank = PromptBank(16000)
    clip = melody(5)
    first, frames = bank.acquire(clip)
    assert bank.acquire(clip) == (first, frames)
    seen = map_frames(bank.descriptor, write=False)
    assert seen[first : first + frames].tobytes() == clip.payload
    assert not seen.flags.writeable


def test_the_clip_unused_for_longest_goes_first_and_none_that_plays() -> None:
    bank = PromptBank(30 * 160)
    one, two, three = (melody(10, seed=seed) for seed in (1, 2, 3))
    places = [bank.acquire(clip)[0] for clip in (one, two, three)]
    bank.release(two.key)
    bank.release(one.key)
    bank.acquire(two)
    bank.release(two.key)
    bank.acquire(melody(10, seed=4))
    assert bank.acquire(two)[0] == places[1]
    with pytest.raises(MediaError, match="prompt memory"):
        bank.acquire(one)


def test_holes_join_for_a_longer_clip() -> None:
    bank = PromptBank(30 * 160)
    clips = [melody(10, seed=seed) for seed in (1, 2, 3)]
    for clip in clips:
        bank.acquire(clip)
    for clip in (clips[2], clips[0], clips[1]):
        bank.release(clip.key)
    long = melody(30)
    first, frames = bank.acquire(long)
    assert bank.frames[first : first + frames].tobytes() == long.payload
    assert bank.frames[0].tobytes() == b"\xff" * 160


def test_a_clip_larger_than_the_memory_is_refused() -> None:
    with pytest.raises(MediaError, match="prompt memory"):
        PromptBank(1600).acquire(melody(11))
