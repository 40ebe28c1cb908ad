"""Subscribing to events, which `on:` does in a flow."""

from __future__ import annotations

from dtmflow_schema.base import Command, MethodKind
from dtmflow_schema.units import Maybe, Text


class AddEventListener(Command[None], name="addEventListener", kind=MethodKind.LISTENER):
    """Subscribe a function to an event; a flow writes `on:`.

    Source: VoxEngine `Call.addEventListener`.
    """

    event: Text
    """Event to listen to, by constant or string value."""
    callback: Text
    """Function that receives the payload."""


class RemoveEventListener(Command[None], name="removeEventListener", kind=MethodKind.LISTENER):
    """Drop a subscription; a flow leaves the state whose `on:` it is.

    Source: VoxEngine `Call.removeEventListener`.
    """

    event: Text
    """Event to listen to no more."""
    callback: Maybe[Text] = None
    """Function to drop; left out, all functions of the event."""
