"""A journal as a ladder that people read: what came from the call, what the flow did, where it is.

Comes in: the lines of one `<session>.jsonl`. Goes out: text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dtmflow.errors import UsageError

_WIDTH = 46
"""Columns between the two rails."""

_NEEDED = frozenset({"t", "state", "event"})


def show(lines: Iterable[str]) -> str:
    """Return the ladder of a journal.

    Raises:
        UsageError: a line is not a journal line; names its number.
    """
    ladder = _Ladder()
    for record in _records(lines):
        ladder.add(record)
    return "\n".join(ladder.out) + "\n" if ladder.out else ""


def _records(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError as problem:
            raise UsageError(f"line {number} is not a line of a journal: {problem}") from None
        if not _is_record(found):
            raise UsageError(f"line {number} is not a line of a journal: no t, state and event")
        yield found


def _is_record(found: object) -> bool:
    return (
        isinstance(found, dict)
        and found.keys() >= _NEEDED
        and isinstance(found["t"], int | float)
        and isinstance(found["event"], dict)
        and "name" in found["event"]
    )


class _Ladder:
    def __init__(self) -> None:
        self.out: list[str] = []
        self.state = ""
        self.primary = ""

    def add(self, record: Mapping[str, Any]) -> None:
        if "flow" in record:
            self.head(record)
        self.event(record)
        for guard in record.get("guards", ()):
            self.side(f"if {guard['if']}: {'yes' if guard['is'] else 'no'}{_where(guard)}")
        for action in record.get("actions", ()):
            self.action(action)
        if record.get("vars"):
            changes = ", ".join(f"{n} = {_text(v)}" for n, v in record["vars"].items())
            self.side(f"now {changes}")
        if record.get("error"):
            self.side(f"error: {str(record['error']).strip().splitlines()[-1]}")
        if record["state"] != self.state:
            self.state = record["state"]
            self.side(f"[{self.state}]")
        if "outcome" in record:
            self.side(f"outcome: {record['outcome']}")

    def head(self, record: Mapping[str, Any]) -> None:
        flow = record["flow"]
        self.primary = str(flow.get("primary", ""))
        version = str(flow.get("version", ""))[:8]
        session, name = record.get("session"), flow.get("name")
        self.out += [
            f"session {session}   flow {name} ({version})   {flow.get('time')}",
            "",
            f"{'time':>9}   {self.primary or 'call':<{_WIDTH + 2}} flow",
        ]

    def event(self, record: Mapping[str, Any]) -> None:
        event = dict(record["event"])
        name = str(event.pop("name"))
        ignored = "" if event.pop("handled", True) else " (ignored)"
        text = f"{self.short(name)} {_details(event)}".rstrip()
        stamp = f"{record['t']:>9.3f}"
        if "." in name:
            arrow = f" {_cut(text, _WIDTH - 4)} ".ljust(_WIDTH - 1, "-") + ">"
            self.out.append(f"{stamp}   |{arrow}|{ignored}")
        else:
            self.out.append(f"{stamp}   |{' ' * _WIDTH}| {text}{ignored}")

    def action(self, action: Mapping[str, Any]) -> None:
        name, arguments = next((k, v) for k, v in action.items() if k != "line")
        text = f"{self.short(name)} {_details(arguments, named=name == 'set')}".rstrip()
        if "." in name:
            arrow = "<" + f" {_cut(text, _WIDTH - 4)} ".rjust(_WIDTH - 1, "-")
            self.out.append(f"{'':>9}   |{arrow}|{_where(action)}")
        else:
            self.side(f"{text}{_where(action)}")

    def side(self, text: str) -> None:
        self.out.append(f"{'':>9}   |{' ' * _WIDTH}| {text}")

    def short(self, name: str) -> str:
        return name.removeprefix(f"{self.primary}.")


def _details(values: Mapping[str, Any], *, named: bool = False) -> str:
    if len(values) == 1 and not named:
        return _text(next(iter(values.values())))
    return " ".join(f"{key}={_text(value)}" for key, value in values.items())


def _where(value: Mapping[str, Any]) -> str:
    return f" (line {value['line']})" if "line" in value else ""


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
