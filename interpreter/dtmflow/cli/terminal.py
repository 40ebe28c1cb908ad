"""What the terminal can show: whether to colour, and the few colours in use."""

from __future__ import annotations

import os
from enum import Enum
from typing import TextIO


class Style(Enum):
    """An ANSI style by what it means."""

    BAD = "1;31"
    GOOD = "32"
    NOTE = "36"
    STRONG = "1"


def wants_colour(stream: TextIO) -> bool:
    """Return whether to colour: a terminal, unless NO_COLOR is set or the terminal is dumb."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, style: Style, *, colour: bool) -> str:
    """Return the text in that style, or unchanged where there is no colour."""
    return f"\x1b[{style.value}m{text}\x1b[0m" if colour else text


def counted(number: int, noun: str) -> str:
    """Return number and noun in agreement: `1 flow`, `3 flows`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
