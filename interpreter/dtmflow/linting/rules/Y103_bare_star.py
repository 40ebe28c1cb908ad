"""A `*` started an alias where the star key was meant.

Why: `*` begins an alias in YAML, so a star as a menu choice or key press must be quoted.

Bad:

    choices:
      *: back

Good:

    choices:
      "*": back

Fix: write `"*"` (safe).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("Y103", "bare-star", Level.ERROR, page=__doc__)
