"""The file is too big, too deep, or its aliases expand without end.

Why: a few lines of nested aliases can expand to billions of values. A file may have 1 MiB, 100
levels and 100000 values, and its aliases and merge keys may add 10000 values. An alias inside
its own anchor never ends.

Bad:

    do: &again
      - say: Hello
      - *again

Good:

    do:
      - say: Hello
      - say: Hello

Fix: none.
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("Y109", "alias-bomb", Level.ERROR, page=__doc__)
