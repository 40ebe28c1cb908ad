"""Words that mean something in expressions, so that nothing else may be called so."""

from __future__ import annotations

from collections.abc import Mapping

from dtmflow.expressions.scope import RESERVED, TYPE_NAMES

_CEL = (
    *("as", "break", "const", "continue", "else", "false", "for", "function", "if", "import"),
    *("in", "let", "loop", "namespace", "null", "package", "return", "true", "var", "void"),
    "while",
)

UNUSABLE: Mapping[str, str] = {
    **dict.fromkeys(_CEL, "a word of the expression language"),
    **dict.fromkeys(TYPE_NAMES, "a type of the expression language"),
    **dict.fromkeys(RESERVED, "built in"),
}
"""Names that no variable may bear, and what they are."""

FUNCTIONS = (
    *("digits", "hours", "size", "string", "int", "double", "bool", "type", "dyn"),
    *("matches", "startsWith", "endsWith", "contains", "has", "all", "exists", "exists_one"),
    *("map", "filter", "timestamp", "duration", "getHours", "getMinutes", "getSeconds"),
    *("getDate", "getDayOfWeek", "getDayOfMonth", "getDayOfYear", "getMonth", "getFullYear"),
)
"""Functions of expressions."""
