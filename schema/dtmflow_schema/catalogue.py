"""Look-ups over the declarations: methods, events and parameter types in the reference's order.

What others derive from the catalogue they derive through here: which arguments an action takes,
of which type they are, and the command that a set of flat arguments makes.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dtmflow_schema.base import CallId, Command, Event, MethodKind, Value
from dtmflow_schema.constraints import Constrained, Constraint
from dtmflow_schema.events import (
    detection as detected,
)
from dtmflow_schema.events import (
    dtmf as keys,
)
from dtmflow_schema.events import (
    lifecycle as life,
)
from dtmflow_schema.events import (
    media as audio,
)
from dtmflow_schema.events import (
    messaging as messages,
)
from dtmflow_schema.events import (
    playback as sounds,
)
from dtmflow_schema.events import (
    recording as records,
)
from dtmflow_schema.events import (
    statistics as figures,
)
from dtmflow_schema.events import (
    transfer as transfers,
)
from dtmflow_schema.events import (
    video as pictures,
)
from dtmflow_schema.methods import (
    detection,
    dtmf,
    identity,
    lifecycle,
    listening,
    media,
    messaging,
    playback,
    recording,
    speech,
    statistics,
    transfer,
)
from dtmflow_schema.parameters.detection import CallEnableBeepDetectionParameters
from dtmflow_schema.parameters.lifecycle import CallAnswerParameters
from dtmflow_schema.parameters.media import SendMediaParameters
from dtmflow_schema.parameters.playback import StartPlaybackParameters
from dtmflow_schema.parameters.recording import CallRecordParameters
from dtmflow_schema.parameters.speech import CallSayParameters
from dtmflow_schema.parameters.statistics import MonitorMediaStatisticsParameters
from dtmflow_schema.parameters.transfer import TransferToParameters

METHODS: Final[Mapping[str, type[Command[Any]]]] = {
    method.method_name: method
    for method in (
        listening.AddEventListener,
        lifecycle.Answer,
        lifecycle.AnswerDirect,
        identity.CallerId,
        identity.ClientType,
        identity.CustomData,
        lifecycle.Decline,
        detection.DisableBeepDetection,
        identity.DisplayName,
        detection.EnableBeepDetection,
        transfer.HandleBlindTransfer,
        detection.HandleMicStatus,
        dtmf.HandleTones,
        lifecycle.Hangup,
        identity.Identifier,
        identity.Incoming,
        statistics.MonitorMediaStatistics,
        transfer.NotifyBlindTransferFailed,
        transfer.NotifyBlindTransferSuccess,
        identity.DialledNumber,
        playback.PlayProgressTone,
        recording.Record,
        lifecycle.Reject,
        listening.RemoveEventListener,
        lifecycle.Ring,
        speech.Say,
        dtmf.SendDigits,
        messaging.SendInfo,
        media.SendMediaTo,
        messaging.SendMessage,
        lifecycle.StartEarlyMedia,
        playback.StartPlayback,
        identity.CurrentState,
        media.StopMediaTo,
        playback.StopPlayback,
        identity.ToString,
        transfer.TransferTo,
        detection.Vad,
    )
}
"""The 38 methods of Call, by their names, as the reference lists them."""

EVENTS: Final[Mapping[str, type[Event]]] = {
    event.event_name: event
    for event in (
        life.AudioStarted,
        detected.AudioIdentificationStarted,
        detected.AudioIdentificationResult,
        detected.AudioIdentificationStopped,
        detected.AudioIdentificationError,
        transfers.BlindTransferRequested,
        life.Connected,
        life.Forwarding,
        life.Disconnected,
        life.Failed,
        messages.InfoReceived,
        messages.MessageReceived,
        detected.MicStatusChange,
        life.OffHold,
        life.OnHold,
        sounds.PlaybackFinished,
        sounds.PlaybackReady,
        sounds.PlaybackStarted,
        life.PushSent,
        pictures.ReInviteAccepted,
        pictures.ReInviteReceived,
        pictures.ReInviteRejected,
        records.RecordStarted,
        records.RecordStopped,
        records.RecordError,
        life.Ringing,
        life.StateChanged,
        figures.Statistics,
        detected.ToneDetected,
        keys.ToneReceived,
        transfers.TransferComplete,
        transfers.TransferFailed,
        pictures.VideoTrackCreated,
        audio.FirstAudioPacketReceived,
        pictures.FirstVideoPacketReceived,
        audio.RtpStopped,
        audio.RtpResumed,
        detected.BeepDetectionComplete,
        detected.BeepDetectionError,
        audio.AudioQualityDetected,
        figures.MediaStatisticsReceived,
    )
}
"""The 41 CallEvents, by their names, as the reference lists them."""

PARAMETERS: Final[Mapping[str, type[Value]]] = {
    parameters.__name__: parameters
    for parameters in (
        CallAnswerParameters,
        CallEnableBeepDetectionParameters,
        CallRecordParameters,
        CallSayParameters,
        SendMediaParameters,
        StartPlaybackParameters,
        TransferToParameters,
        MonitorMediaStatisticsParameters,
    )
}
"""The 8 parameter types, by their names, as the reference lists them."""


@dataclass(frozen=True, slots=True)
class FlatField:
    """An argument of an action as a flow writes it: under one name, beside all others."""

    name: str
    """VoxEngine's name."""
    field: FieldInfo
    """Declaration: type, default, constraints."""
    required: bool
    """Whether a call without it is an error."""
    required_inside: bool
    """Whether it must come with any other field of the `parameters` object."""
    doc: str
    in_parameters: bool
    """Whether it stands in the method's `parameters` object."""
    names_leg: bool
    """Whether it is another Call, so that a flow writes the name of a leg."""


