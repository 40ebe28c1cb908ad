"""Which keys a choice of a menu takes: a literal such as `12`, or `/3[0-9]{2}/`.

A pattern is a row of key classes, each with a number of repetitions. That is little enough for an
automaton to answer what decides between taking a choice, waiting for another key and no-match:
could one more key still match? The same rows give the CEL text that asks it while a call runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

KEYS = "0123456789*#ABCD"
"""Every key that a phone can send."""

MAX_REPETITIONS = 64

_ATOM = re.compile(
    r"""(?: \[ (?P<set> [^\]\\]+ ) \] | (?P<digit> \\d ) | (?P<any> \. )
          | \\? (?P<star> (?<=\\) \* ) | (?P<key> [0-9A-D\#] ) )
        (?: \{ (?P<min>\d{1,3}) (?P<comma>,)? (?P<max>\d{1,3})? \} | (?P<mark> [?+*] ) )?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Repeat:
    """Keys of one class, `least` to `most` times; `most` None is without limit."""

    keys: frozenset[str]
    least: int
    most: int | None

    def regex(self) -> str:
        """Return it as a regular expression."""
        return _class(self.keys) + quantifier(self.least, self.most)


@dataclass(frozen=True, slots=True)
class Pattern:
    """What one choice takes."""

    source: str
    """As written: `1`, `#`, `/3[0-9]{2}/`."""
    row: tuple[Repeat, ...]

    @property
    def literal(self) -> str | None:
        """Return the keys when only one row of keys matches, else None."""
        if any(len(each.keys) != 1 or each.least != each.most for each in self.row):
            return None
        return "".join(min(each.keys) * each.least for each in self.row)

    def matches(self, keys: str) -> bool:
        """Tell whether these keys are the choice."""
        return (len(self.row), 0) in self._after(keys)

    def extends(self, keys: str) -> bool:
        """Tell whether these keys and at least one more could be the choice."""
        return any(
            at < len(self.row) and _more(self.row[at], count) for at, count in self._after(keys)
        )

    def regex(self) -> str:
        """Return the regular expression of what it takes, without anchors."""
        return "".join(each.regex() for each in self.row)

    def beginnings(self) -> tuple[str, ...]:
        """Return regular expressions of all non-empty keys that `extends` answers True for."""
        found, before = [], ""
        for at, each in enumerate(self.row):
            most = None if each.most is None else each.most - 1
            if at > 0 or most != 0:
                least = 0 if at > 0 else 1
                tail = "" if most == 0 else _class(each.keys) + quantifier(least, most)
                found.append(before + tail)
            before += each.regex()
        return tuple(found)

    def _after(self, keys: str) -> set[tuple[int, int]]:
        """Return the positions (index into the row, repetitions so far) after some keys."""
        positions = self._closed({(0, 0)})
        for key in keys:
            positions = self._closed(
                {
                    (at, _counted(self.row[at], count))
                    for at, count in positions
                    if at < len(self.row)
                    and key in self.row[at].keys
                    and _more(self.row[at], count)
                }
            )
        return positions

    def _closed(self, positions: set[tuple[int, int]]) -> set[tuple[int, int]]:
        closed, open_ = set(positions), list(positions)
        while open_:
            at, count = open_.pop()
            if at < len(self.row) and count >= self.row[at].least and (at + 1, 0) not in closed:
                closed.add((at + 1, 0))
                open_.append((at + 1, 0))
        return closed


def parse(source: str) -> Pattern:
    """Read the key of a choice.

    Raises:
        ValueError: it is neither keys nor a pattern of digit classes and repetitions.
    """
    if len(source) > 2 and source.startswith("/") and source.endswith("/"):
        return Pattern(source, _row(source[1:-1]))
    wrong = [key for key in source if key not in KEYS]
    if wrong or not source:
        raise ValueError(f"`{''.join(wrong)}` is no key of a phone: use 0 to 9, `*`, `#` or /.../")
    return Pattern(source, tuple(Repeat(frozenset(key), 1, 1) for key in source))


def first_keys(patterns: Iterable[Pattern]) -> str:
    """Return the keys after which another one is worth waiting for, in the order of a phone."""
    every = tuple(patterns)
    return "".join(key for key in KEYS if any(each.extends(key) for each in every))


def condition(pattern: Pattern, subject: str) -> str:
    """Return CEL that asks whether the keys in `subject` are the choice."""
    literal = pattern.literal
    if literal is not None:
        return f'{subject} == "{literal}"'
    return f'{_receiver(subject)}.matches("^{_quoted(pattern.regex())}$")'


def condition_more(patterns: Iterable[Pattern], subject: str) -> str | None:
    """Return CEL that asks whether another key could make a choice of `subject`; None if never."""
    literals: list[str] = []
    expressions: list[str] = []
    for each in patterns:
        literal = each.literal
        if literal is not None:
            literals += [literal[:end] for end in range(1, len(literal))]
        else:
            expressions += each.beginnings()
    asked = []
    if literals:
        asked.append(condition_among(subject, list(dict.fromkeys(literals))))
    if expressions:
        alternatives = _quoted("|".join(dict.fromkeys(expressions)))
        asked.append(f'{_receiver(subject)}.matches("^({alternatives})$")')
    return " || ".join(each for each in asked if each) or None


def condition_among(subject: str, keys: Sequence[str]) -> str | None:
    """Return CEL that asks whether `subject` is one of these texts; None for no texts."""
    if not keys:
        return None
    if len(keys) == 1:
        return f'{subject} == "{keys[0]}"'
    return f"{subject} in [{', '.join(f'{chr(34)}{key}{chr(34)}' for key in keys)}]"


def _receiver(subject: str) -> str:
    return subject if re.fullmatch(r"[\w.]+", subject) else f"({subject})"


def _quoted(regex: str) -> str:
    return regex.replace("\\", "\\\\")


def _row(text: str) -> tuple[Repeat, ...]:
    row, at = [], 0
    while at < len(text):
        match = _ATOM.match(text, at)
        if match is None:
            raise ValueError(
                f"`{text[at:]}`: a choice is made of keys, classes such as [0-9], and repetitions"
            )
        row.append(Repeat(_keys(match), *_repetitions(match)))
        at = match.end()
    if sum(each.least for each in row) == 0:
        raise ValueError(f"`/{text}/` would be chosen without any key")
    return tuple(row)


def _keys(match: re.Match[str]) -> frozenset[str]:
    if match["digit"]:
        return frozenset("0123456789")
    if match["any"]:
        return frozenset(KEYS)
    if match["set"] is None:
        return frozenset(match["key"] or "*")
    found: set[str] = set()
    for part in re.findall(r".-.|.", match["set"]):
        first, last = part[0], part[-1]
        same = (first.isdigit() and last.isdigit()) or (first in "ABCD" and last in "ABCD")
        if any(key not in KEYS for key in (first, last)) or (len(part) == 3 and not same):
            raise ValueError(f"`[{match['set']}]` is no class of keys")
        if first > last:
            raise ValueError(f"`{part}` runs backwards")
        found |= (
            {first} if len(part) == 1 else {chr(code) for code in range(ord(first), ord(last) + 1)}
        )
    return frozenset(found)


def _repetitions(match: re.Match[str]) -> tuple[int, int | None]:
    if match["mark"]:
        return {"?": (0, 1), "+": (1, None), "*": (0, None)}[match["mark"]]
    if match["min"] is None:
        return 1, 1
    least = int(match["min"])
    most = int(match["max"]) if match["max"] else None if match["comma"] else least
    if (most is not None and (most < least or most == 0)) or max(
        least, most or 0
    ) > MAX_REPETITIONS:
        raise ValueError(
            f"`{match[0]}`: repetitions go from 1 to {MAX_REPETITIONS}, not backwards"
        )
    return least, most


def _more(each: Repeat, count: int) -> bool:
    return each.most is None or count < each.most


def _counted(each: Repeat, count: int) -> int:
    """Count one more repetition; beyond `least` an unlimited one need not count on."""
    return min(count + 1, each.least) if each.most is None else count + 1


def _class(keys: frozenset[str]) -> str:
    if len(keys) == 1:
        return "[*]" if keys == {"*"} else min(keys)
    runs: list[str] = []
    for key in sorted(keys, key=KEYS.index):
        if runs and key.isdigit() and runs[-1][-1].isdigit() and int(key) == int(runs[-1][-1]) + 1:
            runs[-1] += key
        else:
            runs.append(key)
    return f"[{''.join(run if len(run) < 3 else f'{run[0]}-{run[-1]}' for run in runs)}]"


def quantifier(least: int, most: int | None) -> str:
    """Return the regular expression for so many repetitions; "" for one."""
    if (least, most) == (1, 1):
        return ""
    if most is None:
        return {0: "*", 1: "+"}.get(least, f"{{{least},}}")
    if (least, most) == (0, 1):
        return "?"
    return f"{{{least}}}" if least == most else f"{{{least},{most}}}"
