"""Why YAML stumbled, in words of the author: ruamel's errors as Y findings with true places.

In: an error and where composing stood. Out: one `Trouble`, with a mask where the author's
intention is plain, so that reading can go on.
"""

from __future__ import annotations

import re
from typing import Any, Final

from ruamel.yaml.error import YAMLError

from dtmflow.loading.compose import Composer, bare_star
from dtmflow.loading.nodes import Mapping, Node, Scalar, Sequence
from dtmflow.loading.trouble import Mask, Trouble, needs_quotes, value_end

_UNPRINTABLE: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_DIRECTIVE: Final = re.compile(r"^%YAML[ \t]+(\d+\.\d+)[ \t]*(?:#.*)?$", re.MULTILINE)
_CONTENT: Final = re.compile(r"^[^%#\s\ufeff]", re.MULTILINE)
_SWALLOWED_IN_BRACES: Final = re.compile(r"[{,][ \t]*(#)[ \t]*:(?=\s)")
_SWALLOWED_LINE: Final = re.compile(r"#:(?=\s|$)")
_BEYOND_UNICODE: Final = re.compile(r"\\U(?!0010|000[0-9A-Fa-f])[0-9A-Fa-f]{8}")
_COLON: Final = "`: ` inside this text would start a second value; quote the text"
_QUOTE: Final = "the closing quote ends the text and more follows; quote all of it"
_GOT: Final = re.compile(r"(?:but got|but found) '?(.+?)'?$")


def before_reading(text: str) -> list[Trouble]:
    """Find what is wrong before YAML is looked at: characters and the version directive."""
    troubles = [
        Trouble(
            "Y100",
            f"the character U+{ord(found.group()):04X} is not allowed in YAML",
            found.start(),
            found.end(),
            help="delete it",
            mask=Mask(found.start(), found.end(), "x"),
        )
        for found in list(_UNPRINTABLE.finditer(text))[:10]
    ]
    content = _CONTENT.search(text)
    for directive in _DIRECTIVE.finditer(text, 0, content.start() if content else len(text)):
        version = directive.group(1)
        if version != "1.2":
            start, end = directive.span(1)
            troubles.append(
                Trouble(
                    "Y101",
                    f"flows are YAML 1.2, not {version}; under 1.1 `on` would be a boolean",
                    directive.start(),
                    end,
                    help="write %YAML 1.2 or leave the line out",
                    replacement=("Make it YAML 1.2", "%YAML 1.2"),
                    mask=Mask(start, end, "1.2"),
                )
            )
    return troubles


def swallowed_choices(text: str, root: Node | None) -> list[Trouble]:
    """Find lines `#: target` under `choices:`, which YAML reads as comments."""
    found: list[Trouble] = []
    pending: list[Node] = [root] if root is not None else []
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Sequence):
            pending += node.items
        elif isinstance(node, Mapping):
            for name, (key, value) in node.entries.items():
                pending.append(value)
                if name == "choices":
                    found += _swallowed_below(text, key, value)
    return found


def _swallowed_below(text: str, key: Scalar, value: Node) -> list[Trouble]:
    if isinstance(value, Sequence) or (isinstance(value, Scalar) and value.value):
        return []
    outer = _column(text, key.start)
    inner = None
    if isinstance(value, Mapping) and value.entries:
        inner = _column(text, next(iter(value.entries.values()))[0].start)
    found: list[Trouble] = []
    at = text.find("\n", key.end) + 1
    while 0 < at < len(text):
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        line = text[at:stop]
        indent = len(line) - len(line.lstrip(" "))
        if line.strip() and indent <= outer:
            break
        if _SWALLOWED_LINE.match(line, indent) and inner in (None, indent):
            inner = indent
            found.append(_swallowed(at + indent))
        at = stop + 1
    return found


def _swallowed(at: int) -> Trouble:
    return Trouble(
        "Y102",
        '`#` started a comment here; write `"#"`',
        at,
        at + 1,
        help="quote the key",
        replacement=("Quote the key", '"#"'),
        mask=Mask(at, at + 1, "#"),
    )


