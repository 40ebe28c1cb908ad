"""`Program`: the immutable plan that sessions run. The front door is `compile_program`.

In: a core and its document. Out: guards, arguments and delays as values, and the machine. Nothing
here knows a session, a line or a clock.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from dtmflow.compiling.core import Action, After, Core, Handler, Later, Plain, Transition
from dtmflow.compiling.machine import Machine
from dtmflow.compiling.typed import Scopes, actions, timers, transitions, typed_expressions
from dtmflow.diagnostics import Diagnostic, Level, Path, Span
from dtmflow.errors import FlowInvalid
from dtmflow.expressions.environment import environment
from dtmflow.expressions.problems import EvaluationError, Kind
from dtmflow.expressions.template import CompiledTemplate, as_text, parse
from dtmflow.expressions.types import Scope
from dtmflow.loading.document import Document
from dtmflow_schema.base import Command
from dtmflow_schema.catalogue import METHODS, build, flat_fields, plain_type
from dtmflow_schema.units import duration_ms

Values: TypeAlias = Mapping[str, object]
Evaluate: TypeAlias = Callable[[Values], Any]

MAX_MS = 7 * 24 * 3600 * 1000
"""Longest delay: a week, in ms."""

_PLACELESS = frozenset({"set", "log", "emit"})


class Program:
    """A core with everything compiled. Immutable, shared by all sessions of a flow."""

    def __init__(
        self, core: Core, document: Document, env: Mapping[str, str | None] = MappingProxyType({})
    ) -> None:
        """Compile all expressions; the flow must be free of errors."""
        self.core = core
        self.machine = Machine(core)
        self.file = document.file
        self.digest = document.digest
        """SHA-256 of the source text: the version that a running call keeps."""
        self.triggers = frozenset(str(handler.trigger) for handler in _handlers(core))
        """Events that some handler waits for; all others change nothing but facts of the leg."""
        declared = (*core.variables.items(), *core.returns.items())
        self.secrets = tuple(name for name, variable in declared if variable.secret)
        """Names of secret variables."""
        self.order = {path: index for index, path in enumerate(("", *core.states))}
        """Position of each state in the document, the root first."""
        self.environment = env
        """Environment variables that expressions may read, with their values; None is not set."""
        self._document = document
        scopes = Scopes(core, env)
        # Elements of a core are looked up by identity: they hold mappings, so they have no hash,
        # and `core` keeps them alive.
        self._guards = {
            id(transition): _guard(transition.guard, scopes.of(events))
            for transition, events in transitions(core, scopes)
            if transition.guard is not None
        }
        self._actions = {
            id(action): _prepared(action, scopes.of(events))
            for action, events in actions(core, scopes)
        }
        self._delays = {
            id(after): _delay(after.delay, scopes.of(events))
            for after, events in timers(core, scopes)
        }
        self._prompts = {
            name: {
                language: parse(text).compile(environment(scopes.prompt(input_=True)))
                for language, text in texts.items()
            }
            for name, texts in core.prompts.items()
        }

    def guard(self, transition: Transition, values: Values) -> bool:
        """Evaluate the guard of a transition; True without one.

        Args:
            transition: A transition of the core.
            values: Flat, by qualified name: `tries`, `event.tone`, `call.number`, `lang`, `now`.
                Prompts are not needed: they are evaluated here, in `lang`.

        Raises:
            EvaluationError: becomes a `fault`.
        """
        if transition.guard is None:
            return True
        result = self._evaluate(self._guards[id(transition)], values)
        if not isinstance(result, bool):
            raise EvaluationError("the condition is neither true nor false")
        return result

    def arguments(self, action: Action, values: Values) -> Mapping[str, Plain]:
        """Evaluate the templates in the arguments of an action of the core.

        Numbers and truth values become text where the method takes text.

        Raises:
            EvaluationError: becomes a `fault`.
        """
        prepared = self._actions[id(action)]
        if not prepared.computed:
            return prepared.constant
        result = dict(prepared.constant)
        for name, computed in prepared.computed.items():
            result[name] = self._evaluate(computed, values)
        return result

    def command(self, action: Action) -> Command[Any] | None:
        """Return the command of an action on a leg when it is the same each time, else None.

        None too when its arguments are wrong, or name other legs.
        """
        return self._actions[id(action)].command

    def duration_ms(self, after: After, values: Values) -> int:
        """Evaluate the delay of a timer, in ms: a duration such as `5s`, or a number of ms.

        Raises:
            EvaluationError: it is no duration; becomes a `fault`.
        """
        delay = self._evaluate(self._delays[id(after)], values)
        if isinstance(delay, str):
            try:
                delay = duration_ms(delay)
            except ValueError as error:
                raise EvaluationError(str(error)) from None
        if not isinstance(delay, int) or isinstance(delay, bool) or not 0 <= delay <= MAX_MS:
            raise EvaluationError(f"{delay!r} is no duration up to a week")
        return delay

    def requirements(self) -> tuple[tuple[Action | Later, Path], ...]:
        """Return what the flow asks of a line, with its place, in document order.

        Every action on a leg, every `dial`, `bridge` and `unbridge`, and every state kind whose
        work comes later; each place once.
        """
        found: dict[Path, Action | Later] = {}
        for state in self.core.states.values():
            if state.later is not None:
                found.setdefault(state.later.origin, state.later)
        for action, _ in actions(self.core, Scopes(self.core)):
            if action.leg or action.name not in _PLACELESS:
                found.setdefault((*action.origin, action.name), action)
        ordered = sorted(found.values(), key=lambda each: self._document.span(each.origin))
        return tuple((each, each.origin) for each in ordered)

    def line(self, path: Path) -> int:
        """Return the line of the source where `path` stands, for `event.line` of a fault."""
        return self._document.span(path).line

    def span(self, origin: Path) -> Span:
        """Return where an element is written: its key; an action's bare name, which has none."""
        bare = not isinstance(origin[-1], str) or origin[-1] in {"do", "exit"}
        return self._document.span(origin, key=not bare)

    def prompt(self, name: str, values: Values) -> str:
        """Return a text of the catalogue in the language `lang`, else in its first language.

        Raises:
            EvaluationError: an expression in the text has no value.
        """
        texts = self._prompts[name]
        text = texts.get(str(values.get("lang", ""))) or next(iter(texts.values()))
        return as_text(text.evaluate(values))

    def _evaluate(self, computed: _Computed, values: Values) -> Any:
        if computed.prompts:
            spoken = {f"prompts.{name}": self.prompt(name, values) for name in computed.prompts}
            values = ChainMap(spoken, values)  # type: ignore[arg-type]  # it is only read
        return computed.evaluate(values)


