"""Who is calling whom: the getters of a SIP call, and its custom data."""

from __future__ import annotations

from dtmflow.lines.sip.call import SipCall, sip
from dtmflow_schema.base import CallId, CallState
from dtmflow_schema.methods.detection import Vad
from dtmflow_schema.methods.identity import (
    CallerId,
    ClientType,
    CurrentState,
    CustomData,
    DialledNumber,
    DisplayName,
    Identifier,
    Incoming,
    ToString,
)


@sip.handles(CallerId)
def callerid(call: SipCall, command: CallerId) -> str:
    """Return the user part of P-Asserted-Identity of a trusted peer, else of From."""
    return call.facts.caller


@sip.handles(DisplayName)
def display_name(call: SipCall, command: DisplayName) -> str:
    """Return the display part of the caller's address."""
    return call.facts.display_name


@sip.handles(DialledNumber)
def number(call: SipCall, command: DialledNumber) -> str:
    """Return the user part of the Request-URI."""
    return call.facts.number


@sip.handles(Identifier)
def identifier(call: SipCall, command: Identifier) -> CallId:
    """Return our own id of the call, which is no SIP Call-ID."""
    return call.id


@sip.handles(Incoming)
def incoming(call: SipCall, command: Incoming) -> bool:
    """Return True: this line takes calls and places none."""
    return True


@sip.handles(ClientType)
def client_type(call: SipCall, command: ClientType) -> str:
    """Return `sip`: accounts and carrier trunks, which would be other types, are not set up."""
    return "sip"


@sip.handles(CurrentState)
def state(call: SipCall, command: CurrentState) -> CallState:
    """Return the state, the new one already inside the handler of `StateChanged`."""
    return call.state


@sip.handles(ToString)
def to_string(call: SipCall, command: ToString) -> str:
    """Return a line for people: id, parties and state."""
    return f"Call {call.id} from {call.facts.caller} to {call.facts.number} {call.state.value}"


@sip.handles(Vad)
def vad(call: SipCall, command: Vad) -> bool:
    """Return False: no detector of this line is armed."""
    return False


@sip.handles(CustomData)
def custom_data(call: SipCall, command: CustomData) -> str:
    """Keep a new value, return the current one. The first comes from X-Custom-Data."""
    if command.custom_data is not None:
        call.custom_data = command.custom_data
    return call.custom_data
