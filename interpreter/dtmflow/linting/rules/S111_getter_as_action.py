"""A getter under `do:`.

Why: `callerid`, `state` and the other getters return a value and do nothing. In a flow they are
properties of the call.

Bad:

    do: callerid

Good:

    do: { log: "call from ${call.callerid}" }

Fix: none.
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("S111", "getter-as-action", Level.ERROR, page=__doc__)
