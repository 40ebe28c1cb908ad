"""A duration has no unit.

Why: `timeout: 5` reads as five seconds to one author and as five milliseconds to the next; the
Call reference uses both.

Bad:

    timeout: 5

Good:

    timeout: 5s

Fix: write the number with `s` (safe: nobody waits for 5 ms).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("Y108", "duration-unit", Level.ERROR, page=__doc__)
