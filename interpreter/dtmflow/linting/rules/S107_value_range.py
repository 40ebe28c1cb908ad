"""A value outside the range of the Call reference.

Why: the real platform refuses it; so does the flow, before any call.

Bad:

    monitorMediaStatistics: { monitor: true, interval: 1 }

Good:

    monitorMediaStatistics: { monitor: true, interval: 5 }

Fix: none; only the author knows the value.
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("S107", "value-range", Level.ERROR, page=__doc__)
