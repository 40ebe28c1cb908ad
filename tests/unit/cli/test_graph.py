"""`dtmflow graph` and the diagrams in the examples' pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dtmflow.cli import diagrams
from dtmflow.cli.main import main

pytestmark = pytest.mark.unit

FLOW = """\
version: 1
name: hello
states:
  ringing:
    do: answer
    on: { Connected: greeting }
  greeting:
    prompt: { say: Hello. }
    to: end
"""
PAGE = f"# hello\n\n{diagrams.BEGIN}\n{diagrams.END}\n\nThe end.\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("hello").mkdir()
    Path("hello/flow.yaml").write_text(FLOW)
    Path("hello/README.md").write_text(PAGE)
    return tmp_path


def test_mermaid_is_what_you_get_without_asking(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "hello"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("stateDiagram-v2\n")
    assert "ringing --> greeting: Connected" in out


def test_dot_is_for_graphviz(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "hello", "--format", "dot"]) == 0
    assert capsys.readouterr().out.startswith("digraph ")


def test_json_names_states_and_edges(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "hello", "--format", "json"]) == 0
    graph = json.loads(capsys.readouterr().out)
    assert {"ringing", "greeting"} <= {node["id"] for node in graph["nodes"]}


def test_a_flow_that_leads_nowhere_is_drawn_all_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("hello/flow.yaml").write_text(FLOW.replace("to: end", "to: edn"))
    assert main(["graph", "hello"]) == 0
    assert "greeting" in capsys.readouterr().out


def test_what_is_no_flow_is_refused_with_its_findings(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("hello/flow.yaml").write_text(FLOW.replace("prompt", "promt"))
    assert main(["graph", "hello"]) == 1
    assert "hello/flow.yaml:8:5: S101" in capsys.readouterr().err


def test_a_page_gets_its_diagram_and_keeps_the_rest() -> None:
    assert diagrams.main(["."]) == 0
    text = Path("hello/README.md").read_text()
    assert "ringing --> greeting: Connected" in text
    assert text.startswith("# hello\n")
    assert text.endswith("\n\nThe end.\n")
    assert diagrams.main(["--check", "."]) == 0


def test_a_changed_flow_makes_its_diagram_old(capsys: pytest.CaptureFixture[str]) -> None:
    diagrams.main(["."])
    Path("hello/flow.yaml").write_text(FLOW.replace("greeting", "welcome"))
    written = Path("hello/README.md").read_text()
    assert diagrams.main(["--check", "."]) == 1
    assert "hello/README.md: is out of date" in capsys.readouterr().out
    assert Path("hello/README.md").read_text() == written
