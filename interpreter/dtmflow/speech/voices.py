"""Voice names and language tags to the language that an installed engine can speak.

VoxEngine names voices as `en_US_Joanna`, in scripts `VoiceList.Amazon.en_US_Joanna`; the engine
here has one voice a language, so of such a name the language counts. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Container

from dtmflow.errors import SpeechError
from dtmflow.ports import Utterance

DEFAULT_LANGUAGE = "en-US"
"""That of VoxEngine's default voice, `VoiceList.Amazon.en_US_Joanna`."""

_NAME = re.compile(
    r"(?:VoiceList\.)?(?:\w+\.)*"
    r"(?P<language>[a-z]{2,3})(?:[_-](?P<script>[A-Z][a-z]{3}))?"
    r"(?:[_-](?P<region>[A-Z]{2}|\d{3}))?(?:[_-]\w.*)?"
)
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


def language_of(utterance: Utterance) -> str:
    """Return the BCP 47 tag to speak an utterance in: its voice's, else its own, else English.

    Raises:
        SpeechError: the voice or the language has no form that is known.
    """
    if utterance.voice:
        name = _NAME.fullmatch(utterance.voice)
        if name is None:
            raise SpeechError(
                f"unknown voice {utterance.voice!r}: a voice is named like en_US_Joanna"
            )
        return "-".join(part for part in name.group("language", "script", "region") if part)
    if utterance.language and not _TAG.fullmatch(utterance.language):
        raise SpeechError(f"{utterance.language!r} is no language tag like en or de-DE")
    return utterance.language or DEFAULT_LANGUAGE


def lookup(tag: str, available: Container[str]) -> str | None:
    """Return the longest beginning of a tag that is available (RFC 4647 section 3.4)."""
    parts = tag.lower().replace("_", "-").split("-")
    while parts:
        candidate = "-".join(parts)
        if candidate in available:
            return candidate
        parts.pop()
        if parts and len(parts[-1]) == 1:
            parts.pop()
    return None