def compile_program(
    core: Core, document: Document, env: Mapping[str, str | None] = MappingProxyType({})
) -> Program:
    """Compile everything once.

    Args:
        core: The expanded flow.
        document: Where it was read from.
        env: The environment variables that the project allows, with their values; None where one
            is not set, so that reading it is a fault.

    Raises:
        FlowInvalid: the flow has errors; `check` finds them with more detail.
    """
    diagnostics = (*_unresolved(core, document), *_uncompilable(core, document, env))
    if diagnostics:
        raise FlowInvalid(diagnostics)
    return Program(core, document, env)


def _handlers(core: Core) -> Iterator[Handler]:
    yield from core.on
    for state in core.states.values():
        yield from state.on


def _unresolved(core: Core, document: Document) -> Iterable[Diagnostic]:
    def wrong_initial(path: Path, what: str) -> Diagnostic:
        span = document.span((*path, "initial"))
        return Diagnostic("F111", Level.ERROR, what, document.file, span)

    if core.initial not in core.states:
        yield wrong_initial((), f"there is no state `{core.initial}` to begin with")
    for state in core.states.values():
        if state.children and state.initial is None:
            yield wrong_initial(state.origin, f"`initial` of {state.path} is none of its states")
    seen = set()
    for transition, _ in transitions(core, Scopes(core)):
        if transition.target is not None and transition.to is None:
            span = document.span(transition.target_origin or transition.origin)
            if span not in seen:
                seen.add(span)
                code, what = (
                    ("F110", "ambiguous") if transition.candidates else ("F101", "unknown")
                )
                message = f"the target `{transition.target}` is {what}"
                yield Diagnostic(code, Level.ERROR, message, document.file, span)


