"""How many examples hypothesis tries: few in the default suite, many where time does not matter.

`DTMFLOW_THOROUGH=1 pytest -m properties` tries them all; CI does.
"""

from __future__ import annotations

import os

THOROUGH = bool(os.environ.get("DTMFLOW_THOROUGH"))
"""Whether to take the time."""


def examples(number: int) -> int:
    """Return how many of `number` examples to try now."""
    return number if THOROUGH else max(10, number // 5)
