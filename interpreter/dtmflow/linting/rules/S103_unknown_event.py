"""An event that is not in the Call reference.

Why: a handler for an event that nothing raises would wait for ever. Events of the reference
begin with a capital letter; own events and outcomes are lower-case.

Bad:

    on: { PlaybackFinish: end }

Good:

    on: { PlaybackFinished: end }

Fix: write the known event that comes closest (unsafe).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("S103", "unknown-event", Level.ERROR, page=__doc__)
