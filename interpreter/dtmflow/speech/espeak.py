"""eSpeak NG behind `ports.Synthesizer`: the library and its voices come in a wheel.

In comes an utterance, out goes 22.05 kHz PCM, the same each time. The library keeps its state in
globals, so one lock serves the process.
"""

from __future__ import annotations

import _ctypes
import contextlib
import ctypes
import re
import threading
from collections.abc import Mapping
from typing import ClassVar

import espeakng_loader

from dtmflow.errors import SpeechError
from dtmflow.ports import Audio, Utterance
from dtmflow.speech.voices import language_of, lookup

LONGEST_TEXT = 100_000
"""Characters; `say` allows far fewer, this protects the process."""

_SYNCHRONOUS, _DONT_EXIT = 2, 0x8000
_UTF8, _SSML = 1, 0x10
_RATE, _VOLUME, _PITCH = 1, 2, 3
_WORDS_A_MINUTE = 165
_RATES = {"x-slow": 0.55, "slow": 0.78, "medium": 1.0, "fast": 1.3, "x-fast": 1.65}
_PITCHES = {"x-low": 10, "low": 30, "medium": 50, "high": 70, "x-high": 90}
_VOLUMES = {"silent": 0, "x-soft": 30, "soft": 60, "medium": 100, "loud": 140, "x-loud": 180}
_DEFAULTS = {"rate": "medium", "pitch": "medium", "volume": "medium"}


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.POINTER(ctypes.c_ubyte)),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_Chunk = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)
_Uri = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p)


class _Library:
    """The shared library, loaded afresh; only one may be open in a process at a time.

    It carries the phase of the voice from one text into the next and has no call to forget it,
    so that the same text would sound a little different each time. Loading takes under 1 ms.
    """

    def __init__(self) -> None:
        try:
            self._c = ctypes.CDLL(espeakng_loader.get_library_path())
        except OSError as error:
            raise SpeechError(f"eSpeak NG cannot be loaded: {error}") from error
        data = str(espeakng_loader.get_data_path()).encode()
        self.rate: int = self._c.espeak_Initialize(_SYNCHRONOUS, 0, data, _DONT_EXIT)
        if self.rate <= 0:
            raise SpeechError("eSpeak NG found no voice data")
        self._c.espeak_ng_SetRandSeed(ctypes.c_long(1))

    def close(self) -> None:
        """Unload it."""
        self._c.espeak_Terminate()
        _ctypes.dlclose(self._c._handle)  # noqa: SLF001 - ctypes offers no other way

    def speak(self, text: str, voice: str, settings: Mapping[int, int], flags: int) -> bytes:
        """Return a text as PCM; settings by parameter number."""
        chunks: list[bytes] = []

        def take(samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int) -> int:
            if samples and count > 0:
                chunks.append(ctypes.string_at(samples, 2 * count))
            return 0

        # An <audio> element of SSML would make the library read files and run programs.
        callbacks = _Chunk(take), _Uri(lambda _kind, _uri, _base: 1)
        self._c.espeak_SetSynthCallback(callbacks[0])
        self._c.espeak_SetUriCallback(callbacks[1])
        if self._c.espeak_SetVoiceByName(voice.encode()):
            raise SpeechError(f"eSpeak NG cannot load its voice {voice}")
        for parameter, value in settings.items():
            self._c.espeak_SetParameter(parameter, value, 0)
        data = text.encode() + b"\0"
        size = ctypes.c_size_t(len(data))
        failed = self._c.espeak_Synth(data, size, 0, 1, 0, flags, None, None)
        if failed or self._c.espeak_Synchronize():
            raise SpeechError("eSpeak NG failed to speak the text")
        return b"".join(chunks)

    def voices(self) -> dict[str, str]:
        """Return the voice of each language tag: of several the one that puts it first."""
        self._c.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        found: dict[str, tuple[int, str]] = {}
        for pointer in self._c.espeak_ListVoices(None):
            if not pointer:
                break
            voice = pointer.contents
            identifier = voice.identifier.decode()
            at = 0
            while priority := voice.languages[at]:
                end = at + 1
                while voice.languages[end]:
                    end += 1
                tag = bytes(voice.languages[at + 1 : end]).decode().lower()
                found[tag] = min(found.get(tag, (256, "")), (priority, identifier))
                at = end + 1
        return {tag: identifier for tag, (_, identifier) in found.items()}


