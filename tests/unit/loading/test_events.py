"""Reading quickly reads the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from dtmflow.loading.events import events

pytestmark = pytest.mark.unit

FILES = sorted((Path(__file__).parents[2] / "golden").glob("check/Y*.yaml"))
PIECES = [
    *("a", "b: ", "- ", "{", "}", "[", "]", ", ", "'", '"', "\n", "\n  ", "\r\n", "\t", "#"),
    *(" # c", "&x ", "*x", "!t ", "|\n", ">\n", "? ", ": ", "---\n", "é", "\ufeff"),
    "%YAML 1.2\n",
]


def told(read: Any, text: str) -> list[object]:
    found: list[object] = []
    try:
        for event in read(text):
            marks = event.start_mark.index, event.end_mark.index
            facts = [getattr(event, name, None) for name in ("value", "style", "anchor", "tag")]
            found.append((type(event), marks, facts))
    except MarkedYAMLError as error:
        marks = [mark and mark.index for mark in (error.problem_mark, error.context_mark)]
        found.append((type(error), error.problem, error.context, marks))
    except (YAMLError, ValueError, IndexError) as error:
        found.append((type(error), str(error)))
    return found


def ruamel(text: str) -> Any:
    return YAML(typ="safe", pure=True).parse(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_gives_the_events_that_ruamel_gives(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    assert told(events, text) == told(ruamel, text)


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_any_text_gives_the_events_that_ruamel_gives(text: str) -> None:
    assert told(events, text) == told(ruamel, text)
