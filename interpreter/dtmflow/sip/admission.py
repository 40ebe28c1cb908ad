"""Who may start a call now: one token bucket for each source host.

In come a host and the time, out comes yes or no. Must not know messages.
"""

from __future__ import annotations

MAX_BUCKETS = 10_000


class Admission:
    """Lets `rate` calls a second and `burst` at once in from each host."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, float(burst)
        self._buckets: dict[str, tuple[float, float]] = {}

    def admit(self, host: str, now: float) -> bool:
        """Take a token from the host's bucket; False if it is empty."""
        level, at = self._buckets.get(host, (self._burst, now))
        level = min(self._burst, level + (now - at) * self._rate)
        admitted = level >= 1.0
        self._buckets[host] = (level - 1.0 if admitted else level, now)
        if len(self._buckets) > MAX_BUCKETS:
            self._prune(now)
        return admitted

    def _prune(self, now: float) -> None:
        """Drop buckets that are full again; if forged sources fill them all, drop all."""
        kept = {
            host: (level, at)
            for host, (level, at) in self._buckets.items()
            if level + (now - at) * self._rate < self._burst
        }
        self._buckets = kept if len(kept) <= MAX_BUCKETS else {}
