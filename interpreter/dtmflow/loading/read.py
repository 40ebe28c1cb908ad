"""`load`: the text of a file in, a `Document` out, whatever the text is."""

from __future__ import annotations

import math
import re
from typing import Final

from ruamel.yaml.error import YAMLError

from dtmflow.loading.compose import Composer
from dtmflow.loading.document import Data, Document, Lines, SourceFloat, SourceInt, SourceText
from dtmflow.loading.nodes import Mapping, Node, Scalar, Sequence
from dtmflow.loading.surface import (
    bad_escape,
    before_reading,
    explain,
    separating_tabs,
    swallowed_choices,
)
from dtmflow.loading.trouble import Mask, Misread, Trouble

MAX_BYTES: Final = 1024 * 1024
MAX_REPAIRS: Final = 20
"""Misread places per file after which reading gives up; each costs one more reading."""
MAX_READ: Final = 2 * MAX_BYTES
"""Characters that all readings of one file may come to, so that a big one is read but twice."""

_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_NUMBER: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LONGEST_NUMBER: Final = 100
"""Characters; Python refuses to read very many."""
_INTEGERS: Final = range(-(2**63), 2**63)
"""What expressions can count with; more digits are no number but an identifier."""
_MISREAD_BY_OTHERS: Final = re.compile(
    r"(?i:yes|no|on|off|y|n)|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+|[0-9]{4}-[0-9]{2}-[0-9]{2}"
)
"""Texts of YAML 1.2 that are booleans, numbers to the base of 60 or dates in 1.1."""
_CONSTANTS: Final = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


def load(text: str | bytes, file: str) -> Document:
    """Read YAML 1.2 text; what is wrong with it is in the document's diagnostics.

    Places that YAML misreads and whose meaning is plain (an unquoted `*`, a second colon) are
    reported and read as meant, so that everything behind them is read, too.

    Args:
        text: The file's text; bytes must be UTF-8.
        file: Its name, for messages.
    """
    troubles: list[Trouble] = []
    if isinstance(text, bytes):
        text, troubles = _decode(text)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        troubles.append(Trouble("Y109", "the file is larger than 1 MiB", 0, 0))
        return _document(text, file, None, troubles)
    troubles += before_reading(text)
    readable = text
    for trouble in troubles:
        if trouble.mask is not None:
            mask = trouble.mask
            readable = readable[: mask.start] + mask.value + readable[mask.end :]
    root, found = _compose(readable)
    return _document(text, file, root, troubles + found)


def _compose(source: str) -> tuple[Node | None, list[Trouble]]:
    """Compose a text, repairing misread places one after the other."""
    found: list[Trouble] = []
    retabbed = 0
    while True:
        masks = {trouble.mask.start: trouble.mask for trouble in found if trouble.mask}
        text = source
        for mask in masks.values():
            text = mask.hide(text)
        composer = Composer(text, masks, source)
        root: Node | None = None
        try:
            root = composer.compose()
            new = swallowed_choices(text, root)
        except Misread as misread:
            new = [misread.trouble]
        except YAMLError as error:
            tabs = separating_tabs(error, text)
            if tabs is not None and not _spent(source, len(masks) + retabbed):
                retabbed += 1
                source = f"{source[: tabs[0]]}{' ' * (tabs[1] - tabs[0])}{source[tabs[1] :]}"
                continue
            new = [explain(error, composer)]
        except (ValueError, OverflowError):
            new = [bad_escape(text)]
        repairs = [trouble.mask for trouble in new if trouble.mask is not None]
        again = any(mask.start in masks and mask.end <= masks[mask.start].end for mask in repairs)
        # A place inside a longer one that is misread as a whole is no mistake of its own.
        found = [old for old in found if not any(_covers(mask, old.mask) for mask in repairs)]
        found += new
        if not repairs or again or _spent(source, len(masks) + retabbed):
            return None if new else root, found + composer.troubles


def _spent(source: str, repairs: int) -> bool:
    return repairs >= MAX_REPAIRS or len(source) * (repairs + 2) > MAX_READ


def _covers(outer: Mask, inner: Mask | None) -> bool:
    return inner is not None and outer.start <= inner.start and inner.end <= outer.end


def _decode(raw: bytes) -> tuple[str, list[Trouble]]:
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        trouble = Trouble(
            "Y100",
            f"byte 0x{raw[error.start]:02X} is not UTF-8",
            len(before),
            len(before) + 1,
            help="save the file as UTF-8",
        )
        return raw.decode("utf-8", "replace"), [trouble]


def _document(text: str, file: str, root: Node | None, troubles: list[Trouble]) -> Document:
    lines = Lines(text)
    findings = sorted(
        (trouble.diagnostic(file, lines) for trouble in troubles),
        key=lambda finding: (finding.span, finding.code),
    )
    data = None if root is None else plain(root)
    return Document(file, text, data, tuple(findings), root)


def plain(node: Node) -> Data:
    """Return the plain data of a node; numbers remember how they were written."""
    if isinstance(node, Mapping):
        return {name: plain(value) for name, (_, value) in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return _value(node)


def _value(node: Scalar) -> Data:
    """Type a scalar by the core schema of YAML 1.2; only the unquoted can be more than text."""
    text = node.value
    if node.style or node.literal:
        return text
    if _MISREAD_BY_OTHERS.fullmatch(text):
        return SourceText(text)
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text) and len(text) <= _LONGEST_NUMBER:
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        number = int(text, base)
        return SourceInt(number, text) if number in _INTEGERS else SourceText(text)
    if _NUMBER.fullmatch(text) and len(text) <= _LONGEST_NUMBER:
        value = float(text)
        if math.isfinite(value):
            return SourceFloat(value, text)
    return text
