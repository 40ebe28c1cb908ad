"""Every expression of a core with the names it may use and the type it must have.

Both who checks a flow (`typed_expressions`, in the author's words and places) and who runs it
(`Scopes`) take the scopes from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dtmflow.compiling.causes import UNKNOWN, Cause, entry_causes, event_names, taken
from dtmflow.compiling.core import (
    Action,
    After,
    Core,
    Later,
    Plain,
    State,
    StatePath,
    Transition,
    Written,
)
from dtmflow.compiling.substitute import names
from dtmflow.diagnostics import Path
from dtmflow.expressions.environment import environment
from dtmflow.expressions.problems import CompileError, Kind, Problem
from dtmflow.expressions.scope import Names
from dtmflow.expressions.template import parse
from dtmflow.expressions.types import OF_VARIABLE, Scope, Type
from dtmflow_schema.catalogue import METHODS, flat_fields, plain_type

_OF_PYTHON = {bool: "bool", int: "int", float: "number"}
_DURATION = frozenset({Type.STRING, Type.INT})


@dataclass(frozen=True, slots=True)
class TypedExpression:
    """One scalar of the source that is, or holds, expressions."""

    kind: str
    """`guard` (the whole scalar is one expression), `template` or `duration`."""
    text: str
    """The scalar's value."""
    path: Path
    """Where the scalar stands."""
    scope: Scope
    """Every name in scope."""
    events: tuple[Cause, ...]
    """What `event` may be here."""
    expected: frozenset[Type] = frozenset()
    """Types that the result may have; empty for any."""
    key: bool = False
    """Whether it is the key at `path`, not the value (`after:` with an expression)."""

    def expressions(self) -> Iterator[tuple[int, str]]:
        """Yield offset in the scalar and text of each CEL expression."""
        if self.kind == "guard":
            yield 0, self.text
            return
        try:
            for slot in parse(self.text).slots:
                yield slot.offset, slot.text
        except CompileError:
            return

    def problems(self) -> tuple[Problem, ...]:
        """Return everything that is wrong, offsets counted in the scalar's value."""
        env = environment(self.scope)
        try:
            if self.kind == "guard":
                found = env.compile(self.text).type
            else:
                template = parse(self.text)
                found = template.compile(env).type
                if template.whole is None:
                    return ()
        except CompileError as error:
            return error.problems
        if not self.expected or found in self.expected or found is Type.DYN:
            return ()
        if found is Type.INT and Type.DOUBLE in self.expected:
            return ()
        wanted = " or ".join(sorted(kind.word for kind in self.expected))
        kind = Kind.NOT_BOOLEAN if self.kind == "guard" else Kind.TYPE_MISMATCH
        offset, text = next(self.expressions())
        message = f"this is {found.word}, not {wanted}"
        return (Problem(kind, message, offset, len(text), text.strip(), (str(found),)),)


class Scopes:
    """The scopes of a core: what each handler, timer and state's own actions may read."""

    def __init__(self, core: Core, env: Iterable[str] = ()) -> None:
        """Take the names of the core and of the environment variables that are allowed."""
        declared = {**core.variables, **core.returns}
        self._core = core
        self._base = Names(
            variables={name: variable.type for name, variable in declared.items()},
            params={name: variable.type for name, variable in core.params.items()},
            legs=tuple(core.legs),
            prompts=tuple(core.prompts),
            env=tuple(env),
        ).scope()
        self._causes = entry_causes(core)

    def of(self, events: Iterable[Cause], *, input_: bool = False) -> Scope:
        """Return the scope where one of these events is at hand."""
        scope = {**self._base, **event_names(events)}
        if input_:
            scope["input"] = Type.STRING
        return scope

    def prompt(self, *, input_: bool) -> Scope:
        """Return the scope of the texts under `prompts:`."""
        scope = self.of((), input_=input_)
        return {name: kind for name, kind in scope.items() if not name.startswith("prompts.")}

    def entry(self, path: StatePath) -> tuple[Cause, ...]:
        """Return the events that may cause the entry of a state."""
        return tuple(sorted(self._causes.get(path, ()))) or (UNKNOWN,)


def transitions(core: Core, scopes: Scopes) -> Iterator[tuple[Transition, tuple[Cause, ...]]]:
    """Yield every transition of a core with the events it may be taken on."""
    for source, transition, cause in taken(core):
        yield transition, scopes.entry(source) if cause is None else (cause,)


def actions(core: Core, scopes: Scopes) -> Iterator[tuple[Action, tuple[Cause, ...]]]:
    """Yield every action of a core with the events that may be at hand."""
    for path, state in core.states.items():
        for action in (*state.do, *state.exit):
            yield action, scopes.entry(path)
    for transition, events in transitions(core, scopes):
        for action in transition.do:
            yield action, events


def timers(core: Core, scopes: Scopes) -> Iterator[tuple[After, tuple[Cause, ...]]]:
    """Yield every timer of a core with the events that may have caused the entry."""
    for after in core.after:
        yield after, ()
    for path, state in core.states.items():
        for after in state.after:
            yield after, scopes.entry(path)