def explain(  # noqa: C901, PLR0911 - one branch per mistake
    error: YAMLError, composer: Composer
) -> Trouble:
    """Turn an error of the parser into a finding at the place that the author must mend."""
    text = composer.source
    problem = str(getattr(error, "problem", None) or "")
    context = str(getattr(error, "context", None) or "")
    at = _offset(getattr(error, "problem_mark", None), text)
    opened = _offset(getattr(error, "context_mark", None), text)
    if at is None:
        return Trouble("Y100", f"this is not YAML: {problem or error}", 0, 0)
    if "quoted scalar" in context:
        return _in_quotes(text, problem, opened, at)
    if context == "while scanning an alias":
        start = at if opened is None else opened
        return bare_star(text, start, in_flow=composer.in_flow_at(start))
    in_flow = "flow" in context or composer.in_flow_at(at if opened is None else opened)
    if problem.startswith("mapping values are not allowed"):
        return _second_colon(composer, at, in_flow=in_flow)
    if "cannot start any token" in problem or context == "while scanning an anchor":
        start = opened if opened is not None else at
        if text[start] == "\t":
            verb = "stand here" if separating_tabs(error, text) else "indent"
            return Trouble("Y100", f"a tab cannot {verb}; use spaces", start, start + 1)
        if in_flow and start and text[start - 1] == "}":
            begin = _value_start(text, _opening(text, _line_start(text, start), start))
            message = "`{` starts a YAML mapping inside `{...}` or `[...]`; quote the text"
            end = value_end(text, begin, in_flow=True)
            return needs_quotes("Y107", message, text, begin, end)
        message = f"a text cannot start with `{text[start]}` unless it is quoted"
        end = value_end(text, start, in_flow=in_flow)
        return needs_quotes("Y105", message, text, start, max(end, start + 1))
    got = found.group(1) if (found := _GOT.search(problem)) else ""
    if "flow" in context:
        inner = composer.opened
        return _in_brackets(composer, opened if inner is None else inner, at, got)
    if context == "while scanning a simple key" and opened is not None:
        if text.startswith("*", opened):
            return bare_star(text, opened, in_flow=in_flow)
        end = value_end(text, opened, in_flow=False)
        return Trouble("Y100", f"`:` is missing after `{text[opened:end]}`", opened, end)
    return _in_block(composer, context, problem, at, got)


def separating_tabs(error: YAMLError, text: str) -> tuple[int, int] | None:
    """Return the stretch of tabs that ruamel stumbled over, where YAML allows them.

    Tabs may separate what stands on one line; only indentation must be spaces.
    """
    at = _offset(getattr(error, "problem_mark", None), text)
    if at is None or text[at : at + 1] != "\t":
        return None
    before = text[_line_start(text, at) : at].lstrip(" \t-")
    return (at, at + len(text[at:]) - len(text[at:].lstrip("\t"))) if before else None


def bad_escape(text: str) -> Trouble:
    r"""Make the finding for an escape beyond Unicode; ruamel lets chr() raise for `\UFFFFFFFF`."""
    found = _BEYOND_UNICODE.search(text)
    start, end = found.span() if found else (0, 0)
    return Trouble("Y100", f"`{text[start:end]}` names no character", start, end)


def _in_quotes(text: str, problem: str, opened: int | None, at: int) -> Trouble:
    if "escape" in problem and at < len(text):
        return Trouble(
            "Y100",
            f"`\\{text[at]}` is no escape of a double-quoted text",
            max(at - 1, 0),
            at + 1,
            help="write two backslashes, or use single quotes",
        )
    start = at if opened is None else opened
    return Trouble("Y100", f"the quote {text[start]} is never closed", start, start + 1)


def _second_colon(composer: Composer, at: int, *, in_flow: bool) -> Trouble:
    text, last = composer.source, composer.last
    near = last is not None and last.end <= at and not _breaks(text, last.start, at)
    if last is not None and near and (composer.after_key or _same_line_key(text, last.start)):
        end = value_end(text, last.start, in_flow=in_flow)
        return needs_quotes("Y105", _COLON, text, last.start, end)
    if last is not None and composer.at_root:
        end = value_end(text, last.start, in_flow=in_flow)
        return Trouble("Y100", f"`:` is missing after `{text[last.start : end]}`", last.start, end)
    line = _line_start(text, at)
    start = line + len(text[line:at]) - len(text[line:at].lstrip(" -"))
    name = text[start:at].strip()
    return Trouble(
        "Y100",
        f"`{name}` cannot be a key here: the text before it goes on to this line",
        start,
        max(at, start),
        help="indent it like its siblings, or end the line before with `:`",
    )


def _same_line_key(text: str, start: int) -> bool:
    return ":" in text[_line_start(text, start) : start]


