"""One heap of timers for a whole user agent; time is given, never read.

Source of the constants: RFC 3261 17.1.1.1 and its table 4.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

T1 = 0.5
"""Estimate of a round trip, s."""
T2 = 4.0
"""Longest gap between repetitions, s."""
T4 = 5.0
"""How long a message may stay in the network, s."""


class Timer:
    """Something due later."""

    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[float], None]) -> None:
        self.callback: Callable[[float], None] | None = callback

    def cancel(self) -> None:
        """Forget it; no effect when it has run."""
        self.callback = None


class Timers:
    """Timers in order of time; ties run in order asked."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = 0

    def start(self, due: float, callback: Callable[[float], None]) -> Timer:
        """Call `callback(now)` from the first `fire` at or after `due`."""
        timer = Timer(callback)
        self._order += 1
        heapq.heappush(self._heap, (due, self._order, timer))
        return timer

    def next_due(self) -> float | None:
        """Return the time of the next live timer."""
        heap = self._heap
        while heap and heap[0][2].callback is None:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def fire(self, now: float) -> None:
        """Run what is due, and what that makes due."""
        while (due := self.next_due()) is not None and due <= now:
            timer = heapq.heappop(self._heap)[2]
            callback, timer.callback = timer.callback, None
            if callback is not None:
                callback(now)
