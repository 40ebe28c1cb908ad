"""A state of two kinds.

Why: `prompt`, `menu`, `gather`, `connect`, `http` and `run` each say what a state does and how
it ends; two of them would both want to end it.

Bad:

    main:
      prompt: { say: Welcome. }
      menu: { say: Press 1., choices: { "1": end } }

Good:

    welcome:
      prompt: { say: Welcome. }
      to: main
    main:
      menu: { say: Press 1., choices: { "1": end } }

Fix: none; make it two states.
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("S112", "two-kinds", Level.ERROR, page=__doc__)
