"""What is sound of a flow that is not valid, so that rules still run on it.

In: a document and the mistakes that validating it found. Out: a flow in which each mistake is read
as meant where that is plain (a misspelt name, a missing unit) and left out where it is not, and
what was left out. No finding of a rule may stem from what was left out: see `Losses`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from dtmflow.diagnostics import Diagnostic, Path, Span
from dtmflow.loading import nodes
from dtmflow.loading.document import Document
from dtmflow.loading.mistakes import Mistake
from dtmflow.loading.suggest import closest
from dtmflow.loading.validation import attempt
from dtmflow_schema.flow import VERSION, Flow
from dtmflow_schema.problems import Problem

MAX_ROUNDS: Final = 12
"""How often the rest is validated again; what is left out can bring up new mistakes."""

MISSING: Final = object()
"""What stands at a place that is not there."""
UNKNOWN: Final = "${dyn(0)}"
"""A text whose value and type nobody knows: it may stand wherever expressions may."""

_WORD: Final = re.compile(r"[A-Za-z_]\w*")
_OF_DECLARATIONS: Final = frozenset({"V302", "V303", "V304", "V306"})
"""Rules that hold names against their declarations."""
_DECLARATIONS: Final = ("vars", "params", "returns", "legs", "prompts")
_BLANK: Final[dict[str, object]] = {
    **{name: {"type": "object"} for name in ("vars", "params", "returns")},
    "legs": {},
    "prompts": "",
    "states": {},
}
"""What stands in for a whole entry of these mappings, so that its name stays known."""
_TRANSITIONS: Final = frozenset({"on", "after", "choices", "to"})
"""Keys below which transitions stand."""
_IN_LISTS: Final = ({"log": ""}, {"if": "dyn(false)"}, {"say": ""})
"""What stands in for an item of a list, whose neighbours must keep their places."""


@dataclass
class Losses:
    """What was left out of a flow."""

    whole: bool = True
    """Whether all states, actions and transitions are there, so that absence means something."""
    declared: bool = True
    """Whether all declarations are there; not so where a key of the file was left out."""
    places: list[Span] = field(default_factory=list)
    """Where the mistakes stand, whole values."""
    names: set[str] = field(default_factory=set)
    """Names that were left out where they are declared."""
    texts: list[str] = field(default_factory=list)
    """Source of what was left out."""

    def allow(self, document: Document, finding: Diagnostic) -> bool:
        """Whether a finding does not stem from what was left out."""
        if any(_within(finding.span, place) for place in self.places):
            return False
        if not self.declared and finding.code in _OF_DECLARATIONS:
            return False
        subject = document.lines.slice(finding.span).strip("\"'")
        root = subject.split(".")[0] or subject
        named = finding.code in ("F101", "V302", "V303")
        if named and any(root in name for name in self.names):
            return False
        if finding.code == "V302" and root == "input" and not self.whole:
            return False  # the menu or gather that it belongs to may be gone
        words = {word for text in self.texts for word in _WORD.findall(text)}
        if finding.code == "F101":
            return root not in words
        return finding.code != "F109" or closest(subject, words) is None


def _within(inner: Span, outer: Span) -> bool:
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return start <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= end


@dataclass(frozen=True)
class Sound:
    """The sound part of a flow."""

    flow: Flow
    document: Document
    """The document in which names stand as they are read; all places are those of the source."""
    losses: Losses


def salvage(document: Document, mistakes: Sequence[Mistake]) -> Sound | None:
    """Return a flow without its mistakes; None where nothing can be saved."""
    return _Salvage(document).run(mistakes)


class _Salvage:
    def __init__(self, document: Document) -> None:
        self.data: Any = _copied(document.data)
        self.root = _tree(document.root) if document.root is not None else None
        self.document = replace(document, data=self.data, root=self.root)
        self.losses = Losses()
        self.tried: dict[Path, int] = {}
        """How often something was tried at a place."""

    def run(self, mistakes: Sequence[Mistake]) -> Sound | None:
        for _ in range(MAX_ROUNDS):
            if not isinstance(self.data, dict) or not mistakes:
                return None
            for mistake in mistakes:
                if self.at(mistake.path) is not MISSING:  # else another repair has moved it
                    self.mend(mistake)
            flow, mistakes = attempt(self.data, Flow)
            if flow is not None:
                return Sound(flow, self.document, self.losses)
        return None

    def mend(self, mistake: Mistake) -> None:
        """Do the next best thing about a mistake."""
        path = mistake.path
        first = path not in self.tried
        self.tried[path] = self.tried.get(path, 0) + 1
        repair = _REPAIRS.get(mistake.kind)
        around = self.at(path[:-1])
        if first and repair is not None and repair(self, mistake, around):
            return
        self.lose(path)
        if mistake.kind in (Problem.MISSING, Problem.MISSING_ARGUMENT) and first:
            target = self.at(path)
            if isinstance(target, dict):
                target[mistake.given] = UNKNOWN
                return
            if isinstance(target, str):
                around[path[-1]] = {target: {mistake.given: UNKNOWN}}
                return
        if path:
            self.leave_out(path, around)

    def at(self, path: Path) -> Any:
        """Return what stands at a path, or `MISSING`."""
        found: Any = self.data
        for step in path:
            if isinstance(found, list):
                found = dict(enumerate(found))
            if not isinstance(found, dict) or step not in found:
                return MISSING
            found = found[step]
        return found

    def rename(self, around: Path, old: str, new: str) -> None:
        """Rename a key, in the data and in the tree, and keep the order."""
        mapping, node = self.at(around), self.document.node(around)
        _rename(mapping, old, new)
        if isinstance(node, nodes.Mapping):
            _rename(node.entries, old, new)

    def lose(self, path: Path) -> None:
        """Remember what a mistake takes with it."""
        span = self.document.span(path)
        self.losses.places.append(span)
        self.losses.texts.append(self.document.lines.slice(span))

    def leave_out(self, path: Path, around: Any) -> None:
        """Put something harmless in the place of a value, or take it out with its key."""
        step, tries = path[-1], self.tried[path]
        if isinstance(around, list) and isinstance(step, int):
            if tries > len(_IN_LISTS) + 1 or step >= len(around):
                self.structure(path)
                self.mend_again(path[:-1])
                return
            choices: tuple[object, ...] = (UNKNOWN, *_IN_LISTS)
            around[step] = choices[tries - 1]
            if tries > 1 or _TRANSITIONS & {*path}:
                self.structure(path)
            return
        if not isinstance(around, dict) or step not in around:
            self.structure(path)
            self.mend_again(path[:-1])
            return
        holder = path[-2] if len(path) > 1 else ""
        transition = holder in _TRANSITIONS or step == "to"
        if holder in _BLANK and tries == 1:
            around[step] = _copied(_BLANK[str(holder)])
            if holder == "states":
                self.structure(path)
        elif tries == 1 and not transition:
            around[step] = UNKNOWN
        else:
            self.losses.names.add(str(step))
            self.structure(path)
            del around[step]

    def mend_again(self, path: Path) -> None:
        """Leave out what holds a thing that cannot be mended."""
        around = self.at(path[:-1])
        if path and around is not MISSING:
            self.tried[path] = max(self.tried.get(path, 0), 1) + 1
            self.lose(path)
            self.leave_out(path, around)
        else:
            self.data = None

    def structure(self, path: Path) -> None:
        """Remember that something is gone which states, actions or transitions may need."""
        if path[0] not in _DECLARATIONS:
            self.losses.whole = False
        if len(path) == 1:
            self.losses.declared = False


Repair = Callable[[_Salvage, Mistake, Any], bool]


def _renamed(salvage: _Salvage, mistake: Mistake, around: Any) -> bool:
    """Read a misspelt name as the one that it resembles."""
    meant, step = mistake.meant, mistake.path[-1]
    if meant is None:
        return False
    if isinstance(around, list) and isinstance(step, int) and isinstance(around[step], str):
        around[step] = around[step].replace(mistake.given, meant, 1)
        return True
    if not isinstance(around, dict) or step not in around:
        return False
    value = around[step]
    if step in ("do", "exit") and isinstance(value, str):
        around[step] = value.replace(mistake.given, meant, 1)
        return True
    new = str(step).replace(mistake.given, meant, 1)
    if new in around:
        return False
    salvage.rename(mistake.path[:-1], str(step), new)
    return True


def _prefixed(salvage: _Salvage, mistake: Mistake, around: Any) -> bool:
    name = str(mistake.path[-1])
    if not isinstance(around, dict) or f"X-{name}" in around:
        return False
    salvage.rename(mistake.path[:-1], name, f"X-{name}")
    return True


def _listed(salvage: _Salvage, mistake: Mistake, around: Any) -> bool:
    """Read several actions in one mapping as the list that they should be."""
    holder = salvage.at(mistake.path[:-2])
    if not isinstance(around, dict) or not isinstance(holder, dict):
        return False
    name = mistake.path[-2]
    holder[name] = [{name: value} for name, value in around.items()]
    node, above = (salvage.document.node(mistake.path[:end]) for end in (-1, -2))
    if isinstance(node, nodes.Mapping) and isinstance(above, nodes.Mapping):
        items: list[nodes.Node] = [
            nodes.Mapping(key.start, max(key.end, value.end), {name: (key, value)})
            for name, (key, value) in node.entries.items()
        ]
        above.entries[str(name)] = (
            above.entries[str(name)][0],
            nodes.Sequence(node.start, node.end, items),
        )
    return True


def _second_left_out(salvage: _Salvage, mistake: Mistake, around: Any) -> bool:
    """Of two things that exclude each other keep the first."""
    if not isinstance(around, dict) or mistake.path[-1] not in around:
        return False
    salvage.lose(mistake.path)
    salvage.structure(mistake.path)
    del around[mistake.path[-1]]
    return True


def _in_seconds(salvage: _Salvage, mistake: Mistake, around: Any) -> bool:
    step, text = mistake.path[-1], str(getattr(mistake.value, "source", mistake.value))
    if isinstance(around, dict) and step == text:
        salvage.rename(mistake.path[:-1], text, f"{text}s")
    elif isinstance(around, dict):
        around[step] = f"{text}s"
    else:
        return False
    return True


def _this_version(salvage: _Salvage, mistake: Mistake, _: Any) -> bool:
    salvage.data.pop("requires", None)
    salvage.data["version"] = VERSION
    return mistake.path[0] in ("version", "requires")


def _version_added(salvage: _Salvage, mistake: Mistake, _: Any) -> bool:
    if mistake.given != "version" or mistake.path:
        return False
    salvage.data["version"] = VERSION
    return True


_REPAIRS: Final[dict[Problem, Repair]] = {
    Problem.EXTRA_FORBIDDEN: _renamed,
    Problem.UNKNOWN_ACTION: _renamed,
    Problem.UNKNOWN_EVENT: _renamed,
    Problem.UNKNOWN_PARAMETER: _renamed,
    Problem.HEADER_NAME: _prefixed,
    Problem.SEVERAL_ACTIONS: _listed,
    Problem.EXCLUSIVE_PARAMETERS: _second_left_out,
    Problem.TWO_KINDS: _second_left_out,
    Problem.DURATION_UNIT: _in_seconds,
    Problem.UNSUPPORTED_VERSION: _this_version,
    Problem.MISSING: _version_added,
}


def _rename(mapping: dict[str, Any], old: str, new: str) -> None:
    """Rename a key and keep the order."""
    entries: Iterable[tuple[str, Any]] = list(mapping.items())
    mapping.clear()
    mapping.update((new if key == old else key, value) for key, value in entries)


def _tree(node: nodes.Node) -> nodes.Node:
    """Copy the collections of a tree; what an alias repeats is copied for each place."""
    if isinstance(node, nodes.Mapping):
        entries = {name: (key, _tree(value)) for name, (key, value) in node.entries.items()}
        return nodes.Mapping(node.start, node.end, entries)
    if isinstance(node, nodes.Sequence):
        return nodes.Sequence(node.start, node.end, [_tree(item) for item in node.items])
    return node


def _copied(data: Any) -> Any:
    """Copy the containers of plain data; scalars are shared, so that they know who read them."""
    if isinstance(data, dict):
        return {key: _copied(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_copied(item) for item in data]
    return data
