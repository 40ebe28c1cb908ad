"""An argument that the method does not take.

Why: positional arguments and the fields of the parameters object share one mapping; a misspelt
one would have no effect on the call.

Bad:

    say: { text: Hello, voise: en_US_Joanna }

Good:

    say: { text: Hello, voice: en_US_Joanna }

Fix: write the known parameter that comes closest (unsafe).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("S104", "unknown-parameter", Level.ERROR, page=__doc__)
