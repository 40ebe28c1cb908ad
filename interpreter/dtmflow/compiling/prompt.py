"""`prompt`: sounds one after the other, one sub-state each.

The end of the last sound is the outcome `ok`; a sound that failed (`event.error`) is `error` where
the author handles that, and else counts as played.
"""

from __future__ import annotations

from dtmflow.compiling.sugar import Expansion
from dtmflow_schema.kinds import Prompt


def expand_prompt(expansion: Expansion, prompt: Prompt) -> None:
    """Add the sub-states of a prompt."""
    expansion.play(
        "play",
        prompt.prompt,
        expansion.at,
        then=expansion.outcome("ok") or expansion.done or expansion.inherited("ok"),
        error=expansion.outcome("error") or expansion.inherited("error"),
    )
