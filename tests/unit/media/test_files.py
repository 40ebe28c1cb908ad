from __future__ import annotations

from pathlib import Path

import pytest

from dtmflow.errors import MediaError
from dtmflow.media.files import resolve

pytestmark = pytest.mark.unit


def test_files_below_the_folder_are_found(tmp_path: Path) -> None:
    (tmp_path / "sounds").mkdir()
    (tmp_path / "sounds" / "hello.wav").touch()
    assert resolve(tmp_path, "sounds/hello.wav") == tmp_path / "sounds" / "hello.wav"
    assert resolve(tmp_path, "sounds/../sounds/hello.wav").name == "hello.wav"


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.wav").touch()
    (tmp_path / "link.wav").symlink_to("real.wav")
    assert resolve(tmp_path, "link.wav").name == "real.wav"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "no file name"),
        ("/etc/passwd", "no file name"),
        ("a\0b", "no file name"),
        ("..\\secret.wav", "no file name"),
        ("../secret.wav", "leads out"),
        ("sub/../../secret.wav", "leads out"),
        ("out.wav", "leads out"),
        ("loop.wav", "cannot be read|no file"),
        ("missing.wav", "no file"),
        ("sub", "no file"),
    ],
)
def test_all_else_is_refused(tmp_path: Path, name: str, problem: str) -> None:
    folder = tmp_path / "flow"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "secret.wav").touch()
    (folder / "out.wav").symlink_to(tmp_path / "secret.wav")
    (folder / "loop.wav").symlink_to("loop.wav")
    with pytest.raises(MediaError, match=problem):
        resolve(folder, name)
