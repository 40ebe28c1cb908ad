"""Spoken texts."""

from __future__ import annotations

from typing import Annotated, Final

from dtmflow_schema.base import MEDIA, Command
from dtmflow_schema.events.playback import PlaybackFinished, PlaybackReady, PlaybackStarted
from dtmflow_schema.parameters.speech import CallSayParameters
from dtmflow_schema.units import AtMost, Literally, Maybe, Text

LONGEST_TEXT: Final = 1500
"""Characters of a text, markup included; a longer one ends in `PlaybackFinished` with an error."""


class Say(
    Command[None],
    name="say",
    shorthand="text",
    needs=MEDIA,
    emits=(PlaybackReady, PlaybackStarted, PlaybackFinished),
):
    """Speak a text to the other party; replaces whatever it was hearing.

    Source: VoxEngine `Call.say`.
    """

    text: Annotated[Text, Literally(AtMost(LONGEST_TEXT))]
    """What to say; at most 1500 characters."""
    parameters: Maybe[CallSayParameters] = None
    """Voice and playback options."""

    @property
    def too_long(self) -> bool:
        """Whether the text is over the limit, counted in UTF-16 units as VoxEngine does."""
        return len(self.text.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_TEXT
