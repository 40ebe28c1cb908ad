"""What a recording holds and how long it is kept."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from dtmflow_schema.base import Value
from dtmflow_schema.constraints import Constrained, Constraint, Excludes, OnlyElsewhere, Requires
from dtmflow_schema.names import (
    ASRDictionary,
    ASRLanguage,
    RecordExpireTime,
    TranscriptionProvider,
)
from dtmflow_schema.parameters.video import RecorderVideoParameters
from dtmflow_schema.units import Boolean, Maybe, OneOrList, Text


class BaseRecorderParameters(Value):
    """What all recorders share. Source: VoxEngine `BaseRecorderParameters`."""

    expire: RecordExpireTime = RecordExpireTime.THREEMONTHS
    """How long the file is kept: `-6m`, `-1y`, `-2y`, `-3y`, `-5y`, or empty for three months."""
    hd_audio: Boolean = Field(default=False, alias="hd_audio")
    """mp3 at 48 kHz and 192 kbit/s in place of 8 kHz and 32 kbit/s; not with `lossless`."""
    language: Maybe[ASRLanguage] = None
    """Language of the transcription, for example `en-US`."""
    lossless: Boolean = False
    """flac in place of mp3; not with `hd_audio`."""
    record_name_prefix: Maybe[Text] = None
    """Start of the object's name in an own S3 store."""
    secure: Maybe[Boolean] = None
    """Whether fetching needs authorization; only for recorders that stand alone."""
    transcribe: Maybe[Boolean] = None
    """Whether a transcription is made."""
    video: Boolean = False
    """Whether video is recorded too."""
    video_parameters: Maybe[RecorderVideoParameters] = None
    """Size and layout of the video."""


class CallRecordParameters(BaseRecorderParameters, Constrained):
    """Options of `record`. Source: VoxEngine `CallRecordParameters`."""

    constraints: ClassVar[tuple[Constraint, ...]] = (
        Excludes("hd_audio", "lossless"),
        Requires("labels", "transcribe"),
        OnlyElsewhere("secure", "VoxEngine.createRecorder"),
    )

    dictionary: Maybe[Annotated[ASRDictionary | tuple[Text, ...], OneOrList(ASRDictionary)]] = (
        Field(default=None, alias="dict")
    )
    """Words that the transcription should favour, or the name of a ready-made set."""
    format: Maybe[Text] = None
    """Form of the transcription: `json`, or left out for text."""
    labels: tuple[Text, ...] = ("Left", "Right")
    """Names of the speakers in the transcription: the recording leg first; needs `transcribe`."""
    provider: Maybe[TranscriptionProvider] = None
    """Who transcribes."""
    stereo: Boolean = False
    """Whether the directions are kept apart: what the endpoint says left, what it hears right."""
