"""`gather`: a question that is answered by digits.

Every key goes into the input; `more` decides whether another one is waited for (`collect`) or the
answer is weighed (`check`): enough digits, not too many, and `valid:`. A good answer goes into the
author's variable in `accepted`, so that the guards of the outcome see it.
"""

from __future__ import annotations

from dtmflow.compiling.asking import INTERDIGIT, Question
from dtmflow.compiling.core import Action, Transition
from dtmflow.compiling.keys import quantifier
from dtmflow.compiling.sugar import Expansion
from dtmflow_schema.kinds import Gather

TONE = "event.tone"


def expand_gather(expansion: Expansion, gather: Gather) -> tuple[Action, ...]:
    """Add the sub-states of a gather and return what is done on entry."""
    into = expansion.shared.variables.get(gather.into)
    question = Question.begin(expansion, gather, secret=into is not None and into.secret)
    _Gather(question, gather).add()
    return question.entry


class _Gather:
    def __init__(self, question: Question, gather: Gather) -> None:
        self.question, self.gather, self.made = question, gather, question.expansion
        self.keys = question.input
        self.check, self.more = self.made.name("check"), self.made.name("more")

    def add(self) -> None:
        made, question = self.made, self.question
        question.ask(
            playing=self.pressed(first=True, before=question.stop),
            waiting=self.pressed(first=True),
        )
        collect = made.name("collect")
        made.state(
            self.more,
            to=(made.go(self.check, guard=self.enough()), made.go(collect)),
        )
        made.state(
            collect,
            on={"ToneReceived": self.pressed(first=False)},
            after=question.timer(
                self.gather.interdigit or INTERDIGIT, "interdigit", (made.go(self.check),)
            ),
        )
        made.state(self.check, to=(self.good(), *question.nomatch()))
        made.state(
            made.name("accepted"),
            do=(made.set({self.gather.into: self.converted()}),),
            to=made.outcome("ok") or made.done or made.outcomes("ok"),
        )
        question.answers()

    def pressed(self, *, first: bool, before: tuple[Action, ...] = ()) -> tuple[Transition, ...]:
        """Return the transitions on a key."""
        made = self.made
        ended = (*before, made.set({self.keys: ""})) if first else before
        grown = f"${{{TONE}}}" if first else f"${{{self.keys} + {TONE}}}"
        entry = made.go(self.more, do=(*before, made.set({self.keys: grown})))
        if self.gather.end is None:
            return (entry,)
        return (made.go(self.check, guard=f'{TONE} == "{self.gather.end}"', do=ended), entry)

    def enough(self) -> str:
        """Return CEL that asks whether no further key is wanted."""
        most = self.limit("max")
        wrong = f'!{self.keys}.matches("^[0-9]*$")'
        return wrong if most is None else f"size({self.keys}) >= {most} || {wrong}"

    def good(self) -> Transition:
        """Return the transition for an answer of the right length that is valid."""
        made, gather = self.made, self.gather
        least, most = self.limit("min") or "1", self.limit("max")
        if least.isdigit() and (most is None or most.isdigit()):
            times = quantifier(int(least), None if most is None else int(most))
            guard = f'{self.keys}.matches("^[0-9]{times}$")'
        else:
            guard = f'{self.keys}.matches("^[0-9]+$") && size({self.keys}) >= {least}'
            guard += f" && size({self.keys}) <= {most}" if most is not None else ""
        entry = made.go(made.name("accepted"))
        if gather.valid is None:
            return made.guarded(guard, entry)
        place = (*made.at, "valid")
        valid = Transition(gather.valid, (), entry.target, entry.to, made.at, guard_origin=place)
        return made.guarded(guard, made.rewritten(valid, self.keys, ()))

    def limit(self, name: str) -> str | None:
        """Return CEL for the fewest or most digits; None where the author sets no limit."""
        key = "digits" if self.gather.digits is not None else name
        value = getattr(self.gather, key)
        return None if value is None else self.made.expression(value, (*self.made.at, key), "int")

    def converted(self) -> str:
        """Return the template that gives the digits the type of the author's variable."""
        into = self.made.shared.variables.get(self.gather.into)
        function = {"int": "int", "number": "double"}.get(into.type if into else "")
        return f"${{{function}({self.keys})}}" if function else f"${{{self.keys}}}"
