"""Prompt memory that both processes see: encoded clips, each stored once.

The control process writes and decides; the engine only reads frames that it was told to play.
Backed by an anonymous file in memory, so pages cost nothing until they are written.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from dtmflow.errors import MediaError
from dtmflow.media.codecs import Clip, Law
from dtmflow.media.packets import FRAME, Bytes

RESERVED = 2
"""The first frames hold the silence of PCMU and of PCMA."""


def map_frames(descriptor: int, *, write: bool) -> Bytes:
    """Return the memory behind a descriptor as frames, shape (n, 160)."""
    size = os.fstat(descriptor).st_size
    access = mmap.ACCESS_WRITE if write else mmap.ACCESS_READ
    return np.frombuffer(mmap.mmap(descriptor, size, access=access), np.uint8).reshape(-1, FRAME)


def silence_frame(law: Law) -> int:
    """Return the number of the frame that holds a law's silence."""
    return 0 if law is Law.PCMU else 1


@dataclass(slots=True)
class _Stored:
    first: int
    frames: int
    playing: int = 0


class PromptBank:
    """Places clips in prompt memory and evicts those that nothing plays, oldest use first."""

    def __init__(self, size: int) -> None:
        """Make room for `size` bytes of clips."""
        self.descriptor = os.memfd_create("dtmflow-prompts")
        os.ftruncate(self.descriptor, (size // FRAME + RESERVED) * FRAME)
        self.frames = map_frames(self.descriptor, write=True)
        for law in Law:
            self.frames[silence_frame(law)] = law.silence
        self._stored: dict[Hashable, _Stored] = {}
        self._free = [(RESERVED, len(self.frames) - RESERVED)]

    def close(self) -> None:
        """Give the memory back once the last view of it is gone."""
        os.close(self.descriptor)

    def acquire(self, clip: Clip) -> tuple[int, int]:
        """Store a clip unless it is there, keep it until `release`; return first frame and count.

        Raises:
            MediaError: clips that are playing leave no room for it.
        """
        stored = self._stored.pop(clip.key, None)
        if stored is None:
            stored = _Stored(self._place(clip.frames), clip.frames)
            place = slice(stored.first, stored.first + stored.frames)
            self.frames[place] = np.frombuffer(clip.payload, np.uint8).reshape(-1, FRAME)
        self._stored[clip.key] = stored
        stored.playing += 1
        return stored.first, stored.frames

    def release(self, key: Hashable) -> None:
        """Say that one playback of a clip is over."""
        self._stored[key].playing -= 1

    def _place(self, frames: int) -> int:
        while True:
            for index, (first, room) in enumerate(self._free):
                if room >= frames:
                    self._free[index] = (first + frames, room - frames)
                    return first
            idle = next((key for key, it in self._stored.items() if not it.playing), None)
            if idle is None:
                raise MediaError("prompt memory is full of clips that are being played")
            gone = self._stored.pop(idle)
            self._give_back(gone.first, gone.frames)

    def _give_back(self, first: int, frames: int) -> None:
        """Add a hole and join it with its neighbours."""
        joined: list[tuple[int, int]] = []
        for begin, room in sorted([*self._free, (first, frames)]):
            if joined and sum(joined[-1]) == begin:
                joined[-1] = (joined[-1][0], joined[-1][1] + room)
            elif room:
                joined.append((begin, room))
        self._free = joined
