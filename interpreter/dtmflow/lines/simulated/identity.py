"""Getters of a simulated leg, and its custom data."""

from __future__ import annotations

from dtmflow.lines.simulated.call import SimulatedCall
from dtmflow.lines.simulated.dispatch import simulated
from dtmflow_schema.methods import (
    CallerId,
    ClientType,
    CustomData,
    DisplayName,
    Id,
    Incoming,
    Number,
    State,
    ToString,
    Vad,
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


@simulated.handles(Id)
def call_id(call: SimulatedCall, command: Id) -> str:
    """Return the leg's id."""
    return call.id


@simulated.handles(Incoming)
def incoming(call: SimulatedCall, command: Incoming) -> bool:
    """Return True: every simulated leg comes in."""
    return True


@simulated.handles(Number)
def number(call: SimulatedCall, command: Number) -> str:
    """Return the number that was called."""
    return call.number


@simulated.handles(State)
def state(call: SimulatedCall, command: State) -> str:
    """Return ALERTING, PROGRESSING, CONNECTED or TERMINATED."""
    return call.state.value


@simulated.handles(ToString)
def to_string(call: SimulatedCall, command: ToString) -> str:
    """Describe the leg in a line."""
    return f"simulated call {call.id} from {call.callerid or 'nobody'}, {call.state}"


@simulated.handles(Vad)
def vad(call: SimulatedCall, command: Vad) -> bool:
    """Return False: there is no speech recognition on a simulated leg."""
    return False


@simulated.handles(CustomData)
def custom_data(call: SimulatedCall, command: CustomData) -> str:
    """Set the custom data, when given, and return it."""
    if command.custom_data is not None:
        call.custom_data = command.custom_data
    return call.custom_data
