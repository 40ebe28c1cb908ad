"""The file asks for YAML 1.1.

Why: under 1.1 `on`, `no` and `yes` are booleans, `12:30` is 750 and `010` is 8; half of a flow
would mean something else. Flows are YAML 1.2 and are read as such.

Bad:

    %YAML 1.1
    ---
    version: 1

Good:

    version: 1

Fix: write 1.2 into the directive (safe).
"""

from __future__ import annotations

from dtmflow.diagnostics import Level
from dtmflow.linting.registry import found_while

found_while("Y101", "yaml-1-1", Level.ERROR, page=__doc__)
