"""A `!` started a YAML tag.

Why: `!known` is a tag in YAML and not a text: the condition would be empty. Flows have no tags.

Bad:

    if: !known

Good:

    if: "!known"

Fix: quote the text, or remove the tag from a list or mapping (safe).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("Y106", "bang-is-tag", Level.ERROR, page=__doc__)
