"""YAML events of a text, from ruamel's parser with its hot spots rewritten.

In: text. Out: parsing events with offsets. What is read is exactly what ruamel reads; only what
it asks itself again and again is answered at less cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.events import Event
from ruamel.yaml.parser import Parser
from ruamel.yaml.reader import Reader
from ruamel.yaml.scanner import Scanner


def events(text: str) -> Iterator[Event]:
    """Yield the parsing events of a text.

    Raises:
        YAMLError: the text is no YAML.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Reader, yaml.Scanner, yaml.Parser = _Reader, _Scanner, _Parser
    yield from yaml.parse(text)


@dataclass(slots=True)
class _Mark:
    """A position; ruamel's own also carry the text around it, for messages that we word anew."""

    index: int
    line: int
    column: int


class _Reader(Reader):
    """Moves over a stretch without line breaks in one step."""

    def forward(self, length: int = 1) -> None:
        at = self.pointer
        passed = self.buffer[at : at + length]
        if len(passed) < length or not _BREAKS.isdisjoint(passed):
            super().forward(length)
            return
        self.pointer = at + length
        self.index += length
        self.column += length

    def get_mark(self) -> _Mark:
        return _Mark(self.index, self.line, self.column)


_BREAKS = frozenset("\r\n\ufeff")
"""Characters that count as no column, or end a line."""


class _Scanner(Scanner):
    """Looks for the next token once, not each time that it is asked about it."""

    reader: Any = None
    _ready = False
    """Whether the next token is known, and is no key that is still to be found."""

    def reset_scanner(self) -> None:
        self.reader, self._ready = self.loader.reader, False
        super().reset_scanner()

    def check_token(self, *choices: Any) -> bool:
        if not self._ready:
            self.peek_token()
        return bool(self.tokens) and (not choices or isinstance(self.tokens[0], choices))

    def peek_token(self) -> Any:
        if not self._ready:
            while self.need_more_tokens():
                self.fetch_more_tokens()
            self._ready = True
        return self.tokens[0] if self.tokens else None

    def get_token(self) -> Any:
        token = self.peek_token()
        if token is not None:
            self.tokens_taken += 1
            del self.tokens[0]
            self._ready = False
        return token

    def need_more_tokens(self) -> bool:
        if self.done or not self.tokens:
            return not self.done
        if not self.possible_simple_keys:
            return False
        self.stale_possible_simple_keys()
        return bool(self.next_possible_simple_key() == self.tokens_taken)

    def next_possible_simple_key(self) -> Any:
        keys = self.possible_simple_keys.values()
        return min((key.token_number for key in keys), default=None)

    def stale_possible_simple_keys(self) -> None:
        line, oldest = self.reader.line, self.reader.index - 1024
        for key in self.possible_simple_keys.values():
            if key.line != line or key.index < oldest:
                super().stale_possible_simple_keys()
                return


class _Parser(Parser):
    """Keeps the scanner at hand."""

    scanner: Any = None

    def reset_parser(self) -> None:
        self.scanner = self.loader.scanner
        super().reset_parser()
