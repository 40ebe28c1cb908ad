"""A condition that always gives the same answer.

Why: what can never be true hides a mistake (`&&` for `||`, a value that does not exist), and what
is always true needs no `if`. Judged by the constants, by closed sets (keys, call states, SIP
codes) and by comparisons of one thing that contradict or complete each other.

Bad:

    if: event.tone == "1" && event.tone == "2"

Good:

    if: event.tone == "1" || event.tone == "2"

Fix (unsafe): remove an `if` that is always true.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Fix, Level, Path
from dtmflow.linting.analysis.conditions import impossible, verdict
from dtmflow.linting.analysis.expressions import sites
from dtmflow.linting.registry import Subject, rule
from dtmflow.linting.repairs import removal


@rule("V305", "constant-condition", Level.WARNING)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report each such condition, unless V306 names the value that causes it."""
    seen: set[Path] = set()
    for site in subject.derive(sites):
        typed = site.typed
        if typed.kind != "guard" or typed.path in seen:
            continue
        for _, tree in site.trees:
            answer = verdict(tree)
            if answer is None or any(impossible(tree)):
                continue
            seen.add(typed.path)
            edit = removal(subject.document, typed.path) if answer else None
            yield subject.report(
                typed.path,
                f"this condition is always {str(answer).lower()}",
                help="leave the `if` out" if answer else "what follows it never happens",
                fix=Fix("remove the `if`", (edit,), safe=False) if edit else None,
            )
