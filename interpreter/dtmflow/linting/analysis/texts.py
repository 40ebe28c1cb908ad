"""The texts that an author wrote into actions, prompts and kinds, with their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dtmflow.compiling.core import Core, Plain
from dtmflow.diagnostics import Path
from dtmflow.linting.analysis.graph import every_action


@dataclass(frozen=True, slots=True)
class Text:
    """A text as written, `${...}` included."""

    value: str
    path: Path
    spoken: bool
    """Whether people hear or read it: `say`, `log`, a prompt."""


def texts(core: Core) -> Iterator[Text]:
    """Yield every such text; one that sugar repeats comes several times."""
    for action in every_action(core):
        for name, value in action.arguments.items():
            if name in action.places:
                yield from _nested(
                    value, action.places[name], spoken=action.name in {"say", "log"}
                )
    for state in core.states.values():
        if state.later is not None:
            yield from _nested(state.later.settings, state.later.origin, spoken=False)
    yield from _catalogue(core)
    for path, written in core.written.items():
        if written.kind == "template":
            yield Text(written.text, path, spoken=True)


def _catalogue(core: Core) -> Iterator[Text]:
    for name, origin in core.prompt_origins.items():
        for language, text in core.prompts.get(name, {}).items():
            yield Text(text, (*origin, language) if language else origin, spoken=True)


def _nested(value: Plain, path: Path, *, spoken: bool) -> Iterator[Text]:
    if isinstance(value, str):
        yield Text(value, path, spoken)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _nested(item, (*path, key), spoken=spoken)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _nested(item, (*path, index), spoken=spoken)
