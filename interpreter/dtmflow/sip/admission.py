"""Who may ask for something now: token buckets for hosts, for all of them together, for dialogs.

In come a host and the time, out comes yes or no. Must not know messages.
"""

from __future__ import annotations

MAX_BUCKETS = 10_000


class Bucket:
    """Holds `burst` tokens when full and gets `rate` of them a second."""

    __slots__ = ("_at", "_burst", "_level", "_rate")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst, self._level, self._at = rate, burst, burst, now

    def level(self, now: float) -> float:
        """Return how many tokens are in it."""
        return min(self._burst, self._level + (now - self._at) * self._rate)

    def full(self, now: float) -> bool:
        """Tell whether nothing has been taken for so long that it may be forgotten."""
        return self.level(now) >= self._burst

    def take(self, now: float) -> bool:
        """Take a token; False if there is none."""
        self._level, self._at = self.level(now), now
        if self._level < 1.0:
            return False
        self._level -= 1.0
        return True


class Admission:
    """Lets calls in: so many a second from each host, and so many from all.

    Sources can be forged, so the limit of one host alone would hold nobody back.
    """

    def __init__(
        self, rate: float, burst: float, *, total_rate: float, total_burst: float
    ) -> None:
        self._rate, self._burst = rate, burst
        self._total = Bucket(total_rate, total_burst, 0.0)
        self._buckets: dict[str, Bucket] = {}

    def admit(self, host: str, now: float) -> bool:
        """Take a token of the host and one of all; False if either has none."""
        bucket = self._buckets.get(host)
        if bucket is None:
            if len(self._buckets) >= MAX_BUCKETS:
                self._prune(now)
            bucket = self._buckets[host] = Bucket(self._rate, self._burst, now)
        return bucket.take(now) and self._total.take(now)

    def _prune(self, now: float) -> None:
        """Drop buckets that are full again; if forged sources fill them all, drop all."""
        kept = {host: bucket for host, bucket in self._buckets.items() if not bucket.full(now)}
        self._buckets = kept if len(kept) < MAX_BUCKETS else {}