def _in_brackets(composer: Composer, opened: int | None, at: int, got: str) -> Trouble:
    text, last = composer.source, composer.last
    start = at if opened is None else opened
    for found in _SWALLOWED_IN_BRACES.finditer(text, start):
        if not _breaks(text, start, found.start()) or composer.in_flow:
            return _swallowed(found.start(1))
    near = last is not None and last.start > start and not _breaks(text, last.start, at)
    if last is not None and near and got in ("{", "[", ":", "<scalar>", "?"):
        end = value_end(text, last.start, in_flow=True)
        if got == "{":
            message = "`{` starts a YAML mapping inside `{...}` or `[...]`; quote the text"
            return needs_quotes("Y107", message, text, last.start, end)
        if got == "[":
            message = "`[` starts a YAML list inside `{...}` or `[...]`; quote the text"
        elif got == ":":
            message = _COLON
        else:
            message = _QUOTE
        return needs_quotes("Y105", message, text, last.start, end)
    bracket = text[start : start + 1]
    if bracket in ("{", "["):
        closing = "}" if bracket == "{" else "]"
        return Trouble("Y100", f"`{bracket}` is never closed", start, start + 1,
                       help=f"a `{closing}` or a comma is missing")  # fmt: skip
    return Trouble("Y100", f"`{text[at : at + 1]}` cannot stand here", at, at + 1)


def _in_block(  # noqa: C901, PLR0911 - one branch per mistake
    composer: Composer, context: str, problem: str, at: int, got: str
) -> Trouble:
    text, last = composer.source, composer.last
    end = max(value_end(text, at, in_flow=False), at)
    if got == "<scalar>" and not _breaks(text, line := _line_start(text, at), at):
        before = text[line:at].rstrip()
        if before.endswith(("}", "]")):
            start = _opening(text, line, at)
            message = "text follows a `}` or `]` that ends the value; quote all of it"
            code = "Y107" if text.startswith("{", start) else "Y105"
            return needs_quotes(code, message, text, start, value_end(text, start, in_flow=False))
        if last is not None and last.style and line <= last.start < at:
            whole = value_end(text, last.start, in_flow=False)
            return needs_quotes("Y105", _QUOTE, text, last.start, whole)
    if "block scalar" in context:
        message = "only `+`, `-` or one digit may follow `|` and `>` on their line"
        return Trouble("Y100", message, at, end)
    if "document start" in problem:
        directive = text.rfind("\n%", 0, at) + 1
        if text.startswith("%", directive):
            message = "a line that starts with `%` is a directive, and `---` must follow it"
            return Trouble("Y100", message, directive, directive + 1)
        return Trouble("Y100", "more follows behind the end of the flow", at, end)
    if got in ("]", "}", ","):
        return Trouble("Y100", f"`{got}` stands here without an opening bracket", at, at + 1)
    if "block collection" in context and got == "?":
        return Trouble("Y100", "a key stands where an item (`- `) of the list is due", at, end)
    if "block mapping" in context and got in ("-", "<block sequence start>"):
        return Trouble("Y100", "a list item stands where a key is due", at, end,
                       help="indent the list below its key")  # fmt: skip
    if got.startswith("<block") or got in ("?", "<scalar>"):
        return Trouble("Y100", "this line does not line up with the lines before it", at, end,
                       help="give siblings the same indentation")  # fmt: skip
    return Trouble("Y100", f"this is not YAML: {problem}", at, end)


def _opening(text: str, line: int, at: int) -> int:
    """Return where the value stands whose brackets close just before `at`."""
    depth = 0
    for offset in range(at - 1, line - 1, -1):
        if text[offset] in "}]":
            depth += 1
        elif text[offset] in "{[":
            depth -= 1
            if depth == 0:
                return offset
    return line


def _value_start(text: str, at: int) -> int:
    """Return where the value inside brackets begins in which `at` stands, on its line."""
    line = _line_start(text, at)
    before = re.search(r".*(?:[\[{,]|: )[ \t]*", text[line:at])
    return line + before.end() if before else at


def _offset(mark: Any, text: str) -> int | None:
    return None if mark is None else min(int(mark.index), len(text))


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _column(text: str, at: int) -> int:
    return at - _line_start(text, at)


def _breaks(text: str, start: int, end: int) -> bool:
    return "\n" in text[start:end] or "\r" in text[start:end]
