"""`load`: the text of a file in, a `Document` out, whatever the text is."""

from __future__ import annotations

from dtmflow.loading.document import Document


def load(text: str | bytes, file: str) -> Document:
    """Read YAML 1.2 text; what is wrong with it is in the document's diagnostics.

    Args:
        text: The file's text; bytes must be UTF-8.
        file: Its name, for messages.
    """
    raise NotImplementedError
