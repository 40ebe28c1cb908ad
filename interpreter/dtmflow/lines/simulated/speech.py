"""Speaking on a simulated leg: a text lasts as long as people take to say it."""

from __future__ import annotations

from dtmflow.lines.simulated.call import SimulatedCall, simulated
from dtmflow_schema.events.playback import PlaybackFinished
from dtmflow_schema.methods.speech import LONGEST_TEXT, Say

CHARACTERS_PER_SECOND = 14.0
"""Usual pace of synthetic speech."""

SHORTEST = 0.5
"""Seconds that even the shortest word takes."""


def spoken_seconds(text: str) -> float:
    """Estimate how long it takes to speak a text, in whole milliseconds."""
    return max(SHORTEST, round(len(text) / CHARACTERS_PER_SECOND, 3))


@simulated.handles(Say)
def say(call: SimulatedCall, command: Say) -> None:
    """Play the text; one that is too long raises `PlaybackFinished` with an error."""
    if command.too_long:
        call.silence()
        call.emit(PlaybackFinished, error=f"the text is longer than {LONGEST_TEXT} characters")
        return
    call.play(command.text, spoken_seconds(command.text))
