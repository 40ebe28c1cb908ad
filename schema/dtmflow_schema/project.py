"""The project file `dtmflow.yaml`: what the linter reports, where calls are taken."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dtmflow_schema.doing import Document
from dtmflow_schema.units import END, IDENTIFIER, Between, Integer, Matches, Maybe, Text

RuleCode = Annotated[str, Matches(rf"^[A-Z][0-9]{{0,3}}{END}", "a rule code such as F101 or F")]
"""A rule, or the start of its code: `F` means all rules of the flow graph."""
EnvironmentName = Annotated[str, Matches(IDENTIFIER, "the name of an environment variable")]


class Lint(Document):
    """Which rules are reported."""

    select: Maybe[tuple[RuleCode, ...]] = None
    """Rules to report; left out, all but those that are off by default."""
    extend_select: tuple[RuleCode, ...] = Field(default=(), alias="extend-select")
    """Rules to report as well."""
    ignore: tuple[RuleCode, ...] = ()
    """Rules not to report."""
    per_file_ignores: dict[str, tuple[RuleCode, ...]] = Field(default={}, alias="per-file-ignores")
    """File pattern, relative to the project file, to rules not to report there."""


class Sip(Document):
    """Where `run` takes calls."""

    host: Text = "127.0.0.1"
    """Address to listen on."""
    port: Annotated[Integer, Between(0, 65535)] = 5060
    """UDP port to listen on; 0 takes any that is free."""


class Project(Document):
    """The project file."""

    lint: Lint = Lint()
    """Which rules are reported."""
    sip: Sip = Sip()
    """Where `run` takes calls."""
    env: tuple[EnvironmentName, ...] = ()
    """Environment variables that flows may read as `env.NAME`."""
