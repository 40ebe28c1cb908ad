"""The wheel: four spokes in 20 ms, on absolute deadlines."""

from __future__ import annotations

from collections.abc import Callable

from dtmflow.media.engine.engine import Engine
from dtmflow.media.engine.table import SPOKES

TICK = 0.005
"""Seconds."""
BURST = 2 * SPOKES
"""Ticks made up for after a delay: two frames of a leg. Older ones are skipped."""


class Wheel:
    """Runs an engine's ticks when they are due."""

    def __init__(
        self, engine: Engine, now: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        """Take what tells the time, in monotonic seconds, and what waits."""
        self._engine, self._now, self._sleep = engine, now, sleep
        self._number = 0
        self.skipped = 0
        """Rotations of 20 ms that were not sent."""
        self.rest()

    def rest(self) -> None:
        """Forget the deadlines; the next tick is due one tick from now."""
        self._start = self._now() - self._number * TICK

    def turn(self) -> None:
        """Wait for the next deadline and run the ticks that are due by then."""
        now = self._now()
        due = self._start + (self._number + 1) * TICK
        if due > now:
            self._sleep(due - now)
            now = self._now()
        behind = int((now - due) / TICK) + 1
        if behind > BURST:
            rotations = -(-(behind - BURST) // SPOKES)
            self._engine.skip(rotations)
            self.skipped += rotations
            self._number += rotations * SPOKES
            behind -= rotations * SPOKES
        for _ in range(max(1, behind)):
            self._number += 1
            self._engine.tick(self._number, now)
