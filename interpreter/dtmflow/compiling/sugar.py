"""What the kinds `prompt`, `menu` and `gather` share when they are rewritten to states.

A kind's expansion makes sub-states of the author's state: names that no state of the author
bears, variables of their own, texts in which `input` stands for such a variable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dtmflow.compiling.core import (
    END,
    Action,
    After,
    Handler,
    Plain,
    State,
    StatePath,
    Transition,
    Trigger,
    Variable,
    Written,
)
from dtmflow.compiling.reader import Reader
from dtmflow.compiling.substitute import in_expression, in_plain, names
from dtmflow.compiling.targets import join
from dtmflow.diagnostics import Path
from dtmflow.expressions.template import parse
from dtmflow_schema.catalogue import METHODS
from dtmflow_schema.doing import ActionItem

Transitions = tuple[Transition, ...]
Prompts = dict[str, Mapping[str, str]]


@dataclass
class Shared:
    """What all expansions of one flow add to."""

    author_names: frozenset[str]
    """Last parts of the paths of all states that the author wrote."""
    variables: dict[str, Variable]
    taken: frozenset[str]
    """Names that no made-up variable may bear."""
    prompts: Prompts
    prompt_origins: Mapping[str, Path]
    written: dict[Path, Written] = field(default_factory=dict)


@dataclass
class Expansion:
    """The sub-states of one state under construction."""

    shared: Shared
    reader: Reader
    path: StatePath
    """The author's state."""
    origin: Path
    """Its key."""
    at: Path
    """Where the kind stands: `(..., "menu")`."""
    leg: str
    on: tuple[Handler, ...]
    """The author's handlers of the state."""
    around: tuple[Handler, ...]
    """Those of the enclosing states and the root, innermost first."""
    done: Transitions
    """The author's `to:` of the state."""
    states: list[State] = field(default_factory=list)
    begin: StatePath = ""
    """The sub-state to begin with; "" until the first is added."""
    input: str = ""
    """Name of the variable that `input` stands for; "" where there is none."""

    def name(self, wanted: str) -> StatePath:
        """Return the path of a sub-state; no state of the author's bears its name."""
        while wanted in self.shared.author_names:
            wanted += "_"
        return join(self.path, wanted)

    def state(
        self,
        path: StatePath,
        *,
        do: Iterable[Action] = (),
        on: Mapping[str, Iterable[Transition]] | None = None,
        after: tuple[str, Path, Iterable[Transition]] | None = None,
        to: Iterable[Transition] = (),
    ) -> None:
        """Add a sub-state. `after` is delay, its place, transitions."""
        handlers = tuple(
            Handler(Trigger(event, self.leg), tuple(entries), self.origin)
            for event, entries in (on or {}).items()
        )
        timers = (After(after[0], tuple(after[2]), after[1]),) if after else ()
        self.begin = self.begin or path
        self.states.append(
            State(
                path=path,
                parent=self.path,
                origin=self.origin,
                do=tuple(do),
                on=tuple(handler for handler in handlers if handler.transitions),
                after=timers,
                to=tuple(to),
                generated=True,
            )
        )

    def variable(self, name: str, kind: str, default: Plain, *, secret: bool = False) -> str:
        """Declare a variable of the expansion, named after the state."""
        made = f"{self.path.replace('/', '_')}_{name}"
        while made in self.shared.variables or made in self.shared.taken:
            made += "_"
        self.shared.variables[made] = Variable(
            made, kind, default, secret, self.at, generated=True
        )
        return made

    def action(self, method: str, argument: Plain = None) -> Action:
        """Make a Call method on the leg, with its first argument if there is one."""
        first = METHODS[method].shorthand
        arguments = {first: argument} if first is not None and argument is not None else {}
        return Action(method, self.leg, arguments, self.at)

    def set(self, values: Mapping[str, Plain]) -> Action:
        """Make a `set`."""
        return Action("set", "", values, self.at)

    def go(
        self, to: StatePath, *, guard: str | None = None, do: Iterable[Action] = ()
    ) -> Transition:
        """Make a transition to a sub-state."""
        return Transition(guard, tuple(do), to.rpartition("/")[2], to, self.at)

    def outcome(self, name: str) -> Transitions:
        """Return the state's own transitions for an outcome, or those of its `else`."""
        return _handled(self.on, name) or _handled(self.on, "else")

    def inherited(self, name: str) -> Transitions:
        """Return the transitions for an outcome that an enclosing state or the root has."""
        return _handled(self.around, name)

    def outcomes(self, name: str) -> Transitions:
        """Return the author's transitions for an outcome; unhandled, the flow says so and ends."""
        found = self.outcome(name)
        if all(entry.guard is not None for entry in found):
            found = (*found, *self.inherited(name))
        if found:
            return found
        text = f"{self.path}: nothing handles the outcome {name}"
        log = Action("log", "", {"text": text}, self.at)
        return (Transition(None, (log,), END, END, self.at),)

    def play(
        self,
        base: str,
        items: Sequence[ActionItem],
        at: Path,
        *,
        then: Transitions,
        error: Transitions = (),
        keys: Transitions = (),
    ) -> None:
        """Add one sub-state per sound: `play`, `play2`, ...; each waits for its end.

        Args:
            base: Name of the first sub-state.
            items: The sounds.
            at: Where they stand.
            then: Transitions at the end of the last sound.
            error: Transitions at the end of a sound that could not be played.
            keys: Transitions on a key, while any of them plays.
        """
        actions = self.reader.actions(items, at, self.leg)
        paths = [
            self.name(base if index == 0 else f"{base}{index + 1}")
            for index in range(len(actions))
        ]
        for index, action in enumerate(actions):
            last = index == len(actions) - 1
            failed = tuple(self.guarded('event.error != ""', each) for each in error)
            finished = (*failed, *(then if last else (self.go(paths[index + 1]),)))
            on = {"PlaybackFinished": finished, "ToneReceived": keys}
            self.state(paths[index], do=[self.spoken(action)], on=on)

    def spoken(self, action: Action) -> Action:
        """Return an action of the author's with `input` replaced in its arguments."""
        if not self.input:
            return action
        changed = dict(action.arguments)
        for name, value in action.arguments.items():
            changed[name] = in_plain(value, self.replacements(value))
            if changed[name] != value:
                self.note(action.places.get(name, ()), value, input_=True)
        return replace(action, arguments=changed)

    def replacements(self, value: Plain) -> dict[str, str]:
        """Return what to replace in a value: `input`, and prompts whose texts speak of it."""
        found = {"input": self.input}
        for name in _prompts_in(value):
            texts = self.shared.prompts.get(name, {})
            if any("input" in names(text) for text in texts.values()):
                found[f"prompts.{name}"] = f"prompts.{self._copied(name, texts)}"
        return found

    def _copied(self, name: str, texts: Mapping[str, str]) -> str:
        """Copy a prompt, `input` replaced; each state that speaks it has its own."""
        copy = f"{self.path.replace('/', '_')}_{name}"
        while copy in self.shared.prompt_origins:
            copy += "_"
        replaced = {"input": self.input}
        self.shared.prompts[copy] = {
            language: str(in_plain(text, replaced)) for language, text in texts.items()
        }
        origin = self.shared.prompt_origins[name]
        for language, text in texts.items():
            self.note((*origin, language) if language else origin, text, input_=True)
        return copy

    def drop_unread(self, variable: str) -> None:
        """Take a variable of the expansion out again, with what sets it, if nothing reads it."""
        transitions: list[Transition] = []
        for state in self.states:
            transitions += (entry for handler in state.on for entry in handler.transitions)
            transitions += (entry for timer in state.after for entry in timer.transitions)
            transitions += state.to
        texts = [f"${{{entry.guard}}}" for entry in transitions if entry.guard is not None]
        actions = [action for entry in transitions for action in entry.do]
        actions += [action for state in self.states for action in state.do]
        texts += _texts(tuple(value for each in actions for value in each.arguments.values()))
        texts += _texts(tuple(self.shared.prompts.values()))
        if any(variable in names(text) for text in texts):
            return
        del self.shared.variables[variable]
        self.states = [_without(state, variable) for state in self.states]

    def placed(self, entry: Transition, place: Path) -> Transition:
        """Return a transition whose guard holds an expression that stands at `place`."""
        return entry if entry.guard_origin else replace(entry, guard_origin=place)

    def note(
        self,
        place: Path,
        value: Plain,
        kind: str = "template",
        type_: str = "",
        *,
        input_: bool = False,
    ) -> None:
        """Remember what the author wrote at a place."""
        if not place:
            return
        if isinstance(value, str):
            self.shared.written.setdefault(place, Written(value, kind, type_, input_))
        elif isinstance(value, Mapping):
            for key, item in value.items():
                self.note((*place, key), item, kind, input_=input_)
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                self.note((*place, index), item, kind, input_=input_)

    def note_guard(self, entry: Transition, *, input_: bool = False) -> None:
        """Remember the guard that the author wrote, before it becomes part of another."""
        self.note(entry.guard_origin, entry.guard, "guard", "bool", input_=input_)

    def expression(self, value: bool | int | str, place: Path, kind: str) -> str:
        """Return CEL for a value that the author may have written as `${...}`.

        Args:
            value: What was written.
            place: Where.
            kind: Type that it must have.
        """
        if not isinstance(value, str):
            return str(value).lower()
        self.note(place, value, type_=kind)
        slot = parse(value).whole
        text = slot.text.strip() if slot is not None else value
        return text if re.fullmatch(r"[\w.]+", text) else f"({text})"

    def rewritten(self, entry: Transition, subject: str, first: Iterable[Action]) -> Transition:
        """Return an author's transition in which guards read `subject` for `input`.

        Args:
            entry: The transition.
            subject: CEL for the keys pressed, as the guard sees them.
            first: Actions to do before the author's, in which `input` is the variable.
        """
        guard = entry.guard
        if guard is not None:
            self.note_guard(entry, input_=True)
            guard = in_expression(guard, {"input": subject})
        do = tuple(self.spoken(action) for action in entry.do)
        return replace(entry, guard=guard, do=(*first, *do))

    def guarded(
        self, guard: str | None, entry: Transition, do: Iterable[Action] = ()
    ) -> Transition:
        """Return a transition with one more condition and more actions, both before its own."""
        if guard is not None and entry.guard is not None:
            self.note_guard(entry)
        return replace(entry, guard=both(guard, entry.guard), do=(*do, *entry.do))

    def onward(self, entry: Transition, then: Transition) -> Transition:
        """Return an author's transition without a target, led on as another one is."""
        self.note_guard(entry, input_=bool(self.input))
        self.note_guard(then)
        return replace(
            entry,
            guard=both(entry.guard, then.guard),
            do=(*entry.do, *then.do),
            target=then.target,
            to=then.to,
            guard_origin=entry.guard_origin or then.guard_origin,
            target_origin=then.target_origin,
            candidates=then.candidates,
        )

    def uses_input(self, entry: Transition) -> bool:
        """Tell whether an author's transition reads `input` in its actions."""
        return any(
            "input" in names(text) or self.replacements(text).keys() != {"input"}
            for action in entry.do
            for text in _texts(tuple(action.arguments.values()))
        )


