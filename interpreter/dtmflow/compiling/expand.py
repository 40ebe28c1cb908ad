"""Flow -> core: sugar rewritten, targets resolved. The front door is `expand`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from dtmflow.compiling.core import (
    Action,
    Core,
    Handler,
    Later,
    Leg,
    Plain,
    State,
    StatePath,
    Transition,
    Trigger,
    Variable,
)
from dtmflow.compiling.gather import expand_gather
from dtmflow.compiling.menu import expand_menu
from dtmflow.compiling.prompt import expand_prompt
from dtmflow.compiling.reader import Reader, plain
from dtmflow.compiling.sugar import Expansion, Shared, Transitions
from dtmflow.compiling.targets import Targets, join
from dtmflow.diagnostics import Path
from dtmflow.expressions.scope import RESERVED
from dtmflow_schema import flow as source
from dtmflow_schema.flow import Flow

CALLER = "caller"
"""The incoming leg."""

_OUTCOMES = {"connect": ("ok", "busy", "noanswer", "declined", "failed"), "http": ("ok", "error")}
_SUGAR = ("prompt", "menu", "gather")
_CONSUMED = {"prompt": ("ok", "error"), "menu": ("exhausted",), "gather": ("ok", "exhausted")}


def expand(flow: Flow) -> Core:
    """Rewrite a valid flow to its core.

    Never raises for what an author wrote: a target that no state bears keeps `to=None` (F101), an
    ambiguous one fills `candidates` (F110); an `initial` that is no child leaves None, at the root
    the name as written (F111).
    """
    return _Expander(flow).core()


class _Expander:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.primary = _primary(flow)
        self.states: dict[StatePath, State] = {}
        self.legs: dict[str, Leg] = {}
        variables = _variables(flow.vars, "vars")
        self.returns = _variables(flow.returns, "returns")
        self.params = _variables(flow.params, "params")
        paths = list(_paths(flow.states, ""))
        self.reader = Reader(Targets(paths), self.primary, {**variables, **self.returns})
        self.shared = Shared(
            author_names=frozenset(path.rpartition("/")[2] for path in paths),
            variables=variables,
            taken=RESERVED | self.returns.keys(),
            prompts={name: dict(texts) for name, texts in flow.prompts.items()},
            prompt_origins={name: ("prompts", name) for name in flow.prompts},
        )

    def core(self) -> Core:
        flow = self.flow
        if flow.start == "incoming" or self.primary not in flow.legs:
            self.legs[self.primary] = Leg(self.primary, {}, ())
        for name, leg in flow.legs.items():
            self.legs[name] = Leg(name, _settings(leg), ("legs", name))
        on = self.reader.handlers(flow.on, ("on",), "")
        for name, state in flow.states.items():
            self.state(name, state, "", ("states", name), on)
        after = self.reader.timers(flow.after, ("after",), "")
        core = Core(
            name=flow.name,
            start=flow.start,
            primary=self.primary,
            initial=flow.initial or next(iter(flow.states)),
            on=on,
            after=after,
            states=self.states,
            variables=self.shared.variables,
            params=self.params,
            returns=self.returns,
            legs=self.legs,
            prompts=self.shared.prompts,
            prompt_origins=self.shared.prompt_origins,
            description=flow.description,
            written=self.shared.written,
        )
        self.imply_legs(core)
        return core

    def state(
        self,
        name: str,
        state: source.State,
        parent: StatePath,
        origin: Path,
        around: tuple[Handler, ...],
    ) -> None:
        """Add a state of the author's and everything below it.

        `around` are the handlers of its enclosing states and the root, innermost first.
        """
        path = join(parent, name)
        kind = state.kind
        leg = getattr(getattr(state, kind), "leg", None) if kind is not None else None
        to = self.reader.transitions(state.to, (*origin, "to"), path)
        on = self.reader.handlers(state.on, (*origin, "on"), path)
        do = self.reader.actions(state.do, (*origin, "do"))
        sugar, later, initial = "", None, None
        children: list[State] = []
        if kind in _SUGAR:
            sugar = str(kind)
            place = (*origin, sugar)
            made = Expansion(
                self.shared, self.reader, path, origin, place, leg or self.primary, on, around, to
            )
            do += self.expanded(made, state)
            children, initial, to = made.states, made.begin, ()
            on = tuple(
                handler
                for handler in on
                if handler.trigger.leg or handler.trigger.event not in (*_CONSUMED[sugar], "else")
            )
        elif kind is not None:
            later = _later(kind, state, (*origin, kind))
            on, to = _outcomes(on, later.outcomes, to), ()
            if kind == "connect":
                self.legs.setdefault(name, Leg(name, {}, later.origin))
        names = list(state.states)
        if names:
            first = state.initial if state.initial is not None else names[0]
            initial = join(path, first) if first in names else None
        self.states[path] = State(
            path=path,
            parent=parent,
            origin=origin,
            do=do,
            exit=self.reader.actions(state.exit, (*origin, "exit")),
            on=on,
            after=self.reader.timers(state.after, (*origin, "after"), path),
            to=to,
            initial=initial,
            children=(*(join(path, child) for child in names), *(each.path for each in children)),
            final=state.final,
            later=later,
            must_hear=state.must_hear,
            sugar=sugar,
        )
        self.states.update({each.path: each for each in children})
        for child, nested in state.states.items():
            self.state(child, nested, path, (*origin, "states", child), (*on, *around))

    def expanded(self, made: Expansion, state: source.State) -> tuple[Action, ...]:
        """Carry the expansion out; return what is done on entry."""
        if state.prompt is not None:
            expand_prompt(made, state.prompt)
        elif state.menu is not None:
            return expand_menu(made, state.menu)
        elif state.gather is not None:
            return expand_gather(made, state.gather)
        return ()

    def imply_legs(self, core: Core) -> None:
        """Add the legs that are only named by `dial:`, together with an address."""
        for action in _all_actions(core):
            name = action.arguments.get("leg")
            dials = action.name == "dial" and "to" in action.arguments
            if dials and isinstance(name, str) and name.isidentifier():
                self.legs.setdefault(name, Leg(name, {}, action.origin))


def _primary(flow: Flow) -> str:
    if flow.primary is not None:
        return flow.primary
    if flow.start == "request" and flow.legs:
        return next(iter(flow.legs))
    return CALLER


def _variables(declared: Mapping[str, source.Variable], key: str) -> dict[str, Variable]:
    return {
        name: Variable(name, each.type, plain(each.default), each.secret, (key, name))
        for name, each in declared.items()
    }


def _paths(states: Mapping[str, source.State], parent: StatePath) -> Iterator[StatePath]:
    for name, state in states.items():
        yield join(parent, name)
        yield from _paths(state.states, join(parent, name))


def _settings(model: BaseModel) -> dict[str, Plain]:
    """Return what an author set, under the language's names."""
    given = model.model_dump(by_alias=True, exclude_unset=True, warnings="none")
    return {name: plain(value) for name, value in given.items() if value is not None}


