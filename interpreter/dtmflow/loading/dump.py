"""`dump`: plain data in, YAML 1.2 out, for people to read.

Small mappings and lists stand on one line, all else in blocks; text that another reader could
take for something else (`no`, `0123`) is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

WIDTH: Final = 80
"""Characters that a mapping or list on one line may have."""

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][\w./-]*|[0-9]+(?:ms|s|m|h)")
_INDICATORS: Final = frozenset(":?-|>%@`!&*")
_AMBIGUOUS: Final = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null", "~"})


def dump(data: object) -> str:
    """Return plain data (mappings, lists, tuples, scalars) as YAML text."""
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 100_000  # lines are never folded: a text stays what it is
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    yaml.dump(_node(data), stream)
    return stream.getvalue()


def _node(data: object, *, in_list: bool = False) -> Any:
    if isinstance(data, Mapping):
        mapping = CommentedMap((_key(str(key)), _node(value)) for key, value in data.items())
        if _small(data) and (len(data) != 1 or not in_list):
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(data, list | tuple):
        sequence = CommentedSeq(_node(item, in_list=True) for item in data)
        if _small(data):
            sequence.fa.set_flow_style()
        return sequence
    return _scalar(data)


def _scalar(data: object) -> object:
    if isinstance(data, str) and (
        data.lower() in _AMBIGUOUS or _number(data) or data[:1] in _INDICATORS
    ):
        return DoubleQuotedScalarString(data)
    return data


def _key(text: str) -> str:
    return text if _PLAIN_KEY.fullmatch(text) else DoubleQuotedScalarString(text)


def _number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "").isdigit()


def _small(data: Mapping[object, object] | list[object] | tuple[object, ...]) -> bool:
    """Tell whether a collection of scalars fits on a line."""
    inner = list(data.values()) if isinstance(data, Mapping) else list(data)
    if any(isinstance(item, Mapping | list | tuple) and item for item in inner):
        return False
    if any(isinstance(item, str) and "\n" in item for item in inner):
        return False
    return len(str(data)) <= WIDTH
