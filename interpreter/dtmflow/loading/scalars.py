"""Which source character each character of a scalar's value came from.

Reads plain, quoted and block scalars the way YAML 1.2 folds and unescapes them.
"""

from __future__ import annotations


def origins(raw: str, style: str, value: str) -> list[int] | None:
    """Map a scalar's value back to its source text.

    Args:
        raw: Source text, quotes or block header included.
        style: `""`, `'`, `"`, `|` or `>`.
        value: What YAML made of it.

    Returns:
        For each character of `value` the offset in `raw` of the source it came from, then the
        offset past the content; None when `raw` does not read as `value`.
    """
    raise NotImplementedError
