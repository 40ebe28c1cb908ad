from __future__ import annotations

import os
from pathlib import Path

import pytest

from dtmflow.cli.watching import Watch
from dtmflow.errors import UsageError

pytestmark = pytest.mark.unit


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "flow.yaml"
    made.write_text("first")
    return made


def looks(watch: Watch, times: int = 3) -> list[bool]:
    return [watch.changed() for _ in range(times)]


def test_a_file_that_nobody_touches_has_not_changed(file: Path) -> None:
    assert looks(Watch(file)) == [False, False, False]


def test_a_change_is_told_once_and_only_when_a_second_look_finds_it_alike(file: Path) -> None:
    watch = Watch(file)
    file.write_text("half of the sec")
    assert looks(watch, 1) == [False]
    file.write_text("half of the second one")
    assert looks(watch) == [False, True, False]


def test_a_file_that_an_editor_puts_in_its_place_counts_though_time_and_size_are_the_same(
    file: Path,
) -> None:
    watch, before = Watch(file), file.stat()
    other = file.with_name("new")
    other.write_text("other")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)
    assert looks(watch) == [False, True, False]


def test_a_file_that_is_gone_is_told_once_and_so_is_its_return(file: Path) -> None:
    watch = Watch(file)
    file.unlink()
    assert looks(watch) == [False, True, False]
    file.write_text("again")
    assert looks(watch) == [False, True, False]


def test_a_file_that_is_gone_for_one_look_has_not_changed(file: Path) -> None:
    watch = Watch(file)
    kept = file.rename(file.with_name("kept"))
    assert looks(watch, 1) == [False]
    kept.rename(file)
    assert looks(watch) == [False, False, False]


def test_a_file_that_was_never_there_cannot_be_watched(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        Watch(tmp_path / "flow.yaml")
