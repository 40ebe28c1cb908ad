"""`validate`: a document's data against a pydantic model, every error as an S diagnostic."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel

from dtmflow.diagnostics import Diagnostic
from dtmflow.loading.document import Document

M = TypeVar("M", bound=BaseModel)


def validate(document: Document, model: type[M]) -> tuple[M | None, tuple[Diagnostic, ...]]:
    """Validate a document as `model`.

    Returns:
        The model, or None when anything is wrong, and what is wrong.
    """
    raise NotImplementedError
