from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from dtmflow.errors import SpeechError
from dtmflow.ports import Audio, Utterance
from dtmflow.speech.espeak import EspeakSynthesizer

pytestmark = pytest.mark.unit

WELCOME = "Welcome to Example. For sales press one."
speaker = EspeakSynthesizer()


def samples(audio: Audio) -> NDArray[np.float64]:
    return np.frombuffer(audio.samples, "<i2").astype(np.float64)


def level(audio: Audio) -> float:
    return float(np.sqrt(np.mean(samples(audio) ** 2)))


def say(text: str, language: str = "", **options: str) -> Audio:
    return speaker.synthesize(
        Utterance(text, language=language, options=tuple(sorted(options.items())))
    )


def bursts(audio: Audio) -> int:
    """Return how often the sound rises out of a pause of 120 ms or more."""
    loud = np.abs(samples(audio)) > 300
    at = np.flatnonzero(loud)
    return 1 + int((np.diff(at) > audio.rate * 0.12).sum())


def test_a_sentence_lasts_as_long_as_a_person_would_need() -> None:
    audio = say(WELCOME)
    assert audio.rate == 22050
    assert 2000 < audio.duration_ms < 4500
    assert level(audio) > 1000
    assert bursts(audio) == 2


def test_more_words_take_longer_and_other_words_sound_different() -> None:
    one, two = say("one"), say("two")
    assert one.samples != two.samples
    assert say("one two three four five six").duration_ms > 3 * one.duration_ms


def test_the_same_text_gives_the_same_sound_whatever_was_said_before() -> None:
    first = say(WELCOME)
    say("Guten Tag", "de", rate="x-fast", pitch="high")
    assert say(WELCOME).samples == first.samples


def test_several_threads_get_each_its_own_words() -> None:
    texts = [f"number {number}" for number in range(12)]
    alone = [say(text).samples for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: say(text).samples, texts))
    assert together == alone


def test_languages_are_told_apart_and_found_by_their_tag() -> None:
    german = say("Sie sprechen mit Beispiel", "de")
    assert say("Sie sprechen mit Beispiel", "de-AT").samples == german.samples
    assert say("Sie sprechen mit Beispiel", "en").samples != german.samples
    assert {"de", "en-us", "fr", "es", "ru", "pt-br"} <= set(speaker.languages())
    assert len(speaker.languages()) > 100


def test_a_voice_of_the_call_reference_is_spoken_in_its_language() -> None:
    joanna = speaker.synthesize(Utterance(WELCOME, voice="VoiceList.Amazon.en_US_Joanna"))
    assert joanna.samples == say(WELCOME, "en-US").samples


def test_rate_and_speed_change_the_length() -> None:
    usual = say(WELCOME).duration_ms
    assert say(WELCOME, rate="slow").duration_ms > usual * 1.1
    assert say(WELCOME, rate="fast").duration_ms < usual * 0.9
    assert say(WELCOME, speed="0.7").duration_ms > usual * 1.2
    assert say(WELCOME, rate="default").duration_ms == usual


def test_volume_changes_the_level_and_silent_is_silent() -> None:
    assert level(say(WELCOME, volume="x-soft")) < level(say(WELCOME)) * 0.6
    assert level(say(WELCOME, volume="silent")) < 2


def pitch(audio: Audio) -> float:
    """Return the strongest period of the voice, in Hz."""
    sound = samples(audio)[2000:12000]
    correlation = np.correlate(sound, sound, "full")[len(sound) :]
    low, high = audio.rate // 400, audio.rate // 50
    return audio.rate / float(low + 1 + np.argmax(correlation[low:high]))


def test_pitch_changes_the_voice() -> None:
    low, usual, high = (
        say("aaaaaaaah", pitch=word) if word else say("aaaaaaaah") for word in ("low", "", "high")
    )
    assert pitch(low) < pitch(usual) < pitch(high)
    assert say("one", pitch="1Hz").samples == say("one", pitch="medium").samples


def test_ssml_is_read_and_its_audio_elements_are_not_followed() -> None:
    plain, paused = say("one two"), say('<speak>one <break time="900ms"/> two</speak>')
    assert paused.duration_ms > plain.duration_ms + 500
    assert say('<speak>one <audio src="/etc/passwd">two</audio></speak>').duration_ms > 0


def test_phoneme_brackets_and_marks_in_plain_text_are_text() -> None:
    assert say("<b>one</b>").samples != say("one").samples


@pytest.mark.parametrize(
    ("utterance", "problem"),
    [
        (Utterance(""), "no text"),
        (Utterance("  \n"), "no text"),
        (Utterance("x" * 100_001), "too long"),
        (Utterance("x", language="xx"), "no voice for the language 'xx'"),
        (Utterance("x", voice="xx_XX_Nobody"), "no voice for the language 'xx-XX'"),
        (Utterance("x", voice="Joanna"), "unknown voice 'Joanna'"),
        (Utterance("x", options=(("rate", "warp"),)), "rate 'warp'"),
        (Utterance("x", options=(("speed", "9"),)), "speed '9'"),
        (Utterance("x", options=(("pitch", "9Hz"),)), "pitch '9Hz'"),
        (Utterance("x", options=(("emotion", "good"),)), "no option 'emotion'"),
    ],
)
def test_what_cannot_be_spoken_is_refused_with_its_reason(
    utterance: Utterance, problem: str
) -> None:
    with pytest.raises(SpeechError, match=problem):
        speaker.synthesize(utterance)
