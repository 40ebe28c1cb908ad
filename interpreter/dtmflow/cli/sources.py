"""From FLOW and PATH arguments to files.

What comes in: words from the command line. What goes out: paths, spelled the way the user did, so
that findings name files the way the user knows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from dtmflow.errors import UsageError

STDIN = "-"
"""The argument that stands for standard input."""

_SUFFIXES = (".yaml", ".yml")
_TEST_SUFFIXES = (".test.yaml", ".test.yml")
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "venv"})
_STATES = re.compile(r"^states\s*:", re.MULTILINE)
_VERSION = re.compile(r"^version\s*:", re.MULTILINE)
_FLOW_KEY = re.compile(r"^(start|legs|prompts|initial|vars|params)\s*:", re.MULTILINE)
_SCHEMA = re.compile(r"^#\s*yaml-language-server:\s*\$schema=\S*\bflow\.json\s*$", re.MULTILINE)


def flow_file(argument: str) -> Path:
    """Return the flow file that a FLOW argument names.

    Raises:
        UsageError: there is no such file, or the folder holds no flow.yaml.
    """
    path = Path(argument)
    if path.is_dir():
        for suffix in _SUFFIXES:
            if (path / f"flow{suffix}").is_file():
                return path / f"flow{suffix}"
        raise UsageError(f"{argument}: this folder holds no flow.yaml")
    if not path.is_file():
        raise UsageError(f"{argument}: no such file or folder")
    if path.name.endswith(_TEST_SUFFIXES):
        raise UsageError(f"{argument}: this is a flow test; name the flow itself")
    return path


def find_flows(arguments: Sequence[str]) -> list[Path]:
    """Return the flows that PATH arguments name; in folders, all flows below them.

    Below a folder a file counts as a flow when it is called flow.yaml or when its top level looks
    like one; other YAML is passed over. A file that is named outright is always taken.

    Raises:
        UsageError: a path does not exist, or no flow was found at all.
    """
    return _find(arguments, _is_flow, lambda path: path, "flow")


def find_tests(arguments: Sequence[str]) -> list[Path]:
    """Return the flow tests that PATH arguments name; for a flow file, the test beside it.

    Raises:
        UsageError: a path does not exist, or no flow test was found at all.
    """
    return _find(arguments, _is_test, _test_beside, "flow test (*.test.yaml)")


def read_bytes(path: Path) -> bytes:
    """Return what the file holds.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error


def read_text(path: Path) -> str:
    """Return the file's text with its line ends.

    Raises:
        UsageError: it cannot be read or is not UTF-8.
    """
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 text (byte {error.start})") from error


def _find(
    arguments: Sequence[str],
    wanted: Callable[[Path], bool],
    named: Callable[[Path], Path],
    what: str,
) -> list[Path]:
    found: dict[Path, None] = {}
    for argument in arguments or (".",):
        path = Path(argument)
        if path.is_dir():
            found.update(dict.fromkeys(file for file in _yaml_below(path) if wanted(file)))
        elif path.is_file():
            found[named(path)] = None
        else:
            raise UsageError(f"{argument}: no such file or folder")
    if not found:
        raise UsageError(f"no {what} found in {', '.join(arguments) or 'this folder'}")
    return list(found)


def _yaml_below(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.name in _SKIPPED_FOLDERS:
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _yaml_below(entry)
        elif entry.suffix in _SUFFIXES and entry.is_file():
            yield entry


def _is_test(path: Path) -> bool:
    return path.name.endswith(_TEST_SUFFIXES)


def _is_flow(path: Path) -> bool:
    if _is_test(path):
        return False
    if path.stem == "flow":
        return True
    text = path.read_bytes().decode("utf-8", errors="replace")
    return bool(
        _STATES.search(text)
        or _SCHEMA.search(text)
        or (_VERSION.search(text) and _FLOW_KEY.search(text))
    )


def _test_beside(path: Path) -> Path:
    if _is_test(path):
        return path
    for suffix in _TEST_SUFFIXES:
        test = path.with_name(path.stem + suffix)
        if test.is_file():
            return test
    raise UsageError(f"{path}: there is no {path.stem}.test.yaml beside it")
