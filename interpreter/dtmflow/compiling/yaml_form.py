"""A core as a flow: plain data that the loader reads back to the same core."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dtmflow.compiling.core import (
    Action,
    After,
    Core,
    Handler,
    Later,
    Plain,
    State,
    StatePath,
    Transition,
    Trigger,
    Variable,
)
from dtmflow.compiling.substitute import names
from dtmflow.compiling.targets import Targets
from dtmflow_schema.actions import SESSION_ACTIONS
from dtmflow_schema.catalogue import METHODS
from dtmflow_schema.flow import VERSION, type_of

Form = dict[str, object]


def core_to_plain(core: Core) -> Form:
    """Return the core as a flow document without sugar, short forms used."""
    return _Writer(core).flow()


class _Writer:
    def __init__(self, core: Core) -> None:
        self.core = core
        self.targets = Targets(core.states)

    def flow(self) -> Form:
        core = self.core
        top = [path for path, state in core.states.items() if not state.parent]
        legs = {name: leg for name, leg in core.legs.items() if leg.origin[:1] == ("legs",)}
        first = next(iter(legs), "caller") if core.start == "request" else "caller"
        return _kept(
            version=VERSION,
            name=core.name,
            description=core.description,
            start=core.start if core.start != "incoming" else None,
            primary=core.primary if core.primary != first else None,
            params={name: _declaration(each) for name, each in core.params.items()},
            returns={name: _declaration(each) for name, each in core.returns.items()},
            vars={name: _variable(each) for name, each in core.variables.items()},
            legs={name: dict(leg.settings) for name, leg in legs.items()},
            prompts={
                name: texts.get("", dict(texts))
                for name, texts in core.prompts.items()
                if not any("input" in names(text) for text in texts.values())
            },
            initial=core.initial if top and core.initial != top[0] else None,
            on=self.handlers(core.on, ""),
            after=self.timers(core.after, ""),
            states={path: self.state(core.states[path]) for path in top},
        )

    def state(self, state: State) -> Form:
        form = _kept(
            must_hear=state.must_hear,
            initial=_short(state.initial) if state.initial is not None else None,
            do=self.actions(state.do),
            exit=self.actions(state.exit),
        )
        if state.later is not None:
            form[state.later.kind] = _later(state.later)
        return form | _kept(
            on=self.handlers(state.on, state.path),
            after=self.timers(state.after, state.path),
            to=self.transitions(state.to, state.path),
            final=state.final,
            states={_short(path): self.state(self.core.states[path]) for path in state.children},
        )

    def handlers(self, on: Iterable[Handler], state: StatePath) -> Form:
        merged: dict[Trigger, tuple[Transition, ...]] = {}
        for handler in on:
            merged[handler.trigger] = (*merged.get(handler.trigger, ()), *handler.transitions)
        return {
            self.trigger(trigger): self.transitions(entries, state)
            for trigger, entries in merged.items()
        }

    def trigger(self, trigger: Trigger) -> str:
        return trigger.event if trigger.leg == self.core.primary else str(trigger)

    def timers(self, timers: Iterable[After], state: StatePath) -> Form:
        return {each.delay: self.transitions(each.transitions, state) for each in timers}

    def transitions(self, entries: tuple[Transition, ...], state: StatePath) -> object:
        forms = [self.transition(entry, state) for entry in entries]
        return forms[0] if len(forms) == 1 else forms

    def transition(self, entry: Transition, state: StatePath) -> object:
        target = entry.target
        if entry.to is not None:
            target = self.targets.shortest(entry.to, state)
        if target is not None and entry.guard is None and not entry.do:
            return target
        form: Form = {}
        if entry.guard is not None:
            form["if"] = entry.guard
        return form | _kept(do=self.actions(entry.do), to=target)

    def actions(self, actions: tuple[Action, ...]) -> object:
        forms = [self.action(action) for action in actions]
        return forms[0] if len(forms) == 1 else forms

    def action(self, action: Action) -> object:
        name = action.name
        if action.leg not in ("", self.core.primary):
            name = f"{action.leg}.{action.name}"
        if not action.arguments:
            return name
        own = SESSION_ACTIONS.get(action.name) if not action.leg else None
        first = own.shorthand if own is not None else METHODS[action.name].shorthand
        if action.arguments.keys() == {first}:
            value = next(iter(action.arguments.values()))
            if not isinstance(value, Mapping):
                return {name: value}
        return {name: dict(action.arguments)}


def _kept(**form: object) -> Form:
    """Leave out what is empty."""
    return {
        name: value for name, value in form.items() if value not in (None, "", [], (), {}, False)
    }


def _short(path: StatePath) -> str:
    return path.rpartition("/")[2]


def _declaration(each: Variable) -> object:
    form: dict[str, Plain] = {"type": each.type}
    if each.default is not None:
        form["default"] = each.default
    if each.secret:
        form["secret"] = True
    return each.type if len(form) == 1 else form


def _variable(each: Variable) -> object:
    plain = not each.secret and not isinstance(each.default, Mapping | tuple)
    if plain and each.default is not None and type_of(each.default) == each.type:
        return each.default
    return {"type": each.type} if each.default is None and not each.secret else _declaration(each)


def _later(later: Later) -> Form:
    settings = dict(later.settings)
    if later.kind != "http":
        return dict(settings)
    method, url = settings.pop("method", "get"), settings.pop("url", "")
    return {str(method): url, **settings}
