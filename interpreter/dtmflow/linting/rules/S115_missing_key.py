"""A required key is missing.

Why: every flow says its language version and its states, so that it can be read years later.

Bad:

    name: hello
    states:
      ringing: { do: answer, on: { Connected: end } }

Good:

    version: 1
    name: hello
    states:
      ringing: { do: answer, on: { Connected: end } }

Fix: add `version: 1` (safe).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("S115", "missing-key", Level.ERROR, page=__doc__)
