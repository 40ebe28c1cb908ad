"""A language version that this program does not know.

Why: a later version may give other meaning to what stands here.

Bad:

    version: 2

Good:

    version: 1

Fix: none.
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("S114", "unsupported-version", Level.ERROR, page=__doc__)
