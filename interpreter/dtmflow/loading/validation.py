"""`validate`: a document's data against a pydantic model, every error as an S diagnostic.

In: a `Document` and a model whose errors carry speaking types (`unknown_action`, with what was
`given` and what is `allowed`). Out: the model, or findings that say in the author's words where
and how to mend it. It must not know which keys a flow has: the model says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from dtmflow.diagnostics import Diagnostic
from dtmflow.loading.document import Document
from dtmflow.loading.mistakes import Mistake, finding, unexplained

M = TypeVar("M", bound=BaseModel)


def validate(document: Document, model: type[M]) -> tuple[M | None, tuple[Diagnostic, ...]]:
    """Validate a document as `model`. An empty document counts as an empty mapping.

    Returns:
        The model, or None when anything is wrong, and what is wrong.
    """
    made, mistakes = attempt({} if document.root is None else document.data, model)
    return made, report(document, mistakes)


def attempt(data: Any, model: type[M]) -> tuple[M | None, list[Mistake]]:
    """Make a model of plain data, or tell every mistake in it."""
    try:
        return model.model_validate(data, by_alias=True), []
    except ValidationError as error:
        return None, [Mistake.of(details) for details in error.errors(include_url=False)]


def report(document: Document, mistakes: Sequence[Mistake]) -> tuple[Diagnostic, ...]:
    """Say mistakes in the author's words, in the order of the text."""
    found = [finding(document, mistake) for mistake in unexplained(mistakes)]
    # A place that no branch of a union accepts is wrong once, not once for each branch.
    first = {(each.span, each.code, each.message): each for each in reversed(found)}
    return tuple(sorted(first.values(), key=lambda diagnostic: (diagnostic.span, diagnostic.code)))
