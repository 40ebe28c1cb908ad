"""Prompt files: only those below the flow's folder may be read."""

from __future__ import annotations

from pathlib import Path

from dtmflow.errors import MediaError


def resolve(folder: Path, name: str) -> Path:
    """Return the file that a flow names, relative to the flow's folder.

    Raises:
        MediaError: the name is absolute, leads out of the folder (also through a symbolic link),
            or there is no such file.
    """
    if not name or "\0" in name or Path(name).is_absolute() or "\\" in name:
        raise MediaError(f"{name!r} is no file name relative to the flow's folder")
    root = folder.resolve()
    try:
        path = (root / name).resolve()
    except (OSError, RuntimeError) as error:
        raise MediaError(f"{name!r} cannot be read: {error}") from error
    if not path.is_relative_to(root):
        raise MediaError(f"{name!r} leads out of the flow's folder")
    if not path.is_file():
        raise MediaError(f"there is no file {name!r} in the flow's folder")
    return path
