"""The journal: JSON lines of what happened in a session, with secrets masked.

Comes in: entries of the step. Goes out: one line per entry, with the keys `t` (seconds since the
session began), `seq`, `session`, `call`, `state`, `event`, `guards`, `actions`, `vars`; the first
line adds `flow`, the last `outcome`. Must not know lines or clocks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from dtmflow.running.effects import ActionTaken, Entry

MASK = "***"
"""What stands in a line for a secret value."""

_SHORT = 3
"""Up to this length a secret is masked only where it stands as a word of its own: a single digit
would otherwise blot out every number that holds it."""

Record: TypeAlias = dict[str, Any]
"""One line of a journal, before it is written as JSON."""


class Journal(Protocol):
    """Where the lines of one session go."""

    def write(self, record: Record) -> None:
        """Add a line."""

    def close(self) -> None:
        """The session is over; nothing is written afterwards."""


@dataclass(slots=True)
class MemoryJournal:
    """Keeps the lines in a list."""

    records: list[Record] = field(default_factory=list)

    def write(self, record: Record) -> None:
        """Add a line."""
        self.records.append(record)

    def close(self) -> None:
        """Keep what was written."""


class NoJournal:
    """Forgets every line."""

    def write(self, record: Record) -> None:
        """Forget it."""

    def close(self) -> None:
        """Nothing was kept."""


class FileJournal:
    """Writes one file, a line at a time, so that a running session can be read."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def write(self, record: Record) -> None:
        """Append the line."""
        self._file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class JournalFolder:
    """Opens `<session>.jsonl` in a folder for every session."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder

    def __call__(self, session: str) -> Journal:
        """Open the journal of a session."""
        return FileJournal(self.folder / f"{session}.jsonl")


def record(
    entry: Entry, *, seconds: float, sequence: int, session: str, call: str, lines: Lines | None
) -> Record:
    """Return the line of an entry, secrets masked."""
    mask = masker(entry.secrets)
    fields = {
        name: mask(value)
        for name, value in entry.fields.items()
        if name not in _COMMON and value not in _VOID
    }
    if entry.secret_event:
        fields = {n: MASK if isinstance(v, str) else v for n, v in fields.items()}
    return {
        "t": round(seconds, 3),
        "seq": sequence,
        "session": session,
        "call": call,
        "state": entry.state,
        "event": {"name": entry.event, "handled": entry.handled, **fields},
        "guards": [
            {"if": guard.guard, "is": guard.result, **_line(lines, guard.origin)}
            for guard in entry.guards
        ],
        "actions": [_action(action, mask, lines) for action in entry.actions],
        "vars": {name: mask(value) for name, value in entry.variables.items()},
    }


_VOID: tuple[Any, ...] = ("", (), [], {}, None)
_COMMON = frozenset({"call", "id", "name"})
"""Fields of every payload, which a line says in other ways."""


class Lines(Protocol):
    """Finds the line of YAML of a place in the flow."""

    def line(self, origin: tuple[str | int, ...]) -> int:
        """Return the line, from 1; 0 when it is not known."""


def _line(lines: Lines | None, origin: tuple[str | int, ...]) -> Record:
    number = lines.line(origin) if lines is not None and origin else 0
    return {"line": number} if number else {}


def _action(action: ActionTaken, mask: Mask, lines: Lines | None) -> Record:
    name = f"{action.leg}.{action.name}" if action.leg else action.name
    return {name: mask(action.arguments), **_line(lines, action.origin)}


class Mask(Protocol):
    """Replaces secrets in a value, however deep."""

    def __call__(self, value: Any) -> Any:
        """Return the value without secrets."""


def masker(secrets: frozenset[str]) -> Mask:
    """Return a function that replaces every occurrence of a secret in texts and numbers."""
    if not secrets:
        return _plain
    parts = [
        re.escape(secret) if len(secret) > _SHORT else rf"(?<!\w){re.escape(secret)}(?!\w)"
        for secret in sorted(secrets, key=len, reverse=True)
    ]
    pattern = re.compile("|".join(parts))

    def mask(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(MASK, value)
        if isinstance(value, Mapping):
            return {mask(str(key)): mask(inner) for key, inner in value.items()}
        if isinstance(value, Sequence):
            return [mask(inner) for inner in value]
        if isinstance(value, int | float) and not isinstance(value, bool):
            return MASK if str(value) in secrets else value
        return _plain(value)

    return mask


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [_plain(inner) for inner in value]
    return str(value)