def typed_expressions(core: Core, env: Iterable[str] = ()) -> Iterator[TypedExpression]:
    """Yield every expression that the author wrote, once per scope in which it is used.

    What sugar has rewritten is given as it was written. Made-up expressions are left out.

    Args:
        core: An expanded flow, which may have errors.
        env: Names of the environment variables that the project allows.
    """
    finder = _Finder(core, Scopes(core, env))
    seen: set[tuple[Path, bool, str, tuple[tuple[str, Type], ...]]] = set()
    for found in finder.find():
        local = ("event", "input")
        events = tuple(item for item in found.scope.items() if item[0].split(".")[0] in local)
        known = (found.path, found.key, found.text, events)
        if known not in seen:
            seen.add(known)
            yield found


class _Finder:
    def __init__(self, core: Core, scopes: Scopes) -> None:
        self.core, self.scopes = core, scopes

    def find(self) -> Iterator[TypedExpression]:
        for transition, events in transitions(self.core, self.scopes):
            if transition.guard is not None and transition.guard_origin:
                yield from self.one(
                    transition.guard, transition.guard_origin, events, Written("", "guard", "bool")
                )
        for action, events in actions(self.core, self.scopes):
            yield from self.arguments(action, events)
        for after, events in timers(self.core, self.scopes):
            if after.origin:
                key = after.origin not in self.core.written
                yield from self.one(
                    after.delay, after.origin, events, Written("", "duration"), key=key
                )
        for state in self.core.states.values():
            if state.later is not None:
                yield from self.later(state, state.later)
        for leg in self.core.legs.values():
            yield from self.nested(leg.settings, leg.origin, ())
        yield from self.prompts()

    def arguments(self, action: Action, events: tuple[Cause, ...]) -> Iterator[TypedExpression]:
        for name, value in action.arguments.items():
            if name in action.places:
                expected = self.argument_type(action, name)
                yield from self.nested(value, action.places[name], events, expected)

    def argument_type(self, action: Action, name: str) -> str:
        if action.name == "set" and not action.leg:
            declared = self.core.variables.get(name) or self.core.returns.get(name)
            return "string" if name == "lang" else declared.type if declared else ""
        if action.name in METHODS and name in flat_fields(action.name):
            kind = plain_type(flat_fields(action.name)[name].field.annotation)
            return _OF_PYTHON.get(kind, "")
        return ""

    def later(self, state: State, later: Later) -> Iterator[TypedExpression]:
        events = self.scopes.entry(state.path)
        for name, value in later.settings.items():
            kind = "duration" if name == "timeout" else "template"
            yield from self.nested(value, (*later.origin, name), events, kind=kind)

    def nested(
        self,
        value: Plain,
        path: Path,
        events: tuple[Cause, ...],
        expected: str = "",
        kind: str = "template",
    ) -> Iterator[TypedExpression]:
        if isinstance(value, str):
            yield from self.one(value, path, events, Written("", kind, expected))
        elif isinstance(value, Mapping):
            for key, item in value.items():
                yield from self.nested(item, (*path, key), events)
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                yield from self.nested(item, (*path, index), events)

    def prompts(self) -> Iterator[TypedExpression]:
        """Yield the texts of the catalogue: with `input` where menus speak them, else without."""
        used = self.spoken()
        for name, texts in self.core.prompts.items():
            origin = self.core.prompt_origins.get(name)
            for language, text in texts.items():
                if origin is None or "${" not in text:
                    continue
                path = (*origin, language) if language else origin
                in_menus = path in self.core.written
                for input_ in (True, False):
                    if in_menus if input_ else not in_menus or f"prompts.{name}" in used:
                        scope = self.scopes.prompt(input_=input_)
                        yield TypedExpression("template", text, path, scope, ())

    def spoken(self) -> frozenset[str]:
        """Return the names in all arguments of the core, after sugar has rewritten them."""
        return frozenset(
            name
            for action, _ in actions(self.core, self.scopes)
            for text in texts_of(action.arguments)
            for name in names(text)
        )

    def one(
        self,
        text: str,
        path: Path,
        events: tuple[Cause, ...],
        how: Written,
        *,
        key: bool = False,
    ) -> Iterator[TypedExpression]:
        written = self.core.written.get(path)
        if written is not None:
            text, how = written.text, written
        if how.kind != "guard" and "${" not in text:
            return
        scope = self.scopes.of(events, input_=how.input)
        yield TypedExpression(how.kind, text, path, scope, events, _expected(how), key=key)


def texts_of(value: Plain) -> Iterator[str]:
    """Yield every text in plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts_of(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from texts_of(item)


def _expected(how: Written) -> frozenset[Type]:
    if how.kind == "duration":
        return _DURATION
    if not how.type:
        return frozenset()
    kind = OF_VARIABLE.get(how.type, Type.DYN)
    return frozenset() if kind is Type.DYN else frozenset({kind})
