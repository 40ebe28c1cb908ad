"""Who is calling whom: the getters of a SIP call, and its custom data."""

from __future__ import annotations

from dtmflow.lines.sip.call import SipCall
from dtmflow.lines.sip.table import sip
from dtmflow_schema import methods


@sip.handles(methods.CallerId)
def callerid(call: SipCall, command: methods.CallerId) -> str:
    """Return the user part of P-Asserted-Identity of a trusted peer, else of From."""
    return call.facts.caller


@sip.handles(methods.DisplayName)
def display_name(call: SipCall, command: methods.DisplayName) -> str:
    """Return the display part of the caller's address."""
    return call.facts.display_name


@sip.handles(methods.Number)
def number(call: SipCall, command: methods.Number) -> str:
    """Return the user part of the Request-URI."""
    return call.facts.number


@sip.handles(methods.Id)
def identifier(call: SipCall, command: methods.Id) -> str:
    """Return our own id of the call, which is no SIP Call-ID."""
    return call.id


@sip.handles(methods.Incoming)
def incoming(call: SipCall, command: methods.Incoming) -> bool:
    """Return True: this line takes calls and places none."""
    return True


@sip.handles(methods.ClientType)
def client_type(call: SipCall, command: methods.ClientType) -> str:
    """Return `sip`: accounts and carrier trunks, which would be other types, are not set up."""
    return "sip"


@sip.handles(methods.State)
def state(call: SipCall, command: methods.State) -> str:
    """Return the state, the new one already inside the handler of `StateChanged`."""
    return call.state.value


@sip.handles(methods.ToString)
def to_string(call: SipCall, command: methods.ToString) -> str:
    """Return a line for people: id, parties and state."""
    return f"Call {call.id} from {call.facts.caller} to {call.facts.number} {call.state.value}"


@sip.handles(methods.Vad)
def vad(call: SipCall, command: methods.Vad) -> bool:
    """Return False: no detector of this line is armed."""
    return False


@sip.handles(methods.CustomData)
def custom_data(call: SipCall, command: methods.CustomData) -> str:
    """Keep a new value, return the current one. The first comes from X-Custom-Data."""
    if command.custom_data is not None:
        call.custom_data = command.custom_data
    return call.custom_data
