"""`{` started a mapping where a text was meant.

Why: inside `{...}` and `[...]` a brace opens a mapping, so `${x}` must be quoted there; `{{ x
}}` is a mapping everywhere.

Bad:

    do: { log: ${call.number} }

Good:

    do: { log: "${call.number}" }

Fix: quote the text (safe).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("Y107", "braces-in-flow-style", Level.ERROR, page=__doc__)
