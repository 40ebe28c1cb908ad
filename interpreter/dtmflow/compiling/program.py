"""`Program`: the immutable plan that sessions run. The front door is `compile_program`."""

from __future__ import annotations

from collections.abc import Mapping

from dtmflow.compiling.core import Action, After, Core, Later, Plain, Transition
from dtmflow.compiling.machine import Machine
from dtmflow.diagnostics import Path
from dtmflow.loading.document import Document


class Program:
    """A core with everything compiled. Immutable, shared by all sessions of a flow."""

    core: Core
    machine: Machine
    digest: str
    """SHA-256 of the source text: the version that a running call keeps."""
    file: str

    def guard(self, transition: Transition, values: Mapping[str, object]) -> bool:
        """Evaluate the guard of a transition; True without one.

        Args:
            transition: A transition of the core.
            values: Flat, by qualified name: `tries`, `event.tone`, `call.number`, `lang`, `now`.
                Prompts are not needed: they are evaluated here, in `lang`.

        Raises:
            EvaluationError: becomes a `fault`.
        """
        raise NotImplementedError

    def arguments(self, action: Action, values: Mapping[str, object]) -> dict[str, Plain]:
        """Evaluate the templates in the arguments of an action.

        Raises:
            EvaluationError: becomes a `fault`.
        """
        raise NotImplementedError

    def duration_ms(self, after: After, values: Mapping[str, object]) -> int:
        """Evaluate the delay of a timer, in ms.

        Raises:
            EvaluationError: it is no duration; becomes a `fault`.
        """
        raise NotImplementedError

    def requirements(self) -> tuple[tuple[Action | Later, Path], ...]:
        """Return every action on a leg and every construct that needs more than one leg."""
        raise NotImplementedError

    def line(self, path: Path) -> int:
        """Return the line of the source where `path` stands, for `event.line` of a fault."""
        raise NotImplementedError


def compile_program(core: Core, document: Document) -> Program:
    """Compile everything once.

    Raises:
        FlowInvalid: the flow has errors; `check` finds them with more detail.
    """
    raise NotImplementedError
