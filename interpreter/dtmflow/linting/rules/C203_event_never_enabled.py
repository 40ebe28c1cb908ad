"""An event is handled that nothing switches on.

Why: keys, microphone changes, statistics, blind transfers and beeps are reported only after the
method that enables them, so the handler would never run. One path that enables before is enough.
`menu` and `gather` enable keys by themselves.

Bad:

    main:
      do: { say: Press any key. }
      on: { ToneReceived: end }

Good:

    main:
      do: [{ handleTones: true }, { say: Press any key. }]
      on: { ToneReceived: end }

Fix (safe): enable it on entry of the state.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.compiling.core import Handler, StatePath
from dtmflow.diagnostics import Diagnostic, Fix, Level
from dtmflow.linting.analysis.derived import graph
from dtmflow.linting.analysis.enabling import ENABLERS, never_enabled
from dtmflow.linting.analysis.names import authored
from dtmflow.linting.registry import Subject, rule
from dtmflow.linting.repairs import first_action
from dtmflow_schema.catalogue import flat_fields


@rule("C203", "event-never-enabled", Level.ERROR, whole=True)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report each such handler."""
    for holder, handler in never_enabled(subject.derive(graph)):
        method = ENABLERS[handler.trigger.event][0]
        leg = handler.trigger.leg
        called = method if leg == subject.core.primary else f"{leg}.{method}"
        required = [each for each in flat_fields(method).values() if each.required]
        value = "true" if required else "{}"
        if any(each.field.annotation is not bool for each in required):
            value = "..."
        action = f"{called}: {value}"
        yield subject.report(
            handler.origin,
            f"`{handler.trigger.event}` comes only after `{called}`, "
            "which no path to this handler runs",
            key=True,
            help=f"add `{action}`",
            fix=_fix(subject, holder, handler, action) if value != "..." else None,
        )


def _fix(subject: Subject, holder: StatePath, handler: Handler, action: str) -> Fix | None:
    core = subject.core
    state = core.states[authored(core, holder or core.initial)]
    edit = first_action(subject.document, state.origin, action)
    return Fix(f"enable {handler.trigger.event} by `{action}`", (edit,)) if edit else None
