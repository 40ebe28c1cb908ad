"""Beginning and end of a simulated leg: ring, early media, answer, reject, hang up."""

from __future__ import annotations

from dtmflow.errors import CallError
from dtmflow.lines.simulated.call import SimulatedCall, simulated
from dtmflow_schema.base import CallState
from dtmflow_schema.methods.lifecycle import (
    Answer,
    AnswerDirect,
    Decline,
    Hangup,
    Reject,
    Ring,
    StartEarlyMedia,
)


@simulated.handles(Ring)
def ring(call: SimulatedCall, command: Ring) -> None:
    """Let the far side hear its own ringing; nothing that a flow could see changes."""


@simulated.handles(StartEarlyMedia)
def start_early_media(call: SimulatedCall, command: StartEarlyMedia) -> None:
    """Open the way for sound before the answer; twice has no effect."""
    if call.state is CallState.ALERTING:
        call.change_state(CallState.PROGRESSING)
        call.limit_unanswered()


@simulated.handles(Answer)
def answer(call: SimulatedCall, command: Answer) -> None:
    """Take the call. `Connected` comes when the far side acknowledges; twice has no effect."""
    if call.state is not CallState.TERMINATED:
        call.answered = True
        return
    raise CallError("answer needs a live leg; this one is ended")


@simulated.handles(AnswerDirect)
def answer_direct(call: SimulatedCall, command: AnswerDirect) -> None:
    """Take the call with its media going to the peer leg directly."""
    call.answered = True


@simulated.handles(Reject)
def reject(call: SimulatedCall, command: Reject) -> None:
    """Refuse the call with the given code."""
    call.end(int(command.code), "Rejected")


@simulated.handles(Decline)
def decline(call: SimulatedCall, command: Decline) -> None:
    """Refuse the call, by the deprecated name of `reject`."""
    call.end(int(command.code), "Rejected")


@simulated.handles(Hangup)
def hangup(call: SimulatedCall, command: Hangup) -> None:
    """End the leg: 200 once connected, 603 before the answer, nothing when it has ended."""
    if call.state is CallState.CONNECTED:
        call.end(200, "Normal call clearing")
    else:
        call.end(603, "Declined")