_CODES = {
    Kind.SYNTAX: "V301",
    Kind.UNKNOWN_NAME: "V302",
    Kind.UNKNOWN_FUNCTION: "V302",
    Kind.UNKNOWN_FIELD: "V303",
    Kind.NOT_BOOLEAN: "V308",
}


def _uncompilable(core: Core, document: Document, env: Iterable[str]) -> Iterable[Diagnostic]:
    for typed in typed_expressions(core, env):
        for problem in typed.problems():
            span = document.span(typed.path, key=typed.key)
            if not typed.key:
                span = document.scalar_span(typed.path, problem.offset, problem.length)
            code = _CODES.get(problem.kind, "V304")
            yield Diagnostic(code, Level.ERROR, problem.message, document.file, span)


@dataclass(frozen=True, slots=True)
class _Computed:
    """A function of the values, and the prompts that it reads."""

    evaluate: Evaluate
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An action: what is known of it, and what has to be evaluated each time."""

    constant: Mapping[str, Plain]
    """Arguments in order; None in the place of one that `computed` holds."""
    computed: Mapping[str, _Computed]
    command: Command[Any] | None


def _guard(text: str, scope: Scope) -> _Computed:
    expression = environment(scope).compile(text)
    return _Computed(expression.evaluate, _prompts(expression.names))


def _delay(text: str, scope: Scope) -> _Computed:
    names, evaluate = _compiled(text, scope)
    return _Computed(evaluate, _prompts(names))


def _prepared(action: Action, scope: Scope) -> _Prepared:
    method = action.name if action.leg and action.name in METHODS else ""
    fields = flat_fields(method) if method else {}
    constant: dict[str, Plain] = {}
    computed: dict[str, _Computed] = {}
    for name, value in action.arguments.items():
        names, evaluate = _compiled(value, scope)
        if name in fields and plain_type(fields[name].field.annotation) is str:
            evaluate = _text(evaluate)
        constant[name] = evaluate({}) if _constant(value) else None
        if not _constant(value):
            computed[name] = _Computed(evaluate, _prompts(names))
    legs = any(fields[name].names_leg for name in constant if name in fields)
    command = _command(method, constant) if method and not computed and not legs else None
    return _Prepared(MappingProxyType(constant), computed, command)


def _command(method: str, arguments: Mapping[str, Plain]) -> Command[Any] | None:
    try:
        return build(method, arguments)
    except ValueError:
        return None


def _prompts(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.removeprefix("prompts.") for name in names if name.startswith("prompts."))


def _constant(value: Plain) -> bool:
    if isinstance(value, str):
        return parse(value).literal is not None
    if isinstance(value, Mapping):
        return all(_constant(item) for item in value.values())
    return all(_constant(item) for item in value) if isinstance(value, tuple) else True


def _compiled(value: Plain, scope: Scope) -> tuple[frozenset[str], Evaluate]:
    """Compile plain data with templates into a function of the values, and the names it reads."""
    if isinstance(value, str):
        template: CompiledTemplate = parse(value).compile(environment(scope))
        return template.names, template.evaluate
    if isinstance(value, Mapping):
        items = {key: _compiled(item, scope) for key, item in value.items()}
        names = frozenset(name for found, _ in items.values() for name in found)
        return names, lambda values: {key: item(values) for key, (_, item) in items.items()}
    if isinstance(value, tuple):
        parts = [_compiled(item, scope) for item in value]
        names = frozenset(name for found, _ in parts for name in found)
        return names, lambda values: [item(values) for _, item in parts]
    return frozenset(), lambda _: value


def _text(evaluate: Evaluate) -> Evaluate:
    def as_method_takes(values: Values) -> Any:
        value = evaluate(values)
        return as_text(value) if isinstance(value, int | float) else value

    return as_method_takes
