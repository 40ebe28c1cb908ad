"""Speaking to the caller."""

from __future__ import annotations

from dtmflow.lines.sip.call import SipCall, sip
from dtmflow.ports import Utterance
from dtmflow_schema.events.playback import PlaybackFinished
from dtmflow_schema.methods.speech import LONGEST_TEXT, Say
from dtmflow_schema.names import DEFAULT_VOICE


@sip.handles(Say)
def say(call: SipCall, command: Say) -> None:
    """Speak a text: prepared once for each codec, cached by content, then played as frames."""
    law = call.playable("say")
    token = call.sounds.next()
    if command.too_long:
        call.post(PlaybackFinished(error=f"the text is longer than {LONGEST_TEXT} characters"))
        return
    call.line.library.speak(utterance(command), law, lambda sound: call.play(token, sound))


def utterance(command: Say) -> Utterance:
    """Return what is to be spoken, without what does not change the sound."""
    parameters = command.parameters
    if parameters is None:
        return Utterance(command.text)
    options = parameters.tts_options.wire() if parameters.tts_options is not None else {}
    return Utterance(
        command.text,
        voice="" if parameters.voice == DEFAULT_VOICE else parameters.voice,
        options=tuple(sorted((name, str(value)) for name, value in options.items())),
    )
