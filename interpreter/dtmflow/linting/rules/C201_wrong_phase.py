"""An action comes at a time when the leg cannot take it.

Why: `say` needs a call that is connected or in early media, `reject` one that is not answered,
and after the end of a leg there is nothing to act on; at run time such an action is a fault.
Between `answer` and the event `Connected` the call is neither: wait for the event. `hangup` is
always allowed.

Bad:

    ringing:
      do: [answer, { say: Hello. }]

Good:

    ringing:
      do: answer
      on: { Connected: greeting }
    greeting:
      do: { say: Hello. }
      on: { PlaybackFinished: end }

The finding names one path that leads to the action; on it the action is certain to fail.
"""

from __future__ import annotations

from collections.abc import Iterator

from dtmflow.diagnostics import Diagnostic, Level, Path
from dtmflow.linting.analysis.derived import graph
from dtmflow.linting.analysis.names import route
from dtmflow.linting.analysis.phases import Phases, Stand, legs
from dtmflow.linting.registry import Subject, rule

_HELP = {
    Stand.RINGING: "answer first and go on at `Connected`",
    Stand.EARLY: "go on at `Connected`",
    Stand.ANSWERING: "go on at `Connected`, which comes once the answer has arrived",
    Stand.CONNECTED: "it is too late for this once the call is answered",
    Stand.ENDING: "nothing but `hangup` may follow the end of a leg",
    Stand.ENDED: "nothing but `hangup` may follow the end of a leg",
}


@rule("C201", "wrong-phase", Level.ERROR, whole=True)
def find(subject: Subject) -> Iterator[Diagnostic]:
    """Report each action that some path reaches in the wrong phase, once for each place."""
    core, paths = subject.core, subject.derive(graph)
    seen: set[tuple[Path, str]] = set()
    for leg in legs(core):
        for slip in Phases(paths, leg).missteps:
            name = slip.action.name
            if (slip.action.origin, name) in seen:
                continue
            seen.add((slip.action.origin, name))
            help_text = _HELP[slip.stand]
            if slip.stand in {Stand.RINGING, Stand.EARLY} and leg != core.primary:
                help_text = f"go on at `{leg}.Connected`"
            elif name in {"answer", "answerDirect"} and slip.stand is Stand.ANSWERING:
                help_text = "a call is answered once"
            yield subject.report(
                slip.action.origin,
                f"`{name}` cannot run here: `{leg}` is {slip.stand.value} "
                f"on the path {route(core, slip.path)}",
                key=_has_key(slip.action.origin),
                help=help_text,
            )


def _has_key(origin: Path) -> bool:
    """Whether an action is written with arguments; a bare name stands under `do` or in a list."""
    return isinstance(origin[-1], str) and origin[-1] not in {"do", "exit"}
