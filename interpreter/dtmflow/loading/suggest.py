"""Did you mean: the known name that is closest to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that `name` was probably meant to be, or None.

    At most one edit for every three characters (an edit adds, drops or replaces a character or
    swaps two neighbours); upper and lower case count as equal. Ties go to the first.
    """
    best, best_distance = None, len(name) // 3 + 1
    folded = name.casefold()
    for candidate in known:
        distance = _distance(folded, candidate.casefold(), best_distance)
        if distance < best_distance:
            best, best_distance = candidate, distance
    return best


def _distance(left: str, right: str, limit: int) -> int:
    """Return the Damerau-Levenshtein distance (adjacent swaps), or `limit` if not below it."""
    if abs(len(left) - len(right)) >= limit:
        return limit
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return min(row[-1], limit)
