"""Braces in a text that were meant to insert a value.

Why: text is literal, and only `${...}` inserts; `{name}` and `{{ name }}` would be spoken or
written as they stand.

Bad:

    say: Hello {name}

Good:

    say: "Hello ${name}"

Fix (safe): write `${...}`, where the name is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Edit, Fix, Level, Path
from dtmflow.expressions.scope import Names
from dtmflow.linting.analysis.texts import texts
from dtmflow.linting.registry import Subject, rule

_BRACES = re.compile(r"(?<![${])\{\{?\s*([A-Za-z_][\w.]*)\s*\}?\}(?!\})")


@rule("V310", "expression-in-plain-text", Level.WARNING)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report braces round a name in spoken and logged texts; elsewhere only round a known one."""
    document = subject.document
    core = subject.core
    names = Names(
        dict.fromkeys((*core.variables, *core.returns), "string"),
        dict.fromkeys(core.params, "string"),
        core.legs,
        core.prompts,
    )
    scope = {*names.scope(), "input"}
    seen: set[tuple[Path, int]] = set()
    for text in texts(core):
        for match in _BRACES.finditer(text.value):
            name = match[1]
            known = name in scope or name.startswith("event.")
            if not (known or text.spoken) or (text.path, match.start()) in seen:
                continue
            seen.add((text.path, match.start()))
            span = document.scalar_span(text.path, match.start(), len(match[0]))
            edit = Edit(span, f"${{{name}}}")
            yield subject.report(
                span,
                f"`{match[0]}` is plain text here",
                help=f"write `${{{name}}}` to insert its value",
                fix=Fix(f"write `${{{name}}}`", (edit,)) if known else None,
            )
