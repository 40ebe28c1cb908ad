"""`menu`: a question with a key, or several, for each answer.

A key that can only be one choice is taken at once. Where another key could make a longer choice,
`collect` waits for it, and `match` looks at what there is; when no key came in time, keys that
are exactly a choice are taken. All else is a no-match.
"""

from __future__ import annotations

from collections.abc import Iterable

from dtmflow.compiling.asking import INTERDIGIT, Question
from dtmflow.compiling.core import Action, Transition
from dtmflow.compiling.keys import (
    KEYS,
    condition,
    condition_among,
    condition_more,
    first_keys,
    parse,
)
from dtmflow.compiling.sugar import Expansion, Transitions
from dtmflow_schema.kinds import Menu

TONE = "event.tone"


def expand_menu(expansion: Expansion, menu: Menu) -> tuple[Action, ...]:
    """Add the sub-states of a menu and return what is done on entry."""
    question = Question.begin(expansion, menu)
    _Menu(question, menu).add()
    return question.entry


class _Menu:
    def __init__(self, question: Question, menu: Menu) -> None:
        self.question, self.menu, self.made = question, menu, question.expansion
        self.choices = [(parse(key), key) for key in menu.choices]
        self.longer = first_keys(pattern for pattern, _ in self.choices)

    def add(self) -> None:
        self.question.ask(playing=self.first(self.question.stop), waiting=self.first(()))
        if self.longer:
            self.collect()
        self.question.answers()
        self.made.drop_unread(self.question.input)

    def first(self, before: tuple[Action, ...]) -> Transitions:
        """Return the transitions on the first key, each doing something before all else."""
        made, question = self.made, self.question
        keep = made.set({question.input: f"${{{TONE}}}"})
        alone = [one for one in KEYS if one not in self.longer]
        entries: list[Transition] = []
        if self.longer:
            among = condition_among(TONE, self.longer)
            entries.append(made.go(made.name("collect"), guard=among, do=(*before, keep)))
        for pattern, key in self.choices:
            guard = condition_among(TONE, [one for one in alone if pattern.matches(one)])
            if guard is None:
                continue
            for entry in self.chosen(key):
                first = (*before, keep) if made.uses_input(entry) else before
                entries.append(made.guarded(guard, made.rewritten(entry, TONE, first)))
        return (*entries, *question.nomatch(do=before, keys=f"${{{TONE}}}"))

    def collect(self) -> None:
        """Add the states that take the second key and all later ones."""
        made, keys = self.made, self.question.input
        collect, match = made.name("collect"), made.name("match")
        interdigit = self.menu.interdigit or INTERDIGIT
        more = condition_more((pattern for pattern, _ in self.choices), keys)
        wrong = self.question.nomatch()
        append = made.set({keys: f"${{{keys} + {TONE}}}"})
        made.state(
            collect,
            on={"ToneReceived": (made.go(match, do=(append,)),)},
            after=self.question.timer(
                interdigit, "interdigit", (*self.taken(again=False), *wrong)
            ),
        )
        made.state(match, to=(made.go(collect, guard=more), *self.taken(again=True), *wrong))

    def taken(self, *, again: bool) -> Iterable[Transition]:
        """Yield the transitions for keys that are exactly a choice.

        Args:
            again: Whether at least two keys were pressed, else one.
        """
        for pattern, key in self.choices:
            if not any(
                pattern.extends(one) or (pattern.matches(one) and not again) for one in self.longer
            ):
                continue
            guard = condition(pattern, self.question.input)
            for entry in self.chosen(key):
                yield self.made.guarded(guard, self.made.rewritten(entry, self.question.input, ()))

    def chosen(self, key: str) -> Transitions:
        """Return the author's transitions for a choice; without a target it goes on listening."""
        made = self.made
        entries = made.reader.transitions(
            self.menu.choices[key], (*made.at, "choices", key), made.path, made.leg
        )
        onward = made.done or (made.go(made.name("listen")),)
        found: list[Transition] = []
        for entry in entries:
            if entry.target is not None:
                found.append(entry)
            else:
                found += [made.onward(entry, then) for then in onward]
        return tuple(found)
