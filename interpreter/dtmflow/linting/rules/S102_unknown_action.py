"""An action that is neither a Call method nor one of the language's own.

Why: actions are the methods of the Call reference, spelt as there, and `set`, `dial`, `bridge`,
`unbridge`, `log`, `emit`.

Bad:

    do: { play: media/welcome.wav }

Good:

    do: { startPlayback: media/welcome.wav }

Fix: write the known action that comes closest (unsafe).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("S102", "unknown-action", Level.ERROR, page=__doc__)
