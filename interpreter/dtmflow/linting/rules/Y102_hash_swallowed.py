"""A `#` started a comment where a key or value was meant.

Why: `#` after a blank or at the start of a line begins a comment, also before a colon: the
choice vanishes without any error.

Bad:

    choices:
      "1": sales
      #: main

Good:

    choices:
      "1": sales
      "#": main

Fix: write `"#"` (safe).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("Y102", "hash-swallowed", Level.ERROR, page=__doc__)
