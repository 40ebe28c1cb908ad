"""Clocks: the loop's real time and a virtual one that tests advance.

All time in dtmflow comes from a `Clock` at the top; below the shells time is an argument.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Timer(Protocol):
    """A callback that is due later."""

    def cancel(self) -> None:
        """Forget it; no effect when it has run."""


class Clock(Protocol):
    """Time and the means to be called later. Callbacks never run inside the scheduling call."""

    def now(self) -> float:
        """Return monotonic seconds; only differences mean something."""

    def wall(self) -> datetime:
        """Return the time of day, with UTC as zone."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call back once after `seconds`; 0 means in the next turn. Ties run in order asked."""


class LoopClock:
    """Real time on a running asyncio loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._loop = loop or asyncio.get_running_loop()

    def now(self) -> float:
        """Return the loop's monotonic seconds."""
        return self._loop.time()

    def wall(self) -> datetime:
        """Return the system's time of day."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that reads the system's clock

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Schedule on the loop."""
        if seconds <= 0:
            return self._loop.call_soon(callback)
        return self._loop.call_later(seconds, callback)


_DIGITS = 6
"""Virtual time counts whole microseconds, so that 4.999 s and 1 ms make 5 s."""


class _VirtualTimer:
    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class VirtualClock:
    """Time that stands still until `advance` is called; a heap of callbacks."""

    def __init__(self, wall: datetime = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)) -> None:
        self._began = wall
        self._wall = (0.0, wall)
        self._now = 0.0
        self._order = itertools.count()
        self._heap: list[tuple[float, int, _VirtualTimer]] = []

    def now(self) -> float:
        """Return virtual seconds since the clock was made."""
        return self._now

    def wall(self) -> datetime:
        """Return the virtual time of day."""
        if self._wall[0] != self._now:
            self._wall = (self._now, self._began + timedelta(seconds=self._now))
        return self._wall[1]

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Put the callback on the heap."""
        timer = _VirtualTimer(callback)
        due = round(self._now + seconds, _DIGITS) if seconds > 0 else self._now
        heapq.heappush(self._heap, (due, next(self._order), timer))
        return timer

    def next_due(self) -> float | None:
        """Return when the next callback is due, in virtual seconds, or None."""
        while self._heap and self._heap[0][2].callback is None:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def advance(self, seconds: float) -> None:
        """Move time on, running every callback that falls due, in order."""
        end = round(self._now + seconds, _DIGITS)
        while (due := self.next_due()) is not None and due <= end:
            self._now = max(self._now, due)
            callback = heapq.heappop(self._heap)[2].callback
            if callback is not None:
                callback()
        self._now = end

    def settle(self) -> None:
        """Run what is due now, and what that schedules for now, without moving time."""
        self.advance(0.0)
