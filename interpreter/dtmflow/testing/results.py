"""What came of a flow test, and how it reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dtmflow.diagnostics import Span
from dtmflow.running.effects import ActionTaken


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a test failed, at one step."""

    span: Span
    """The step, or the entry of `expect:`, in the test file."""
    step: str
    """The line as the author wrote it."""
    expected: str
    happened: str
    actions: tuple[str, ...] = ()
    """What the flow did since the last step that did something."""
    state: str = ""
    """Where the flow stood."""


@dataclass(frozen=True, slots=True)
class Result:
    """One test, or one row of a table-driven one."""

    file: str
    name: str
    """With the row in brackets behind it when there is a table."""
    span: Span
    """The test in its file."""
    failure: Failure | None = None

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return self.failure is None

    def describe(self) -> str:
        """Return the result for people: one line when it passed."""
        failure = self.failure
        if failure is None:
            return f"ok      {self.name}"
        place = f"{self.file}:{failure.span.line}:{failure.span.column}"
        lines = [
            f"FAILED  {self.name}",
            f"  {place}: {failure.step}",
            f"    expected  {failure.expected}",
            f"    happened  {failure.happened}",
        ]
        if failure.state:
            lines.append(f"    state     {failure.state}")
        if failure.actions:
            lines.append("    actions since the last step:")
            lines.extend(f"      - {action}" for action in failure.actions)
        return "\n".join(lines)


def shown(actions: Iterable[ActionTaken], primary: str) -> tuple[str, ...]:
    """Return actions as they would stand in a flow; those of the primary leg unprefixed."""
    return tuple(show_action(action, primary) for action in actions)


def show_action(action: ActionTaken, primary: str) -> str:
    """Return `say: {text: "Hi"}`, `agent.hangup`, `set: {n: 1}`."""
    name = action.name if action.leg in {"", primary} else f"{action.leg}.{action.name}"
    return name if not action.arguments else f"{name}: {show_value(action.arguments)}"


def show_value(value: Any) -> str:
    """Return plain data in the flow style of YAML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {show_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(show_value(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False, default=str)