def _later(kind: str, state: source.State, at: Path) -> Later:
    outcomes = _OUTCOMES.get(kind) or tuple(
        key for key in state.on if key[:1].islower() and "." not in key and key != "else"
    )
    return Later(kind, _settings(getattr(state, kind)), outcomes, at)


def _outcomes(
    on: tuple[Handler, ...], outcomes: tuple[str, ...], to: Transitions
) -> tuple[Handler, ...]:
    """Write `else` out as the outcomes that have no handler; what is left goes where `to` says."""
    handled = {handler.trigger for handler in on}
    missing = [Trigger(name) for name in outcomes if Trigger(name) not in handled]
    found: list[Handler] = []
    for handler in on:
        if handler.trigger == Trigger("else"):
            found += [Handler(each, handler.transitions, handler.origin) for each in missing]
            missing = []
        else:
            found.append(handler)
    if to:
        found += [Handler(each, to, to[0].origin) for each in missing]
    return tuple(found)


def _all_actions(core: Core) -> Iterator[Action]:
    def of(entries: tuple[Transition, ...]) -> Iterator[Action]:
        for entry in entries:
            yield from entry.do

    for handler in core.on:
        yield from of(handler.transitions)
    for after in core.after:
        yield from of(after.transitions)
    for state in core.states.values():
        yield from (*state.do, *state.exit)
        yield from of(state.to)
        for handler in state.on:
            yield from of(handler.transitions)
        for after in state.after:
            yield from of(after.transitions)
