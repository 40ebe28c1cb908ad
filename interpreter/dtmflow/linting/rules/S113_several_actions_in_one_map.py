"""Several actions in one mapping.

Why: a mapping has no order, and the order of actions matters.

Bad:

    do: { say: Goodbye., hangup: {} }

Good:

    do:
      - say: Goodbye.
      - hangup: {}

Fix: make it a list (safe).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("S113", "several-actions-in-one-map", Level.ERROR, page=__doc__)
