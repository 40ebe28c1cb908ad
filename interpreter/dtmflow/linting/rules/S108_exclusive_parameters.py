"""Parameters that do not go together.

Why: `hd_audio` and `lossless` exclude each other, `labels` needs `transcribe`, and `secure`
belongs to a recorder. Of a state, `final` ends the flow at once, so nothing is waited for beside
it; nested `states` say themselves where to go, so `to` and kinds do not go with them. The finding
stands at the second of the two.

Bad:

    record: { hd_audio: true, lossless: true }

Good:

    record: { hd_audio: true }

Fix: none; only the author knows which to keep.
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("S108", "exclusive-parameters", Level.ERROR, page=__doc__)
