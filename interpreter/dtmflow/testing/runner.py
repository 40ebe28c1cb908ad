"""Runs the tests of a flow test file, each in a world of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dtmflow.compiling.program import Program
from dtmflow.diagnostics import Path as Place
from dtmflow.errors import CallError
from dtmflow.loading.document import Document
from dtmflow.loading.read import load
from dtmflow.loading.validation import validate
from dtmflow.running.context import WrongTypeError
from dtmflow.testing import steps
from dtmflow.testing.expectations import expect
from dtmflow.testing.programs import Programs, read, stop_at_errors
from dtmflow.testing.results import Failure, Result, shown
from dtmflow.testing.steps import DifferentError
from dtmflow.testing.values import BadValueError, filled, text
from dtmflow.testing.world import NOON, World
from dtmflow_schema import scenario
from dtmflow_schema.scenario import Case


def run_file(test: Path, programs: Programs | None = None, *, select: str = "") -> list[Result]:
    """Run the tests of a flow test file.

    Args:
        test: The file.
        programs: Compiled flows to share between files.
        select: Run only tests whose name holds this text.

    Raises:
        UsageError: the file or its flow cannot be read.
        FlowInvalid: the file or its flow is wrong, or the simulated line cannot run the flow.
    """
    return list(FlowTests(test, programs or Programs()).run(select))


class FlowTests:
    """A flow test file, read and checked."""

    def __init__(self, path: Path, programs: Programs) -> None:
        """Read the file and compile its flow.

        Raises:
            UsageError: a file cannot be read.
            FlowInvalid: a file is wrong, or the simulated line cannot run the flow.
        """
        self.document: Document = load(read(path), str(path))
        tests, findings = validate(self.document, scenario.FlowTests)
        stop_at_errors((*self.document.diagnostics, *findings))
        assert tests is not None, "without errors there are tests"  # noqa: S101 - for the type checker
        self._tests = tests.tests
        self.program: Program = programs.get(path.parent / tests.flow)

    def run(self, select: str = "") -> Iterator[Result]:
        """Run the tests whose name holds `select`, a table's rows one by one."""
        for index, test in enumerate(self._tests):
            if select not in test.name:
                continue
            if test.each is None:
                yield self._result(index, test, test.name, None)
                continue
            for row in test.each:
                yield self._result(index, test, f"{test.name} [{_label(row)}]", row)

    def _result(self, index: int, test: Case, name: str, row: Any) -> Result:
        place: Place = ("tests", index)
        span = self.document.span(place)
        failure = self._run(place, test, row)
        return Result(self.document.file, name, span, failure)

    def _run(self, place: Place, test: Case, row: Any) -> Failure | None:
        try:
            world = World(self.program, now=_time(test.now, row))
        except BadValueError as problem:
            span = self.document.span((*place, "now"))
            return Failure(span, "now", "a time of day", str(problem))
        for index, step in enumerate(test.steps):
            at: Place = (*place, "steps", index, step.kind)
            try:
                _take(world, step.kind, step.value if row is None else filled(step.value, row))
            except DifferentError as different:
                at = (*at, *different.at)
                return self._failure(world, at, different.expected, different.happened)
            except (CallError, BadValueError, WrongTypeError) as problem:
                return self._failure(world, at, "a step that can be done", str(problem))
        return None

    def _failure(self, world: World, at: Place, expected: str, happened: str) -> Failure:
        session, span = world.session, self.document.span(at, key=True)
        return Failure(
            span=span,
            step=self.document.lines.line(span.line).strip(),
            expected=expected,
            happened=happened,
            actions=shown(world.actions, self.program.core.primary),
            state=session.context.state if session is not None else "",
        )


def _take(world: World, name: str, value: Any) -> None:
    doing = steps.DOING.get(name)
    if doing is not None:
        world.mark()
        doing(world, value)
        if world.session is not None and world.session.bug is not None:
            raise world.session.bug
    elif name == "hear":
        steps.hear(world, value)
    elif name == "expect":
        expect(world, value)
    else:
        raise BadValueError(f"`{name}` comes later: flows that need it cannot run")


def _time(value: Any, row: Any) -> datetime:
    if value is None:
        return NOON
    try:
        moment = datetime.fromisoformat(text(value if row is None else filled(value, row)))
    except ValueError as problem:
        raise BadValueError(str(problem)) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _label(row: Any) -> str:
    if isinstance(row, Mapping):
        return ", ".join(f"{key}={text(value)}" for key, value in row.items())
    return text(row)
