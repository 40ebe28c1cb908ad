"""What detectors hear on the inbound audio: machines, beeps, tones, a muted microphone."""

from __future__ import annotations

from pydantic import Field

from dtmflow_schema.base import Event
from dtmflow_schema.names import AMDResultClass, AMDResultSubtype
from dtmflow_schema.units import Boolean, Integer, Number, Sometimes, Text


class AudioIdentificationStarted(Event, name="AudioIdentificationStarted"):
    """The answering machine detector listens.

    Source: VoxEngine `CallEvents.AudioIdentificationStarted`.
    """


class AudioIdentificationResult(Event, name="AudioIdentificationResult"):
    """The answering machine detector gives its verdict, once.

    Source: VoxEngine `CallEvents.AudioIdentificationResult`.
    """

    audio_type: AMDResultClass = AMDResultClass.TIMEOUT
    """Who answered: `HUMAN`, `VOICEMAIL`, or `TIMEOUT` or `CALL_ENDED` when it is not known."""
    audio_sub_type: AMDResultSubtype = AMDResultSubtype.NONE
    """For a machine: `MIMIC` when it imitates a human."""
    confidence: Number = 0.0
    """How sure the detector is, 0 to 100."""


class AudioIdentificationStopped(Event, name="AudioIdentificationStopped"):
    """The answering machine detector was stopped before a verdict.

    Source: VoxEngine `CallEvents.AudioIdentificationStopped`.
    """


class AudioIdentificationError(Event, name="AudioIdentificationError"):
    """The answering machine detector broke.

    Source: VoxEngine `CallEvents.AudioIdentificationError`.
    """


class MicStatusChange(Event, name="MicStatusChange"):
    """The other party muted or unmuted. Fires only after `handleMicStatus: true`.

    Source: VoxEngine `CallEvents.MicStatusChange`.
    """

    active: Boolean = False
    """Whether the microphone is on."""


class ToneDetected(Event, name="ToneDetected"):
    """A dial, busy or voicemail tone was heard. After `Connected`, at most once per session.

    Source: VoxEngine `CallEvents.ToneDetected`.
    """

    progress_tone: Boolean = Field(default=False, alias="ProgressTone")
    """Whether it was a dial or busy tone."""
    voicemail_tone: Boolean = Field(default=False, alias="VoicemailTone")
    """Whether it was the tone of a voicemail."""


class BeepDetectionComplete(Event, name="BeepDetectionComplete"):
    """Beep detection ended: a beep was heard, time ran out, or it was disabled.

    Fires only after `enableBeepDetection`. Source: VoxEngine
    `CallEvents.BeepDetectionComplete`.
    """

    frequencies: Sometimes[tuple[Integer, ...]] = ()
    """Frequencies heard, Hz; empty when no beep was heard."""
    timeout: Sometimes[Boolean] = False
    """Whether the time limit ran out."""


class BeepDetectionError(Event, name="BeepDetectionError"):
    """Beep detection broke. Source: VoxEngine `CallEvents.BeepDetectionError`."""

    reason: Text = ""
    """Why."""
