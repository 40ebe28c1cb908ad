"""What several rules share of one check, computed once: `subject.derive(graph)`."""

from __future__ import annotations

from dtmflow.linting.analysis.graph import Graph
from dtmflow.linting.registry import Subject


def graph(subject: Subject) -> Graph:
    """Return the graph of the subject's core."""
    return Graph(subject.core)
