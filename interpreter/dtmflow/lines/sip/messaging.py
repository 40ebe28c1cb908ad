"""Texts in the dialog: INFO and MESSAGE."""

from __future__ import annotations

from dtmflow.lines.sip.call import SipCall, sip
from dtmflow_schema.methods.messaging import SendInfo, SendMessage


@sip.handles(SendInfo)
def send_info(call: SipCall, command: SendInfo) -> None:
    """Send INFO with a body. Source: RFC 6086, legacy use."""
    call.in_dialog("sendInfo")
    call.signal(
        lambda agent, now: agent.info(
            call.leg, command.mime_type, command.body, now, call.headers(command.headers)
        )
    )


@sip.handles(SendMessage)
def send_message(call: SipCall, command: SendMessage) -> None:
    """Send MESSAGE with text/plain. Source: RFC 3428 4."""
    call.in_dialog("sendMessage")
    call.signal(lambda agent, now: agent.message(call.leg, command.text, now))
