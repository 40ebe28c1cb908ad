"""A variable with a name that is taken.

Why: `event`, `call`, `legs`, `params`, `prompts`, `input`, `lang`, `env`, `now` and `end` mean
something already, and the words and types of the expression language (`in`, `true`, `if`, `list`,
`int`, ...) cannot be names, so the variable could never be read.

Bad:

    vars: { call: "" }

Good:

    vars: { last_call: "" }
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.linting.analysis.words import UNUSABLE
from dtmflow.linting.registry import Subject, rule


@rule("V311", "reserved-name", Level.ERROR)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report variables and return values with such names."""
    core = subject.core
    for variable in (*core.variables.values(), *core.returns.values()):
        name = variable.name
        if variable.generated or name not in UNUSABLE:
            continue
        yield subject.report(
            variable.origin, f"`{name}` is {UNUSABLE[name]}", key=True, help="choose another name"
        )
