"""INFO and text messages on a simulated leg."""

from __future__ import annotations

from dtmflow.lines.simulated.call import SimulatedCall, simulated
from dtmflow_schema.methods.messaging import SendInfo, SendMessage


@simulated.handles(SendInfo)
def send_info(call: SimulatedCall, command: SendInfo) -> None:
    """Keep the INFO that was sent."""
    call.infos_sent.append((command.mime_type, command.body))


@simulated.handles(SendMessage)
def send_message(call: SimulatedCall, command: SendMessage) -> None:
    """Keep the message that was sent."""
    call.messages_sent.append(command.text)
