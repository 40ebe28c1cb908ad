"""Detectors on the inbound audio."""

from __future__ import annotations

from dtmflow_schema.base import LIVE, MEDIA, Command, MethodKind
from dtmflow_schema.events.detection import (
    BeepDetectionComplete,
    BeepDetectionError,
    MicStatusChange,
)
from dtmflow_schema.parameters.detection import CallEnableBeepDetectionParameters
from dtmflow_schema.units import Boolean


class DisableBeepDetection(
    Command[None], name="disableBeepDetection", needs=LIVE, emits=(BeepDetectionComplete,)
):
    """Stop listening for a beep. Source: VoxEngine `Call.disableBeepDetection`."""


class EnableBeepDetection(
    Command[None],
    name="enableBeepDetection",
    needs=MEDIA,
    enables=(BeepDetectionComplete, BeepDetectionError),
):
    """Listen for a beep, as of a voicemail. Source: VoxEngine `Call.enableBeepDetection`."""

    parameters: CallEnableBeepDetectionParameters
    """Frequencies and time limit."""


class HandleMicStatus(
    Command[None],
    name="handleMicStatus",
    shorthand="handle",
    needs=LIVE,
    enables=(MicStatusChange,),
):
    """Switch reports of muting on or off; they are off at first.

    Source: VoxEngine `Call.handleMicStatus`.
    """

    handle: Boolean
    """Whether muting raises `MicStatusChange`."""


class Vad(Command[bool], name="vad", kind=MethodKind.GETTER):
    """Whether voice activity is detected; recognising speech turns it on.

    Source: VoxEngine `Call.vad`.
    """
