"""Whether a flow file has changed: looked at from time to time, taken when it is left alone.

Knows files and nothing of flows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from dtmflow.errors import UsageError

Stamp: TypeAlias = tuple[int, int, int]


class Watch:
    """Looks at one file; each look is a call of `changed`."""

    def __init__(self, file: Path) -> None:
        """Note how the file is now.

        Raises:
            UsageError: it cannot be looked at.
        """
        self.file = file
        self._taken: Stamp | None = stamp(file)
        self._seen: Stamp | None = self._taken

    def changed(self) -> bool:
        """Tell, once for each change, that the file is another one and nobody writes it any more.

        That is when two looks have found it alike: an editor may write in pieces, or remove
        the file and put another one in its place.
        """
        try:
            now: Stamp | None = stamp(self.file)
        except UsageError:
            now = None
        settled, self._seen = now == self._seen, now
        if not settled or now == self._taken:
            return False
        self._taken = now
        return True


def stamp(file: Path) -> Stamp:
    """Return what changes when a file is written, replaced or restored: time, size, inode.

    Raises:
        UsageError: it cannot be looked at.
    """
    try:
        state = file.stat()
    except OSError as problem:
        raise UsageError(f"{file}: {problem.strerror}") from problem
    return state.st_mtime_ns, state.st_size, state.st_ino
