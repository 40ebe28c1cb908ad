"""A construct of the language that cannot run yet.

Why: `connect`, `http`, `run`, outgoing legs and flows that no call starts are parsed, checked and
drawn, but nothing carries them out. A flow that holds one is refused when it is loaded for a line,
with the place, before a call comes. `check` knows no line, so it does not find this.

Bad:

    agent:
      connect: { to: "sip:agent@example.org" }
      on: { ok: end, else: sorry }

Good:

    agent:
      prompt: { say: Nobody is here now. Please call again. }
      to: end

Fix: none; leave it out.
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("L102", "unsupported-construct", Level.ERROR, page=__doc__)
