"""Which source character each character of a scalar's value came from.

Reads plain, quoted and block scalars the way YAML 1.2 folds and unescapes them. It must not know
documents or paths: one scalar's source text is all it sees.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

Placed: TypeAlias = list[tuple[str, int]]
"""Characters of a value, each with the offset it came from."""

_ESCAPES: Final = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f",
    "r": "\r", "e": "\x1b", " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0",
    "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_HEX_DIGITS: Final = {"x": 2, "u": 4, "U": 8}
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_BLOCK_HEADER: Final = re.compile(r"[|>][-+0-9]*[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|$)")


def origins(raw: str, style: str, value: str) -> list[int] | None:
    """Map a scalar's value back to its source text.

    Args:
        raw: Source text, quotes or block header included; a block's last break may be missing.
        style: `""`, `'`, `"`, `|` or `>`.
        value: What YAML made of it.

    Returns:
        For each character of `value` the offset in `raw` of the source it came from, then the
        offset past the content; None when `raw` does not read as `value`.
    """
    if style in ("|", ">"):
        return _block_origins(raw, value, folded=style == ">")
    quotes = 1 if style else 0
    placed = _flow(raw, quotes, len(raw) - quotes, style)
    if "".join(character for character, _ in placed) != value:
        return None
    return [*(offset for _, offset in placed), len(raw) - quotes]


def _flow(raw: str, start: int, end: int, style: str) -> Placed:
    placed: Placed = []
    at = start
    while at < end:
        character = raw[at]
        if character in " \t\r\n":
            blank_end = at
            while blank_end < end and raw[blank_end] in " \t\r\n":
                blank_end += 1
            placed += _fold(raw, at, blank_end)
            at = blank_end
        elif style == "'" and raw.startswith("''", at):
            placed.append(("'", at))
            at += 2
        elif style == '"' and character == "\\":
            at = _unescape(raw, at, end, placed)
        else:
            placed.append((character, at))
            at += 1
    return placed


def _fold(raw: str, start: int, end: int) -> Placed:
    """Read white space: kept within a line, one break is a space, each further one a break."""
    breaks = [found.start() for found in _BREAK.finditer(raw, start, end)]
    if not breaks:
        return [(raw[at], at) for at in range(start, end)]
    return [("\n", at) for at in breaks[1:]] or [(" ", breaks[0])]


def _unescape(raw: str, at: int, end: int, placed: Placed) -> int:
    """Read one escape of a double-quoted scalar; return the offset past it."""
    letter = raw[at + 1 : at + 2]
    if letter in _HEX_DIGITS and letter:
        past = at + 2 + _HEX_DIGITS[letter]
        try:
            placed.append((chr(int(raw[at + 2 : past], 16)), at))
        except (ValueError, OverflowError):
            placed.append(("", at))
        return past
    if letter and letter in "\r\n":
        past = at + 1
        while past < end and raw[past] in " \t\r\n":
            past += 1
        breaks = [found.start() for found in _BREAK.finditer(raw, at + 1, past)]
        placed += [("\n", offset) for offset in breaks[1:]]
        return past
    placed.append((_ESCAPES.get(letter, ""), at))
    return at + 2


def _block_origins(raw: str, value: str, *, folded: bool) -> list[int] | None:
    header = _BLOCK_HEADER.match(raw)
    if header is None:
        return None
    lines: list[tuple[int, int]] = []
    at = header.end()
    while at < len(raw):
        found = _BREAK.search(raw, at)
        stop = found.start() if found else len(raw)
        lines.append((at, stop))
        at = found.end() if found else len(raw)
    widths = {len(raw[a:b]) - len(raw[a:b].lstrip(" ")) for a, b in lines}
    wanted = value.rstrip("\n")
    # The indentation may be given relative to a parent that is not seen here: the one that
    # reads as the value is right.
    for indent in sorted(widths, reverse=True):
        placed = _block(raw, lines, indent, folded=folded)
        if "".join(character for character, _ in placed).rstrip("\n") == wanted:
            places = [offset for _, offset in placed][: len(value)]
            end = lines[-1][1] if lines else len(raw)
            return places + [end] * (len(value) + 1 - len(places))
    return [len(raw)] * (len(value) + 1) if not wanted else None


def _block(raw: str, lines: list[tuple[int, int]], indent: int, *, folded: bool) -> Placed:
    placed: Placed = []
    breaks: Placed = []
    before: str | None = None
    for start, stop in lines:
        text = raw[start:stop]
        content = text[indent:]
        if not content and not text.strip(" "):
            breaks.append(("\n", stop))
            continue
        if text[:indent].strip(" "):
            break
        if before is not None:
            first, *rest = breaks
            plain = folded and before not in " \t" and content[:1] not in " \t"
            placed += (rest or [(" ", first[1])]) if plain else breaks
        else:
            placed += breaks
        placed += [(character, start + indent + at) for at, character in enumerate(content)]
        before = content[:1]
        breaks = [("\n", stop)]
    return placed + breaks
