"""A listener method under `do:`.

Why: `addEventListener` and `removeEventListener` exist for programs. In a flow `on:` takes
their place: it listens while its state is active.

Bad:

    do: { addEventListener: PlaybackFinished }

Good:

    on: { PlaybackFinished: end }

Fix: none; the handler has to be written.
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("S110", "listener-method", Level.ERROR, page=__doc__)
