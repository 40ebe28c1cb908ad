"""A key that the language does not have.

Why: a misspelt key would be ignored and the flow would silently lack what it says. Keys of
later versions are unknown to version 1, too.

Bad:

    stats:
      ringing: { do: answer }

Good:

    states:
      ringing: { do: answer }

Fix: write the known key that comes closest (unsafe).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("S101", "unknown-key", Level.ERROR, page=__doc__)
