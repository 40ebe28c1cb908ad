"""Words of Python and JavaScript in an expression, and their CEL form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.DOTALL)

_WORDS = {
    "and": "&&",
    "AND": "&&",
    "or": "||",
    "OR": "||",
    "True": "true",
    "TRUE": "true",
    "False": "false",
    "FALSE": "false",
    "None": "null",
    "undefined": "null",
    "nil": "null",
}
_FUNCTIONS = {"len": "size", "str": "string"}
_OPERATORS = {"===": "==", "!==": "!=", "<>": "!=", "=": "=="}

_TOKEN = re.compile(
    r"===|!==|<>|[=!<>]=|=|(?<![\w.])(?:" + "|".join((*_WORDS, "not")) + r")(?!\w|\s*[(.])"
    r"|(?<![\w.])(?:" + "|".join(_FUNCTIONS) + r")(?=\s*\()"
    r"|(?<![\w.])(?:and|or|not|AND|OR)(?=\s*\()"
)
_OPERAND_END = re.compile(r"&&|\|\||(?<![\w.])(?:and|or|AND|OR)(?!\w)|[?:,]")
_SIMPLE = re.compile(r"[\w.]+(\([^()]*\))?|\([^()]*\)")
_LEFT = re.compile(r"((?:[\w.]+(?:\([^()]*\))?)|(?:\"[^\"]*\")|(?:'[^']*'))\s+$")


@dataclass(frozen=True, slots=True)
class Foreign:
    """A piece of another language within an expression."""

    offset: int
    length: int
    """Characters to mark."""
    word: str
    """As written."""
    meant: str
    """What CEL writes instead."""
    changes: tuple[tuple[int, int, str], ...]
    """Offset, length and new text of each change that mends it."""

    def moved(self, by: int) -> Foreign:
        """Return the same piece counted from an earlier start."""
        changes = tuple((offset + by, length, text) for offset, length, text in self.changes)
        return replace(self, offset=self.offset + by, changes=changes)


def foreign(expression: str) -> Iterator[Foreign]:
    """Yield the pieces of other languages, outside texts in quotes, in order."""
    bare = _QUOTED.sub(lambda match: "\0" * len(match[0]), expression)
    for match in _TOKEN.finditer(bare):
        word = match[0]
        if word == "not":
            yield _negation(expression, bare, match.start())
        elif meant := _WORDS.get(word) or _FUNCTIONS.get(word) or _OPERATORS.get(word):
            change = (match.start(), len(word), meant)
            yield Foreign(match.start(), len(word), word, meant, (change,))


def _negation(expression: str, bare: str, at: int) -> Foreign:
    """Turn `not x` into `!x` or `!(...)`, and `a not in b` into `!(a in b)`."""
    start = at + len("not")
    while bare[start : start + 1].isspace():
        start += 1
    end = _operand_end(bare, start)
    operand = bare[start:end].rstrip()
    end = start + len(operand)
    left = _LEFT.search(expression[:at])
    if left and re.match(r"in\b", operand):
        return Foreign(
            at,
            start + len("in") - at,
            "not in",
            "!(... in ...)",
            ((left.start(1), 0, "!("), (at, start - at, ""), (end, 0, ")")),
        )
    removed = (at, start - at)
    if _SIMPLE.fullmatch(operand) or not operand:
        return Foreign(at, 3, "not", "!", ((*removed, "!"),))
    return Foreign(at, 3, "not", "!(...)", ((*removed, "!("), (end, 0, ")")))


def _operand_end(bare: str, start: int) -> int:
    """Return where the operand of a `not` ends: at `and`, `or`, a closing bracket or the end."""
    depth = 0
    for at in range(start, len(bare)):
        if bare[at] in "([{":
            depth += 1
        elif bare[at] in ")]}":
            if depth == 0:
                return at
            depth -= 1
        elif depth == 0 and _OPERAND_END.match(bare, at):
            return at
    return len(bare)