def fields(value: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """Return the fields of a value by wire name; those of parameter types alphabetically."""
    found = {info.alias or name: info for name, info in value.model_fields.items()}
    if value.__name__ in PARAMETERS:
        return {name: found[name] for name in sorted(found, key=str.casefold)}
    return found


def parameter_type(method: type[Command[Any]]) -> type[Value] | None:
    """Return the type of a method's `parameters` object, None if it has none."""
    info = method.model_fields.get("parameters")
    return None if info is None else model_in(info.annotation)


def model_in(annotation: object) -> type[Value] | None:
    """Return the one value type that an annotation holds, None if there is none."""
    if isinstance(annotation, type) and issubclass(annotation, Value):
        return annotation
    found = (model_in(part) for part in get_args(annotation))
    return next((model for model in found if model is not None), None)


@cache
def flat_fields(method: str) -> Mapping[str, FlatField]:
    """Return the arguments of a method: positional ones, then those of `parameters`.

    Raises:
        KeyError: when there is no such method.
    """
    command = METHODS[method]
    flat: dict[str, FlatField] = {}
    inner = parameter_type(command)
    for name, info in fields(command).items():
        if name != "parameters" or inner is None:
            flat[name] = flat_field(name, info, required=info.is_required(), inside=False)
    if inner is not None:
        needed = command.model_fields["parameters"].is_required()
        for name, info in fields(inner).items():
            flat[name] = flat_field(
                name, info, required=needed and info.is_required(), inside=True
            )
    return types.MappingProxyType(flat)


def flat_constraints(method: str) -> tuple[Constraint, ...]:
    """Return what ties the arguments of a method together."""
    inner = parameter_type(METHODS[method])
    return inner.constraints if inner is not None and issubclass(inner, Constrained) else ()


def leg_arguments(method: str) -> frozenset[str]:
    """Return the arguments of a method that name another leg."""
    return frozenset(flat.name for flat in flat_fields(method).values() if flat.names_leg)


def regroup(method: str, arguments: Mapping[str, object]) -> dict[str, object]:
    """Put flat arguments where the method has them: those of `parameters` into that object."""
    flat = flat_fields(method)
    outer: dict[str, object] = {}
    inner: dict[str, object] = {}
    for name, value in arguments.items():
        inside = name in flat and flat[name].in_parameters
        (inner if inside else outer)[name] = value
    info = METHODS[method].model_fields.get("parameters")
    if inner or (info is not None and info.is_required()):
        outer["parameters"] = inner
    return outer


def build(method: str, arguments: Mapping[str, object] | str | float | bool) -> Command[Any]:
    """Return the command of a method with flat arguments, or with a scalar as its first one.

    Raises:
        KeyError: when there is no such method.
        pydantic.ValidationError: when an argument is wrong; places are VoxEngine's names.
    """
    command = METHODS[method]
    if not isinstance(arguments, Mapping):
        arguments = {command.shorthand or method: arguments}
    return command.model_validate(regroup(method, arguments), by_alias=True, by_name=False)


def actions() -> Mapping[str, type[Command[Any]]]:
    """Return the methods that stand under `do:`."""
    return {name: m for name, m in METHODS.items() if m.kind is MethodKind.ACTION}


def getters() -> Mapping[str, type[Command[Any]]]:
    """Return the methods that expressions read as properties: `call.callerid`."""
    return {name: method for name, method in METHODS.items() if method.readable}


def result_type(method: type[Command[Any]]) -> type:
    """Return what a method returns, as the Python type of plain data; NoneType for an action."""
    for base in method.__mro__:
        arguments = getattr(base, "__pydantic_generic_metadata__", {}).get("args")
        if arguments:
            return plain_type(arguments[0])
    return type(None)


def payload_types(event: type[Event]) -> Mapping[str, type]:
    """Return the payload fields of an event with the Python type that plain data has there.

    `str`, `int`, `float`, `bool`, `list` or `dict`; enumerations are `str`.
    """
    return {name: plain_type(info.annotation) for name, info in fields(event).items()}


def empty_payload(event: type[Event]) -> Mapping[str, Any]:
    """Return the payload of an event whose optional fields were left out."""
    return event().wire()


def plain_type(annotation: object) -> type:
    """Return the Python type of the plain data that an annotated field holds."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return plain_type(get_args(annotation)[0])
    if origin is Literal:
        return type(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        kept = [part for part in get_args(annotation) if part is not type(None)]
        return plain_type(kept[0])
    if annotation is CallId:
        return str
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return type(next(iter(annotation)).value)
    for kind, plain in _PLAIN.items():
        if issubclass(origin or annotation or type(None), kind):  # type: ignore[arg-type] # a class by now
            return plain
    raise TypeError(f"no plain data stands for {annotation!r}")


_PLAIN: Final[Mapping[type, type]] = {
    bool: bool,
    int: int,
    float: float,
    str: str,
    tuple: list,
    list: list,
    dict: dict,
    BaseModel: dict,
    type(None): type(None),
}


def flat_field(
    name: str, info: FieldInfo, *, required: bool | None = None, inside: bool = False
) -> FlatField:
    """Return how a declared field reads as an argument."""
    return FlatField(
        name=name,
        field=info,
        required=info.is_required() if required is None else required,
        required_inside=inside and info.is_required(),
        doc=info.description or "",
        in_parameters=inside,
        names_leg=_names_leg(info),
    )


def _names_leg(info: FieldInfo) -> bool:
    return CallId in _parts(info.annotation)


def _parts(annotation: object) -> list[object]:
    inner = [part for argument in get_args(annotation) for part in _parts(argument)]
    return [annotation, *inner]
