"""The project file `dtmflow.yaml`: found upward from a flow, for `check`, `test` and `run` alike.

What comes in: the path of a flow. What goes out: which rules count for it, which environment
variables it may read, where calls are taken. It must not know any command.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from dtmflow import diagnostics
from dtmflow.diagnostics import Diagnostic, Level
from dtmflow.errors import FlowInvalid, UsageError
from dtmflow.linting.engine import Settings
from dtmflow.linting.registry import rules
from dtmflow.loading.document import Document
from dtmflow.loading.read import load
from dtmflow.loading.validation import validate
from dtmflow_schema.project import Project

NAME = "dtmflow.yaml"
"""Name of the file. The nearest one counts: beside the flow, or in a folder above."""


@dataclass(frozen=True)
class ProjectFile:
    """What a project says about the flows below its file; without a file, the defaults."""

    project: Project = field(default_factory=Project)
    folder: Path | None = None
    """Where the file stands; None when there is none."""

    def settings(self, flow: Path) -> Settings:
        """Return which rules count for a flow, and which environment variables it may read."""
        lint = self.project.lint
        ignore = list(lint.ignore)
        if self.folder is not None:
            place = os.path.relpath(flow.resolve(), self.folder).replace(os.sep, "/")
            for pattern, codes in lint.per_file_ignores.items():
                if fnmatchcase(place, pattern):
                    ignore += codes
        chosen = lint.select if lint.select is not None else ("",)
        return Settings((*chosen, *lint.extend_select), tuple(ignore), self.project.env)

    @property
    def environment(self) -> Mapping[str, str | None]:
        """The environment variables that flows may read, with their values; None is not set."""
        return {name: os.environ.get(name) for name in self.project.env}


class Projects:
    """Project files, each read once."""

    def __init__(self) -> None:
        self._known: dict[Path, ProjectFile] = {}

    def of(self, flow: Path) -> ProjectFile:
        """Return what the project of a flow says.

        Raises:
            FlowInvalid: the project file is wrong.
            UsageError: it cannot be read.
        """
        folder = flow.resolve().parent
        if folder not in self._known:
            self._known[folder] = project_of(flow)
        return self._known[folder]


def project_of(flow: Path) -> ProjectFile:
    """Return what the project of a flow says.

    Raises:
        FlowInvalid: the project file is wrong.
        UsageError: it cannot be read.
    """
    for folder in flow.resolve().parents:
        path = folder / NAME
        if path.is_file():
            return _read(path)
    return ProjectFile()


def _read(path: Path) -> ProjectFile:
    try:
        document = load(path.read_bytes(), _shown(path))
    except OSError as problem:
        raise UsageError(f"{path}: {problem.strerror}") from problem
    project, findings = validate(document, Project)
    found = (*document.diagnostics, *findings)
    if project is not None:
        found = (*found, *_unknown_rules(document, project))
    errors = tuple(each for each in found if each.level is Level.ERROR)
    if errors or project is None:
        raise FlowInvalid(errors)
    return ProjectFile(project, path.parent)


def _shown(path: Path) -> str:
    """Return a path as a user would write it: from the folder in which the command runs."""
    return os.path.relpath(path)


def _unknown_rules(document: Document, project: Project) -> list[Diagnostic]:
    """Return a finding for each code that no rule begins with."""
    lint = project.lint
    lists: dict[diagnostics.Path, tuple[str, ...]] = {
        ("lint", "select"): lint.select or (),
        ("lint", "extend-select"): lint.extend_select,
        ("lint", "ignore"): lint.ignore,
    }
    for pattern, codes in lint.per_file_ignores.items():
        lists["lint", "per-file-ignores", pattern] = codes
    return [
        Diagnostic(
            "S107",
            Level.ERROR,
            f"no rule has a code that begins with `{code}`",
            document.file,
            document.span((*path, index)),
        )
        for path, codes in lists.items()
        for index, code in enumerate(codes)
        if not any(known.startswith(code) for known in rules())
    ]
