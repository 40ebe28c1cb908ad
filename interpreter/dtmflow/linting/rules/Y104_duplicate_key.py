"""A key stands twice in one mapping.

Why: most YAML readers keep the last one silently, and the first branch of the flow is lost.
Keys are compared as text, so `1` and `"1"` are the same choice.

Bad:

    choices:
      1: sales
      "1": support

Good:

    choices:
      "1": sales
      "2": support

Fix: none; only the author knows which one to keep.
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("Y104", "duplicate-key", Level.ERROR, page=__doc__)
