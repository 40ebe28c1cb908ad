"""Speaking on a simulated leg: a text lasts as long as people take to say it."""

from __future__ import annotations

from dtmflow.lines.simulated.call import SimulatedCall, simulated
from dtmflow_schema.events.playback import PlaybackFinished
from dtmflow_schema.methods.speech import Say

CHARACTERS_PER_SECOND = 14.0
"""Usual pace of synthetic speech."""

SHORTEST = 0.5
"""Seconds that even the shortest word takes."""

LONGEST_TEXT = 1500
"""UTF-16 units that `say` takes; a longer text ends in an error."""


def spoken_seconds(text: str) -> float:
    """Estimate how long it takes to speak a text, in whole milliseconds."""
    return max(SHORTEST, round(len(text) / CHARACTERS_PER_SECOND, 3))


@simulated.handles(Say)
def say(call: SimulatedCall, command: Say) -> None:
    """Play the text; one that is too long raises `PlaybackFinished` with an error."""
    if len(command.text.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_TEXT:
        call.silence()
        call.emit(PlaybackFinished, error=f"text of over {LONGEST_TEXT} characters")
        return
    call.play(command.text, spoken_seconds(command.text))
