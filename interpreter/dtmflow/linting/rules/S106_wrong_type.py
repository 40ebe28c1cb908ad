"""A value of another type than the place expects.

Why: `"yes"` is a text and no boolean. Texts that only hold `${...}` are checked when the flow
runs.

Bad:

    handleTones: "yes"

Good:

    handleTones: true

Fix: write the value that comes closest, where there is one (unsafe).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("S106", "wrong-type", Level.ERROR, page=__doc__)
