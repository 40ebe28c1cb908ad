from __future__ import annotations

import pytest

from dtmflow.errors import SpeechError
from dtmflow.ports import Utterance
from dtmflow.speech.voices import language_of, lookup

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("voice", "tag"),
    [
        ("en_US_Joanna", "en-US"),
        ("VoiceList.Amazon.en_US_Joanna", "en-US"),
        ("VoiceList.Amazon.Neural.de_DE_Vicki", "de-DE"),
        ("VoiceList.Google.pt_BR_Wavenet_A", "pt-BR"),
        ("es_419_Someone", "es-419"),
        ("zh_Hans_CN_Xiaoxiao", "zh-Hans-CN"),
        ("en-GB", "en-GB"),
        ("de", "de"),
    ],
)
def test_a_voice_names_its_language(voice: str, tag: str) -> None:
    assert language_of(Utterance("x", language="fr", voice=voice)) == tag


def test_without_a_voice_the_language_counts_and_without_either_english() -> None:
    assert language_of(Utterance("x", language="de-AT")) == "de-AT"
    assert language_of(Utterance("x")) == "en-US"


@pytest.mark.parametrize("utterance", [Utterance("x", voice="Joanna"), Utterance("x", "no tag")])
def test_names_without_a_known_form_are_refused(utterance: Utterance) -> None:
    with pytest.raises(SpeechError):
        language_of(utterance)


def test_a_tag_is_shortened_until_it_is_found() -> None:
    have = {"de", "en-us", "zh"}
    assert lookup("de-DE", have) == "de"
    assert lookup("en-US", have) == "en-us"
    assert lookup("zh-Hant-x-mine", have) == "zh"
    assert lookup("fr", have) is None
