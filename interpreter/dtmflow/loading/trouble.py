"""What reading finds wrong, in offsets, and how the text goes on being read in spite of it."""

from __future__ import annotations

from dataclasses import dataclass

from dtmflow.diagnostics import Diagnostic, Edit, Fix, Level, Related
from dtmflow.loading.document import Lines


@dataclass(frozen=True, slots=True)
class Mask:
    """A stretch of text that YAML misreads and the text that the author meant.

    The stretch is replaced by harmless text of equal length, so that reading goes on, every
    position stays true and all problems of a file are found at once.
    """

    start: int
    end: int
    value: str

    def hide(self, text: str) -> str:
        """Return `text` with the stretch replaced."""
        hidden = "".join(c if c.isspace() else "x" for c in text[self.start : self.end])
        if len(hidden) > 1:
            hidden = f"'{hidden[1:-1]}'"
        return text[: self.start] + hidden + text[self.end :]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One finding of reading, in character offsets."""

    code: str
    message: str
    start: int
    end: int
    help: str = ""
    replacement: tuple[str, str] | None = None
    """Title of the fix and the text that takes the place of the stretch."""
    first: tuple[str, int, int] | None = None
    """A related place: message, start, end."""
    mask: Mask | None = None
    """How to go on reading; None when reading ends here or need not be repaired."""

    def diagnostic(self, file: str, lines: Lines) -> Diagnostic:
        """Turn offsets into lines and columns."""
        size = len(lines.text)
        span = lines.span(min(self.start, size), min(self.end, size))
        fix = None
        if self.replacement is not None:
            title, text = self.replacement
            fix = Fix(title, (Edit(span, text),))
        message = self.message
        related: tuple[Related, ...] = ()
        if self.first is not None:
            first, start, end = self.first
            there = lines.span(start, end)
            related = (Related(first, there),)
            message += f" (first at {there.line}:{there.column})"
        return Diagnostic(self.code, Level.ERROR, message, file, span, self.help, fix, related)


class Misread(Exception):  # noqa: N818 - not an error of ours: composing stops and is begun anew
    """Composing met a place that YAML misreads."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble
        super().__init__(trouble.message)


def quoted(value: str) -> str:
    """Write a text as a quoted YAML scalar."""
    if '"' in value or "\\" in value:
        return "'" + value.replace("'", "''") + "'"
    return f'"{value}"'


def needs_quotes(code: str, message: str, text: str, start: int, end: int) -> Trouble:
    """Make the finding for a stretch that should have been quoted, with its fix."""
    value = text[start:end]
    if len(value) > 2 and value[0] == value[-1] == "'" and "' " not in value[1:-1]:
        value = value[1:-1]  # 'it's': the author did quote, an apostrophe ended it
    written = quoted(value)
    return Trouble(
        code,
        message,
        start,
        end,
        help=f"write {written}",
        replacement=("Quote the text", written),
        mask=Mask(start, end, value),
    )


def value_end(text: str, start: int, *, in_flow: bool) -> int:
    """Return where a value that YAML misread ends for a human reader.

    In block style at the end of the line or a comment; in flow style also at the comma or
    bracket that the value itself did not open.
    """
    depth = 0
    at = start
    while at < len(text) and text[at] not in "\r\n":
        character = text[at]
        if character == "#" and at > start and text[at - 1] in " \t":
            break
        if in_flow:
            if character in "{[(":
                depth += 1
            elif character in "}])":
                if depth == 0:
                    break
                depth -= 1
            elif character == "," and depth == 0:
                break
        at += 1
    return start + len(text[start:at].rstrip())
