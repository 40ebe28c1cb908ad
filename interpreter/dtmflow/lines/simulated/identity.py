"""Getters of a simulated leg, and its custom data."""

from __future__ import annotations

from dtmflow.lines.simulated.call import SimulatedCall, simulated
from dtmflow_schema.base import CallId, CallState
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


@simulated.handles(CallerId)
def callerid(call: SimulatedCall, command: CallerId) -> str:
    """Return the caller's number."""
    return call.callerid


@simulated.handles(ClientType)
def client_type(call: SimulatedCall, command: ClientType) -> str:
    """Return what kind of client the far side is."""
    return call.client_type


@simulated.handles(DisplayName)
def display_name(call: SimulatedCall, command: DisplayName) -> str:
    """Return the caller's name."""
    return call.display_name


@simulated.handles(Identifier)
def call_id(call: SimulatedCall, command: Identifier) -> CallId:
    """Return the leg's id."""
    return call.id


@simulated.handles(Incoming)
def incoming(call: SimulatedCall, command: Incoming) -> bool:
    """Return True: every simulated leg comes in."""
    return True


@simulated.handles(DialledNumber)
def number(call: SimulatedCall, command: DialledNumber) -> str:
    """Return the number that was called."""
    return call.number


@simulated.handles(CurrentState)
def state(call: SimulatedCall, command: CurrentState) -> CallState:
    """Return ALERTING, PROGRESSING, CONNECTED or TERMINATED."""
    return call.state


@simulated.handles(ToString)
def to_string(call: SimulatedCall, command: ToString) -> str:
    """Describe the leg in a line."""
    return f"simulated call {call.id} from {call.callerid or 'nobody'}, {call.state}"


@simulated.handles(CustomData)
def custom_data(call: SimulatedCall, command: CustomData) -> str:
    """Set the custom data, when given, and return it."""
    if command.custom_data is not None:
        call.custom_data = command.custom_data
    return call.custom_data
