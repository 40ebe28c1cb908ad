"""A journal as a ladder that people read: what came from the call, what the flow did, where it is.

Comes in: the lines of one `<session>.jsonl`. Goes out: text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dtmflow.errors import UsageError

_WIDTH = 34
"""Columns between the two rails."""


def show(lines: Iterable[str]) -> str:
    """Return the ladder of a journal.

    Raises:
        UsageError: a line is not a journal line; names its number.
    """
    state = ""
    out: list[str] = []
    for record in _records(lines):
        if "flow" in record:
            out.extend(_head(record))
        out.extend(_event(record))
        out.extend(_guards(record))
        out.extend(_actions(record))
        if record.get("vars"):
            changes = ", ".join(f"{n} = {_text(v)}" for n, v in record["vars"].items())
            out.append(_side(f"set {changes}"))
        if record.get("error"):
            out.append(_side(f"error: {str(record['error']).strip().splitlines()[-1]}"))
        if record["state"] != state:
            state = record["state"]
            out.append(_side(f"[{state}]"))
        if "outcome" in record:
            out.append(_side(f"outcome: {record['outcome']}"))
    return "\n".join(out) + "\n" if out else ""


def _records(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError as problem:
            raise UsageError(f"line {number} is not a line of a journal: {problem}") from None
        if not isinstance(found, dict) or not {"t", "state", "event"} <= found.keys():
            raise UsageError(f"line {number} is not a line of a journal: no t, state and event")
        yield found


def _head(record: Mapping[str, Any]) -> list[str]:
    flow = record["flow"]
    title = f"session {record['session']}   flow {flow['name']} ({str(flow['version'])[:8]})"
    return [
        f"{title}   {flow['time']}",
        "",
        f"{'time':>9}   {'call':<{_WIDTH + 2}} flow",
    ]


def _event(record: Mapping[str, Any]) -> list[str]:
    event = dict(record["event"])
    name = event.pop("name")
    handled = event.pop("handled", True)
    details = " ".join(f"{key}={_text(value)}" for key, value in event.items())
    text = f"{name} {details}".rstrip()
    stamp = f"{record['t']:>9.3f}"
    if "." in name:
        arrow = f" {_cut(text, _WIDTH - 4)} ".ljust(_WIDTH - 1, "-") + ">"
        return [f"{stamp}   |{arrow}|" + ("" if handled else " (not waited for)")]
    return [f"{stamp}   |{' ' * _WIDTH}| {text}"]


def _guards(record: Mapping[str, Any]) -> list[str]:
    return [
        _side(f"if {guard['if']}: {'yes' if guard['is'] else 'no'}{_where(guard)}")
        for guard in record.get("guards", ())
    ]


def _actions(record: Mapping[str, Any]) -> list[str]:
    out = []
    for action in record.get("actions", ()):
        name, arguments = next((k, v) for k, v in action.items() if k != "line")
        details = " ".join(f"{key}={_text(value)}" for key, value in arguments.items())
        text = f"{name} {details}".rstrip()
        if "." in name:
            arrow = "<" + f" {_cut(text, _WIDTH - 4)} ".rjust(_WIDTH - 1, "-")
            out.append(f"{'':>9}   |{arrow}|{_where(action)}")
        else:
            out.append(_side(f"{text}{_where(action)}"))
    return out


def _side(text: str) -> str:
    return f"{'':>9}   |{' ' * _WIDTH}| {text}"


def _where(value: Mapping[str, Any]) -> str:
    return f" (line {value['line']})" if "line" in value else ""


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