class EspeakSynthesizer:
    """A `Synthesizer` for some 130 languages; safe to call from several threads."""

    _lock = threading.Lock()
    _voices: ClassVar[dict[str, str]] = {}

    def synthesize(self, utterance: Utterance) -> Audio:
        """Return the spoken text as 22.05 kHz PCM; equal utterances give equal audio.

        A text that begins with `<speak` is SSML; its `<audio>` elements are not followed.
        Options: `rate`, `pitch`, `volume` in VoxEngine's words, `speed` 0.1 to 3.0, `pitch`
        also as `0.5Hz` to `2Hz`.

        Raises:
            SpeechError: no voice for the language, an unknown option, or nothing to say.
        """
        if not utterance.text.strip():
            raise SpeechError("there is no text to speak")
        if len(utterance.text) > LONGEST_TEXT:
            raise SpeechError(f"a text of {len(utterance.text)} characters is too long to speak")
        settings = _settings(dict(utterance.options))
        wanted = language_of(utterance)
        voices = self._installed()
        language = lookup(wanted, voices)
        if language is None:
            raise SpeechError(f"there is no voice for the language {wanted!r}")
        text = utterance.text.replace("\0", " ")
        flags = _UTF8 | (_SSML if text.lstrip().startswith("<speak") else 0)
        with self._lock, contextlib.closing(_Library()) as library:
            return Audio(library.speak(text, voices[language], settings, flags), library.rate)

    def languages(self) -> tuple[str, ...]:
        """Return the language tags that can be spoken, in lower case."""
        return tuple(sorted(self._installed()))

    @classmethod
    def _installed(cls) -> dict[str, str]:
        with cls._lock:
            if not cls._voices:
                with contextlib.closing(_Library()) as library:
                    cls._voices = library.voices()
            return cls._voices


def _settings(options: Mapping[str, str]) -> dict[int, int]:
    """Return eSpeak NG's parameters for TTSOptions."""
    unknown = set(options) - {"rate", "pitch", "volume", "speed"}
    if unknown:
        raise SpeechError(f"eSpeak NG has no option {min(unknown)!r}")
    rate, pitch, volume = (
        word if (word := options.get(name, "default")) != "default" else usual
        for name, usual in _DEFAULTS.items()
    )
    speed = options.get("speed", "1.0")
    if not re.fullmatch(r"\d(\.\d+)?", speed) or not 0.1 <= float(speed) <= 3.0:
        raise SpeechError(f"speed {speed!r} is not between 0.1 and 3.0")
    words = _WORDS_A_MINUTE * float(speed) * _choose("rate", rate, _RATES)
    return {
        _RATE: round(min(450.0, max(80.0, words))),
        _PITCH: _pitch(pitch),
        _VOLUME: int(_choose("volume", volume, _VOLUMES)),
    }


def _choose(name: str, word: str, table: Mapping[str, float]) -> float:
    if word not in table:
        raise SpeechError(f"{name} {word!r} is none of {', '.join(table)}")
    return table[word]


def _pitch(word: str) -> int:
    factor = re.fullmatch(r"(\d(?:\.\d+)?)Hz", word)
    if factor is None:
        return int(_choose("pitch", word, _PITCHES))
    value = float(factor[1])
    if not 0.5 <= value <= 2:
        raise SpeechError(f"pitch {word!r} is not between 0.5Hz and 2Hz")
    return round(100 * (value - 0.5) / 1.5) if value > 1 else round(100 * (value - 0.5))
