"""A text must be quoted.

Why: a colon with a blank behind it starts a second value, a closing quote ends a text even if
more follows, and `@`, `%` and the back-tick cannot start one. What was meant is plain, so the
rest of the file is read as if the quotes were there.

Bad:

    say: Note: press 1

Good:

    say: "Note: press 1"

Fix: quote the text (safe).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("Y105", "needs-quotes", Level.ERROR, page=__doc__)
