"""What `menu` and `gather` share: the question, the wait for keys, what happens without one.

Both play the question (`play`), wait for the first key (`listen`) and the next (`collect`), and
after no key (`noinput`) or wrong ones (`nomatch`) ask again, counting the tries of both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dtmflow.compiling.core import Action, Plain, StatePath, Transition
from dtmflow.compiling.sugar import Expansion, Transitions
from dtmflow.expressions.template import parse
from dtmflow_schema.kinds import Asking

INTERDIGIT = "2s"
"""How long to wait for the next key where the author does not say."""
RETRIES = 2
"""How often to ask again where the author does not say."""


@dataclass
class Question:
    """A question under expansion."""

    expansion: Expansion
    asking: Asking
    input: str
    """Variable that holds the keys pressed."""
    tries: str = ""
    """Variable that counts the answers that were none; "" where the first one is the last."""

    @classmethod
    def begin(cls, expansion: Expansion, asking: Asking, *, secret: bool = False) -> Question:
        """Declare the variables of a question."""
        keys = expansion.variable("input", "string", "", secret=secret)
        expansion.input = keys
        question = cls(expansion, asking, keys)
        if question.repeats:
            question.tries = expansion.variable("tries", "int", 0)
        return question

    @property
    def stop(self) -> tuple[Action, ...]:
        """Return what stops the sound."""
        return (self.expansion.action("stopPlayback"),)

    @property
    def entry(self) -> tuple[Action, ...]:
        """Return what is done when the question is entered."""
        made = self.expansion
        values: dict[str, Plain] = {}
        if self.input in made.shared.variables:
            values[self.input] = ""
        if self.tries:
            values[self.tries] = 0
        listen = made.action("handleTones", argument=True)
        return (made.set(values), listen) if values else (listen,)

    @property
    def again(self) -> StatePath:
        """Return the state that asks again."""
        return self.expansion.name("play")

    def ask(self, *, playing: Transitions, waiting: Transitions) -> None:
        """Add `play` and `listen`, the beginning of every question.

        Args:
            playing: Transitions on the first key while the question plays.
            waiting: Transitions on the first key after it.
        """
        made = self.expansion
        listen = made.name("listen")
        if self.asking.typeahead == "flush":
            # Keys that wait already are taken, and lost, before a timer of the same moment.
            made.state(made.name("flush"), after=("0s", made.at, (made.go(self.again),)))
        made.play(
            "play",
            self.asking.prompt,
            made.at,
            then=(made.go(listen),),
            keys=self._barging(playing),
        )
        silence = self.failing(to=made.name("noinput") if self.asking.noinput else self.again)
        made.state(
            listen,
            on={"ToneReceived": waiting},
            after=self.timer(self.asking.timeout, "timeout", silence),
        )

    @property
    def repeats(self) -> bool:
        """Return whether the question is ever asked again."""
        outcomes = self.expansion.outcomes("exhausted")
        return self.asking.retries != 0 or all(entry.guard is not None for entry in outcomes)

    def answers(self) -> None:
        """Add `noinput` and `nomatch`. Keys pressed meanwhile do not count."""
        if not self.repeats:
            return
        made, again = self.expansion, (self.expansion.go(self.again),)
        for name in ("noinput", "nomatch"):
            sounds = getattr(self.asking, name)
            if sounds is not None:
                made.play(name, sounds.prompt, (*made.at, name), then=again)
            elif name == "nomatch":
                made.state(made.name(name), after=("0s", made.at, again))

    def _barging(self, entries: Transitions) -> Transitions:
        """Return transitions on a key during the question, as `bargein` allows them."""
        allowed: object = self.asking.bargein  # the model lets `${...}` pass
        if isinstance(allowed, str):
            guard = self.expansion.expression(allowed, (*self.expansion.at, "bargein"), "bool")
            return tuple(self.expansion.guarded(guard, entry) for entry in entries)
        return entries if allowed else ()

    def failing(
        self, *, to: StatePath, do: Iterable[Action] = (), keys: str | None = None
    ) -> Transitions:
        """Return the transitions after an answer that was none.

        Args:
            to: Where to go to ask again.
            do: What to do first in either case.
            keys: Template of the keys to remember, for the text of `nomatch`.
        """
        made, before = self.expansion, tuple(do)
        given: object = self.asking.retries  # the model lets `${...}` pass
        retries = given if isinstance(given, int | str) else RETRIES
        place = (*made.at, "retries")
        limit = made.expression(retries, place, "int")
        exhausted = [
            made.guarded(None if retries == 0 else f"{self.tries} >= {limit}", entry, before)
            for entry in made.outcomes("exhausted")
        ]
        if isinstance(retries, str):
            exhausted = [made.placed(entry, place) for entry in exhausted]
        if not self.repeats:
            return tuple(exhausted)
        values: dict[str, Plain] = {} if keys is None else {self.input: keys}
        values[self.tries] = f"${{{self.tries} + 1}}"
        return (*exhausted, made.go(to, do=(*before, made.set(values))))

    def nomatch(self, *, do: Iterable[Action] = (), keys: str | None = None) -> Transitions:
        """Return the transitions after keys that are no answer."""
        return self.failing(to=self.expansion.name("nomatch"), do=do, keys=keys)

    def timer(
        self, delay: str | None, name: str, entries: Iterable[Transition]
    ) -> tuple[str, tuple[str | int, ...], Transitions] | None:
        """Return an `after:` with a delay of the author's; None without a delay."""
        if delay is None:
            return None
        place = (*self.expansion.at, name)
        if parse(delay).slots:
            self.expansion.note(place, delay, "duration")
        return delay, place, tuple(entries)
