"""This is not YAML.

Why: the file cannot be read, so nothing in it can run. The finding stands where the mistake was
made: at the bracket or quote that is never closed, not at the end of the file where a parser
notices. Files must be UTF-8, without control characters and tabs as indentation, and hold one
document.

Bad:

    do: [answer, { say: Hello }

Good:

    do: [answer, { say: Hello }]

Fix: none; only the author knows what was meant.
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("Y100", "syntax", Level.ERROR, page=__doc__)
