"""What work costs, in rounds of a fixed piece of plain Python that is timed in turns with it.

Seconds depend on the machine and on what else it does; the ratio hardly does. A round is 20
objects, calls, dictionary entries and texts: 19 us on the machine that the limits were set on, so
100 rounds are about 2 ms there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import process_time

ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Cost:
    """The cheapest of several turns: what was more, others had taken."""

    microseconds: float
    rounds: float

    @property
    def per_second(self) -> float:
        return 1e6 / self.microseconds

    def __str__(self) -> str:
        return f"{self.microseconds:.1f} us ({self.rounds:.2f} rounds)"


def cost(work: Callable[[], object], *, times: int, turns: int = 7) -> Cost:
    """Return what one call of `work` costs."""
    return cost_of_parts(lambda: [_seconds(work, times)], turns=turns)


def cost_of_parts(parts: Callable[[], list[float]], *, turns: int) -> Cost:
    """Return the mean cost of parts whose seconds `parts` measures, each at its cheapest."""
    best = parts()
    round_ = min(_seconds(plain_python, 1) / ROUNDS for _ in range(turns))
    for _ in range(turns):
        best = [min(pair) for pair in zip(best, parts(), strict=True)]
        round_ = min(round_, _seconds(plain_python, 1) / ROUNDS)
    mean = sum(best) / len(best)
    return Cost(mean * 1e6, mean / round_)


def _seconds(work: Callable[[], object], times: int) -> float:
    begin = process_time()
    for _ in range(times):
        work()
    return (process_time() - begin) / times


class _Leaf:
    def __init__(self, name: str, value: int) -> None:
        self.name, self.value = name, value

    def shown(self) -> str:
        return f"{self.name}={self.value}"


def plain_python() -> None:
    """Run the rounds."""
    for number in range(ROUNDS):
        leaves = {f"k{at}": _Leaf(f"n{at}", at * number) for at in range(20)}
        ", ".join(leaf.shown() for _, leaf in sorted(leaves.items()) if isinstance(leaf, _Leaf))
