"""SIPp's own statistics: what it counted, not what its screen looks like."""

from __future__ import annotations

import csv
from pathlib import Path


def counting(file: Path) -> tuple[str, ...]:
    """Return SIPp's options for writing its statistics into a file."""
    return "-trace_stat", "-stf", str(file), "-fd", "1"


class Counts:
    """The last line of the statistics: sums over the whole run."""

    def __init__(self, file: Path) -> None:
        with file.open(newline="") as opened:
            self.row = list(csv.DictReader(opened, delimiter=";"))[-1]

    def __getitem__(self, name: str) -> int:
        """Return a counter by SIPp's name, for example `FailedCall`."""
        return int(self.row[f"{name}(C)"])

    @property
    def failures(self) -> dict[str, int]:
        """Every counter of failures that is not zero."""
        names = (name for name in self.row if name.startswith("Failed") and name.endswith("(C)"))
        return {name: int(self.row[name]) for name in names if int(self.row[name] or 0)}
