"""A comment that silences a rule which finds nothing there.

Why: such a comment hides the next finding of that rule, which nobody has looked at.

Bad:

    # flow: ignore[F102] kept for the summer
    main: { prompt: { say: Welcome. }, to: end }

Good:

    main: { prompt: { say: Welcome. }, to: end }

Fix: remove the comment (safe).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("D804", "unused-suppression", Level.WARNING, page=__doc__)
