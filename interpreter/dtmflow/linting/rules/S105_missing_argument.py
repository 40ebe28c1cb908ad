"""An argument that the method requires is missing.

Why: the Call reference has no default for it, so the action would fail on the call.

Bad:

    sendInfo: { body: hello }

Good:

    sendInfo: { mimeType: text/plain, body: hello }

Fix: none; only the author knows the value.
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("S105", "missing-argument", Level.ERROR, page=__doc__)
