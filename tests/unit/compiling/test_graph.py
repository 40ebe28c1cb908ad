import json
import shutil
import subprocess

import pytest

from dtmflow.compiling import graph
from dtmflow.compiling.core import Core
from dtmflow.compiling.expand import expand
from dtmflow.compiling.folding import Edge
from dtmflow.loading.read import load
from dtmflow_schema.flow import Flow

pytestmark = pytest.mark.unit

FLOW = """
version: 1
name: 'odd "name"'
on: { Disconnected: { if: call.number == "1", to: end } }
states:
  menu:
    menu:
      say: x
      choices:
        "1": { if: 'input == "1"', do: { log: x }, to: inner/deep }
        "#": menu
        "/[2-4]+/": end
    on: { exhausted: nowhere }
  inner:
    states:
      deep: { to: end_ }
      deeper: { after: { 5s: deep } }
  end_: { final: done }
"""


def core() -> Core:
    return expand(Flow.model_validate(load(FLOW, "flow.yaml").data))


def test_sugar_is_folded_back_to_what_the_author_wrote() -> None:
    drawn = graph.graph(core())
    assert [(node.id, node.kind, node.initial) for node in drawn.nodes] == [
        ("menu", "menu", True),
        ("inner", "state", False),
        ("inner/deep", "state", True),
        ("inner/deeper", "state", False),
        ("end_", "final", False),
        ("end", "final", False),
        ("? nowhere", "missing", False),
    ]
    assert set(drawn.edges) == {
        Edge("", "end", 'Disconnected [call.number == "1"]'),
        Edge("menu", "inner/deep", '1 [input == "1"]'),
        Edge("menu", "menu", "#"),
        Edge("menu", "end", "/[2-4]+/"),
        Edge("menu", "? nowhere", "exhausted"),
        Edge("inner/deep", "end_", ""),
        Edge("inner/deeper", "inner/deep", "after 5s"),
    }


def test_mermaid_takes_every_label() -> None:
    drawn = graph.mermaid(core())
    assert "any_state --> [*]: Disconnected [call.number == #quot;1#quot;]" in drawn
    assert "menu --> menu: #35;" in drawn
    assert "    state inner {\n" in drawn
    assert 'state "? nowhere (missing)" as nowhere' in drawn


def test_the_json_holds_nodes_and_edges() -> None:
    drawn = json.loads(graph.json(core()))
    assert drawn["initial"] == "menu"
    assert {"source": "menu", "target": "menu", "label": "#"} in drawn["edges"]


def test_dot_quotes_every_text() -> None:
    drawn = graph.dot(core())
    assert drawn.startswith('digraph "odd \\"name\\"" {\n')
    assert '"menu" -> "inner/deep" [label="1 [input == \\"1\\"]"];' in drawn
    program = shutil.which("dot")
    if program is not None:
        subprocess.run([program, "-Tsvg"], input=drawn, text=True, check=True, capture_output=True)


def test_outcomes_that_an_outer_state_handles_are_named() -> None:
    text = """
version: 1
on: { exhausted: bye, Disconnected: bye }
states:
  outer:
    on: { exhausted: bye }
    states:
      ask: { menu: { say: x, choices: { "1": end } } }
      tell: { prompt: { say: x }, to: end }
  again: { menu: { say: x, choices: { "1": end } } }
  bye: { to: end }
"""
    drawn = graph.mermaid(expand(Flow.model_validate(load(text, "flow.yaml").data)))
    assert "outer_ask --> bye: exhausted" in drawn
    assert "again --> bye: exhausted" in drawn
    assert "any_state --> bye: Disconnected" in drawn
