"""Keys in both directions."""

from __future__ import annotations

from dtmflow.errors import CallError
from dtmflow.lines.sip.call import SipCall, sip
from dtmflow_schema.methods.dtmf import HandleTones, SendDigits
from dtmflow_schema.names import DTMFType

_HEARD = frozenset((DTMFType.TELEPHONE_EVENT, DTMFType.SIP_INFO))


@sip.handles(HandleTones)
def handle_tones(call: SipCall, command: HandleTones) -> None:
    """Report keys that come as telephone events or in INFO, or no longer."""
    wanted = command.supported_dtmf_types
    if not command.do_handle:
        call.tones = frozenset()
    elif wanted in (None, DTMFType.ALL):
        call.tones = _HEARD
    elif wanted in _HEARD:
        call.tones = frozenset((wanted,))
    else:
        raise CallError(
            "handleTones: the sip line hears telephone events and INFO, no in-band tones"
        )


@sip.handles(SendDigits)
def send_digits(call: SipCall, command: SendDigits) -> None:
    """Send telephone events; what plays is held back meanwhile. Source: RFC 4733 2.5."""
    call.playable("sendDigits")
    if call.media is None:
        raise CallError("sendDigits: the call has no audio")
    call.media.send_digits(command.digits)
