"""The line that shall run the flow does not have a Call method that the flow uses.

Why: a call would come to that action and fault. `run` and `try` lead calls on the sip line, `test`
on the simulated one; each says what it has not before a call comes. `check` knows no line, so it
does not find this.

Bad: a method that the sip line does not have yet.

    do: [answer, { record: { stereo: true } }]

Good:

    do: answer

Fix: none; leave the action out, or run the flow on a line that has the method.
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("L101", "unsupported-method", Level.ERROR, page=__doc__)
