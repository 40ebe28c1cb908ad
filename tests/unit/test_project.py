"""The project file: found upward, held against its model, obeyed by every command."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtmflow.cli.loading import load_program
from dtmflow.cli.main import main
from dtmflow.errors import FlowInvalid, UsageError
from dtmflow.lines.sip.line import CAPABILITIES
from dtmflow.linting.engine import Settings
from dtmflow.project import Projects, project_of

pytestmark = pytest.mark.unit

FLOW = """\
version: 1
name: shop
vars: { unused: 1 }
states:
  ringing: { do: answer, on: { Connected: greet } }
  greet: { prompt: { say: "This is ${env.SHOP}." }, to: end }
"""
TEST = """\
flow: flow.yaml
tests:
  - name: greets
    steps: [{ incoming: {} }, { fire: Connected }, { hear: This is Ahoy. }]
"""


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    folder = tmp_path / "flows" / "shop"
    folder.mkdir(parents=True)
    (folder / "flow.yaml").write_text(FLOW, "utf-8")
    (folder / "flow.test.yaml").write_text(TEST, "utf-8")
    return folder / "flow.yaml"


def project(flow: Path, text: str) -> None:
    (flow.parents[2] / "dtmflow.yaml").write_text(text, "utf-8")


def codes(flow: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    main(["check", "--format", "concise", *options, str(flow)])
    return [line.split()[1] for line in capsys.readouterr().out.splitlines() if line]


def test_without_a_file_the_defaults_count(flow: Path) -> None:
    found = project_of(flow)
    assert found.folder is None
    assert found.settings(flow) == Settings()
    assert (found.project.sip.host, found.project.sip.port) == ("127.0.0.1", 5060)


def test_the_nearest_file_counts(flow: Path) -> None:
    project(flow, "sip: { port: 5070 }")
    (flow.parent / "dtmflow.yaml").write_text("sip: { port: 5080 }")
    assert project_of(flow).project.sip.port == 5080
    assert project_of(flow.parent).project.sip.port == 5070


def test_it_says_which_rules_count(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert codes(flow, capsys) == ["F109", "V303"]
    project(flow, "lint: { ignore: [F109] }")
    assert codes(flow, capsys) == ["V303"]
    project(flow, "lint: { select: [F] }")
    assert codes(flow, capsys) == ["F109"]
    project(flow, "lint: { select: [C], extend-select: [V303] }")
    assert codes(flow, capsys) == ["V303"]
    project(flow, 'lint: { per-file-ignores: { "flows/*": [V], "other/*": [F] } }')
    assert codes(flow, capsys) == ["F109"]


def test_the_command_line_overrules_what_it_selects(
    flow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project(flow, "lint: { select: [F], ignore: [V] }")
    assert codes(flow, capsys, "--select", "V303,F") == ["F109", "V303"]
    assert codes(flow, capsys, "--ignore", "F109") == []


def test_flows_read_the_environment_variables_that_it_allows(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP", "Ahoy")
    main(["check", str(flow)])
    told = capsys.readouterr().out
    assert "the project does not allow flows to read `env.SHOP`" in told
    assert "to allow it, write `env: [SHOP]` into dtmflow.yaml" in told
    with pytest.raises(FlowInvalid, match=r"env\.SHOP"):
        load_program(flow, CAPABILITIES)
    project(flow, "env: [SHOP]")
    assert codes(flow, capsys) == ["F109"]
    assert main(["test", str(flow)]) == 0
    program = load_program(flow, CAPABILITIES)
    assert program.environment == {"SHOP": "Ahoy"}


def test_a_variable_that_is_not_set_is_told_before_a_call_comes(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOP", raising=False)
    project(flow, "env: [SHOP]")
    assert main(["test", str(flow)]) == 1
    assert "silence" in capsys.readouterr().out
    with pytest.raises(UsageError, match="no environment variable SHOP is set"):
        load_program(flow, CAPABILITIES)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("lnit: {}", "1:1: S101 unknown key `lnit`"),
        ("lint: { select: [Q] }", "1:18: S107 no rule has a code that begins with `Q`"),
        ('lint: { per-file-ignores: { "a/*": [F999] } }', "1:37: S107 no rule has a code"),
        ("sip: { port: 70000 }", "1:14: S107"),
        ("env: [SHOP", "1:6: Y100"),
    ],
)
def test_what_is_wrong_with_it_is_a_finding(
    flow: Path, capsys: pytest.CaptureFixture[str], text: str, finding: str
) -> None:
    project(flow, text)
    assert main(["check", "--format", "concise", str(flow)]) == 1
    assert f"dtmflow.yaml:{finding}" in capsys.readouterr().out
    with pytest.raises(FlowInvalid):
        Projects().of(flow)
    assert main(["test", str(flow)]) == 1
    assert f"dtmflow.yaml:{finding}" in capsys.readouterr().out


def test_a_file_is_read_once_for_the_flows_of_a_folder(flow: Path) -> None:
    projects = Projects()
    assert projects.of(flow) is projects.of(flow.with_name("other.yaml"))
