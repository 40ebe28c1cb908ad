"""What `expand` and `graph` make of the language's examples."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dtmflow.compiling import graph
from dtmflow.compiling.core import Core
from dtmflow.compiling.expand import expand
from dtmflow.compiling.program import compile_program
from dtmflow.compiling.typed import typed_expressions
from dtmflow.compiling.yaml_form import core_to_plain
from dtmflow.diagnostics import Level
from dtmflow.loading.dump import dump
from dtmflow.loading.read import load
from dtmflow_schema.flow import Flow

pytestmark = pytest.mark.golden

FOLDER = Path(__file__).parent / "expand"
SOURCES = sorted(path for path in FOLDER.glob("*.yaml") if not path.stem.endswith(".core"))


def core_of(text: str) -> Core:
    document = load(text, "flow.yaml")
    assert [each for each in document.diagnostics if each.level is Level.ERROR] == []
    return expand(Flow.model_validate(document.data))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_flow_expands_to_its_core(source: Path, golden: Callable[[Path, str], None]) -> None:
    printed = dump(core_to_plain(core_of(source.read_text("utf-8"))))
    golden(source.with_suffix(".core.yaml"), printed)
    assert dump(core_to_plain(core_of(printed))) == printed


@pytest.mark.parametrize("form", ["mermaid", "dot", "json"])
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_flow_is_drawn(source: Path, form: str, golden: Callable[[Path, str], None]) -> None:
    drawn = getattr(graph, form)(core_of(source.read_text("utf-8")))
    golden(
        source.with_suffix({"mermaid": ".mmd", "dot": ".dot", "json": ".graph.json"}[form]), drawn
    )


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_flow_and_its_core_type_check_and_compile(source: Path) -> None:
    text = source.read_text("utf-8")
    for form in (text, dump(core_to_plain(core_of(text)))):
        core = core_of(form)
        assert [problem for typed in typed_expressions(core) for problem in typed.problems()] == []
        compile_program(core, load(form, source.name))


def test_the_one_key_menu_expands_to_the_listing_of_the_language() -> None:
    listing = load((FOLDER / "one-key-listing.txt").read_text("utf-8"), "listing.yaml")
    form = core_to_plain(core_of((FOLDER / "one-key.yaml").read_text("utf-8")))
    states = load(dump(form), "core.yaml").data["states"]  # type: ignore[index, call-overload]
    assert states["main"] == listing.data["main"]  # type: ignore[index, call-overload]