def _handled(on: Iterable[Handler], name: str) -> Transitions:
    """Return the transitions of the first handler of an own event."""
    return next((each.transitions for each in on if each.trigger == Trigger(name)), ())


def _without(state: State, variable: str) -> State:
    """Return a state that does not set a variable."""

    def kept(do: Iterable[Action]) -> tuple[Action, ...]:
        return tuple(
            replace(each, arguments={k: v for k, v in each.arguments.items() if k != variable})
            if each.name == "set"
            else each
            for each in do
            if not (each.name == "set" and each.arguments.keys() == {variable})
        )

    def cleared(entries: Transitions) -> Transitions:
        return tuple(replace(entry, do=kept(entry.do)) for entry in entries)

    return replace(
        state,
        do=kept(state.do),
        on=tuple(replace(each, transitions=cleared(each.transitions)) for each in state.on),
        after=tuple(replace(each, transitions=cleared(each.transitions)) for each in state.after),
        to=cleared(state.to),
    )


def both(left: str | None, right: str | None) -> str | None:
    """Return CEL that holds where both hold; None is always true."""
    if left is None or right is None:
        return left or right
    return f"{_operand(left)} && {_operand(right)}"


def _operand(text: str) -> str:
    return f"({text})" if "||" in text or "?" in text else text


def _prompts_in(value: Plain) -> set[str]:
    return {
        name.split(".")[1]
        for text in _texts(value)
        for name in names(text)
        if name.startswith("prompts.")
    }


def _texts(value: Plain) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
