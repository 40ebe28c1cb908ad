"""Write everything that is derived from the declarations: `python -m dtmflow_schema.generate`.

`--check` writes nothing and says which files are not as they would be written.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from dtmflow_schema import forms, reference

HOME = Path(__file__).resolve().parent.parent
"""The folder `schema/`."""


def generated() -> dict[str, str]:
    """Return the text of every generated file by its path below `schema/`."""
    found = {
        f"json/{path}": json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
        for path, schema in forms.files().items()
    }
    return found | {f"reference/{path}": text for path, text in reference.pages().items()}


def drift(home: Path = HOME) -> list[str]:
    """Return the paths of files that are missing, stale, or no longer generated."""
    wanted = generated()
    there = {
        str(path.relative_to(home))
        for folder in ("json", "reference")
        for path in (home / folder).rglob("*")
        if path.is_file()
    }
    stale = [
        path
        for path, text in wanted.items()
        if path not in there or (home / path).read_text(encoding="utf-8") != text
    ]
    return sorted({*stale, *(there - set(wanted))})


def write(home: Path = HOME) -> None:
    """Write every generated file and delete what is generated no longer."""
    for path, text in generated().items():
        target = home / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for path in drift(home):
        (home / path).unlink()


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dtmflow_schema.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say what is out of date")
    if not parser.parse_args(arguments).check:
        write()
        return 0
    stale = drift()
    for path in stale:
        sys.stderr.write(f"schema/{path} is out of date; run python -m dtmflow_schema.generate\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
