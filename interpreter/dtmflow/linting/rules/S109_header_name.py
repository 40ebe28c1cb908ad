"""A SIP header of our own without `X-`.

Why: only header fields that start with `X-` may be added to a message; `VI-CallTimeout` is the
one exception.

Bad:

    reject: { code: 486, extraHeaders: { Reason: busy } }

Good:

    reject: { code: 486, extraHeaders: { X-Reason: busy } }

Fix: put `X-` in front (safe).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("S109", "header-name", Level.ERROR, page=__doc__)
