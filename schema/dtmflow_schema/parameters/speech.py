"""How a text is spoken."""

from __future__ import annotations

from dtmflow_schema.base import Value
from dtmflow_schema.names import DEFAULT_VOICE, TTSEffectsProfile
from dtmflow_schema.units import Boolean, Json, Maybe, Text


class TTSOptions(Value):
    """Fine tuning of a voice. Source: VoxEngine `TTSOptions`."""

    emotion: Maybe[Text] = None
    """Mood of the speaker (Yandex)."""
    pitch: Maybe[Text] = None
    """`x-low`, `low`, `medium`, `high`, `x-high`, `default`, or `0.5Hz` to `2Hz` (Google).

    Where language or voice cannot do it, `PlaybackFinished` comes with error 400.
    """
    rate: Maybe[Text] = None
    """`x-slow`, `slow`, `medium`, `fast`, `x-fast` or `default` (Google, Yandex)."""
    volume: Maybe[Text] = None
    """`silent`, `x-soft`, `soft`, `medium`, `loud`, `x-loud` or `default` (Google)."""
    speed: Maybe[Text] = None
    """`0.1` to `3.0`; 1.0 is normal (Yandex)."""
    effects_profile_id: Maybe[tuple[TTSEffectsProfile, ...]] = None
    """Devices for which the speech is shaped, in order (Google)."""
    yandex_custom_model_name: Maybe[Text] = None
    """Own model (Yandex)."""


class CallSayParameters(Value):
    """Options of `say`. Source: VoxEngine `CallSayParameters`."""

    progressive_playback: Boolean = False
    """Whether it may start before the whole text is spoken.

    Amazon, Google, IBM, Microsoft, SaluteSpeech, T-Bank and Yandex offer it.
    """
    request: Maybe[dict[str, Json]] = None
    """Parameters handed to the speech provider as they are.

    Google, SaluteSpeech, T-Bank and YandexV3 offer it.
    """
    tts_options: Maybe[TTSOptions] = None
    """Fine tuning of the voice."""
    voice: Text = DEFAULT_VOICE
    """Name of the voice, for example `en_US_Joanna`; the default is the provider's own voice."""
