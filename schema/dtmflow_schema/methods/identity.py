"""Who is on the line: numbers, names, the state of the call."""

from __future__ import annotations

from typing import Annotated

from dtmflow_schema.base import LIVE, CallId, CallState, Command, MethodKind
from dtmflow_schema.units import AtMost, Maybe, Text


class CallerId(Command[str], name="callerid", kind=MethodKind.GETTER):
    """The caller's number as shown to the callee. Source: VoxEngine `Call.callerid`."""


class ClientType(Command[str], name="clientType", kind=MethodKind.GETTER):
    """Kind of endpoint: `pstn`, `sip`, `user` or `wab`. Source: VoxEngine `Call.clientType`."""


class CustomData(
    Command[str], name="customData", shorthand="customData", needs=LIVE, readable=True
):
    """Keep a text with the call, or read it: `${call.customData}`.

    A client may have set it when it called or answered. Source: VoxEngine `Call.customData`.
    """

    custom_data: Maybe[Annotated[Text, AtMost(200, "bytes")]] = None
    """New value, at most 200 bytes; left out, the value is only read."""


class DisplayName(Command[str], name="displayName", kind=MethodKind.GETTER):
    """The caller's name as shown to the callee. Source: VoxEngine `Call.displayName`."""


class Identifier(Command[CallId], name="id", kind=MethodKind.GETTER):
    """Identifier of the call, unlike a SIP Call-ID never reused. Source: VoxEngine `Call.id`."""


class Incoming(Command[bool], name="incoming", kind=MethodKind.GETTER):
    """Whether the call came in. Source: VoxEngine `Call.incoming`."""


class DialledNumber(Command[str], name="number", kind=MethodKind.GETTER):
    """The number that was dialled, in either direction. Source: VoxEngine `Call.number`."""


class CurrentState(Command[CallState], name="state", kind=MethodKind.GETTER):
    """`ALERTING`, `PROGRESSING`, `CONNECTED` or `TERMINATED`. Source: VoxEngine `Call.state`."""


class ToString(Command[str], name="toString", kind=MethodKind.GETTER):
    """A line about the call for people to read. Source: VoxEngine `Call.toString`."""
