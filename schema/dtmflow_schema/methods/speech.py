"""Spoken texts."""

from __future__ import annotations

from typing import Annotated

from dtmflow_schema.base import MEDIA, Command
from dtmflow_schema.events.playback import PlaybackFinished, PlaybackReady, PlaybackStarted
from dtmflow_schema.parameters.speech import CallSayParameters
from dtmflow_schema.units import AtMost, Maybe, Text


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

    text: Annotated[Text, AtMost(1500)]
    """What to say; at most 1500 characters."""
    parameters: Maybe[CallSayParameters] = None
    """Voice and playback options."""
