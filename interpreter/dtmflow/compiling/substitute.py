"""Names within expressions replaced by other expressions, as sugar needs it for `input`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dtmflow.compiling.core import Plain
from dtmflow.expressions.problems import CompileError
from dtmflow.expressions.template import parse

_TOKEN = re.compile(
    r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|(?<![\w.])[A-Za-z_]\w*(?:\.\w+)*(?!\w|\s*\()",
    re.DOTALL,
)
"""A text in quotes, or a qualified name that is not called."""


def in_expression(text: str, replace: Mapping[str, str]) -> str:
    """Replace names (bare or qualified) in a bare CEL expression; texts in quotes stay."""
    return _TOKEN.sub(lambda match: _replaced(match[0], replace), text)


def in_template(text: str, replace: Mapping[str, str]) -> str:
    """Replace names in every `${...}` of a template; one that cannot be read stays as it is."""
    try:
        template = parse(text)
    except CompileError:
        return text
    changed, at = "", 0
    for slot in template.slots:
        changed += text[at : slot.offset] + in_expression(slot.text, replace)
        at = slot.offset + len(slot.text)
    return changed + text[at:]


def in_plain(value: Plain, replace: Mapping[str, str]) -> Plain:
    """Replace names in every template of plain data."""
    if isinstance(value, str):
        return in_template(value, replace)
    if isinstance(value, Mapping):
        return {key: in_plain(item, replace) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(in_plain(item, replace) for item in value)
    return value


def names(text: str) -> frozenset[str]:
    """Return the names in the slots of a template, as far as can be told without a scope."""
    try:
        slots = parse(text).slots
    except CompileError:
        return frozenset()
    return frozenset(
        match[0]
        for slot in slots
        for match in _TOKEN.finditer(slot.text)
        if match[0][0] not in "\"'"
    )


def _replaced(token: str, replace: Mapping[str, str]) -> str:
    if token[0] in "\"'":
        return token
    root, dot, rest = token.partition(".")
    if token in replace:
        return replace[token]
    if dot and root in replace:
        return f"{replace[root]}.{rest}"
    return token
