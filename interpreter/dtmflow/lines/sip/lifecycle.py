"""From INVITE to BYE: ring, answer, early media, reject, hang up."""

from __future__ import annotations

from collections.abc import Mapping

from dtmflow.errors import CallError, CallFailed, MediaError
from dtmflow.lines.sip.call import SipCall, sip
from dtmflow.sip.offer_answer import LocalMedia
from dtmflow_schema.base import CallState
from dtmflow_schema.methods.lifecycle import Answer, Decline, Hangup, Reject, Ring, StartEarlyMedia


@sip.handles(Ring)
def ring(call: SipCall, command: Ring) -> None:
    """Send 180; the user agent repeats it every 60 s."""
    call.unanswered("ring")
    headers = call.headers(command.extra_headers)
    call.signal(lambda agent, now: agent.ring(call.leg, now, headers))
    call.rung = True


@sip.handles(StartEarlyMedia)
def start_early_media(call: SipCall, command: StartEarlyMedia) -> None:
    """Send 183 with an SDP answer; we may play, what the caller says is dropped."""
    call.unanswered("startEarlyMedia")
    if call.facts.offer is None:
        raise CallError("startEarlyMedia needs an offer, and the INVITE had no SDP")
    headers = call.headers(command.extra_headers)
    media = _open_media(call)
    agreed = call.signal(lambda agent, now: agent.progress(call.leg, media, now, headers))
    call.early = True
    call.agree(agreed)
    call.change_state(CallState.PROGRESSING)


@sip.handles(Answer)
def answer(call: SipCall, command: Answer) -> None:
    """Send 200 with SDP; `Connected` comes with the ACK."""
    call.unanswered("answer")
    headers = call.headers(command.extra_headers)
    media = _open_media(call)
    agreed = call.signal(lambda agent, now: agent.answer(call.leg, media, now, headers))
    call.answered = True
    call.early = False
    call.agree(agreed)


@sip.handles(Reject)
def reject(call: SipCall, command: Reject) -> None:
    """Refuse with a final response; `Disconnected` follows at once."""
    _refuse(call, "reject", command.code, command.extra_headers)


@sip.handles(Decline)
def decline(call: SipCall, command: Decline) -> None:
    """As `reject`, which replaces it."""
    _refuse(call, "decline", command.code, command.extra_headers)


@sip.handles(Hangup)
def hangup(call: SipCall, command: Hangup) -> None:
    """BYE, or 603 to a call that was not answered; nothing on a call that has ended."""
    if call.over:
        return
    headers = call.headers(command.extra_headers)
    call.signal(lambda agent, now: agent.hangup(call.leg, now, headers))


def _open_media(call: SipCall) -> LocalMedia:
    """Open the audio leg; where none can be had the caller is told so with 503.

    Raises:
        CallFailed: no port, no row, or no media process.
    """
    try:
        return call.open_media()
    except MediaError as problem:
        call.signal(lambda agent, now: agent.reject(call.leg, 503, now))
        raise CallFailed(503, str(problem)) from problem


def _refuse(call: SipCall, method: str, code: int, extra_headers: Mapping[str, str]) -> None:
    call.unanswered(method)
    if code in {401, 407} or 300 <= code <= 399:
        raise CallError(f"{method} {code}: this line has no challenge or Contact to send with it")
    headers = call.headers(extra_headers)
    call.signal(lambda agent, now: agent.reject(call.leg, code, now, headers))
