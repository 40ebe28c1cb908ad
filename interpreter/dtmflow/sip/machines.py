"""The four transaction machines of SIP over UDP, as tables.

A row reads: in this state, on this input, do these things and go to that state. What is not in the
table is ignored. Each state names the timers that run in it: entering it starts those that do not
run yet and stops all others. Source: RFC 3261 17.1.1.2, 17.1.2.2, 17.2.1, 17.2.2, as corrected by
RFC 6026 (state Accepted).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dtmflow.sip.timers import T1, T2, T4


class State(StrEnum):
    """States by their RFC names."""

    CALLING = "Calling"
    TRYING = "Trying"
    PROCEEDING = "Proceeding"
    COMPLETED = "Completed"
    CONFIRMED = "Confirmed"
    ACCEPTED = "Accepted"
    TERMINATED = "Terminated"


class Input(StrEnum):
    """What may happen to a transaction."""

    REQUEST = "request"
    """The peer's request again (server)."""
    ACK = "ACK"
    PROVISIONAL = "1xx"
    SUCCESS = "2xx"
    FAILURE = "3xx-6xx"
    A = "Timer A"
    B = "Timer B"
    D = "Timer D"
    E = "Timer E"
    F = "Timer F"
    G = "Timer G"
    H = "Timer H"
    I = "Timer I"  # noqa: E741 - its name in the RFC
    J = "Timer J"
    K = "Timer K"
    L = "Timer L"
    M = "Timer M"


class Action(StrEnum):
    """What a row does."""

    SEND = "send"
    """Send the given response and keep it."""
    REPEAT = "repeat"
    """Send again what was sent last."""
    DELIVER = "deliver"
    """Hand the response to the user of the transaction."""
    ACK = "ack"
    """Acknowledge a final response that is not 2xx."""
    TIMEOUT = "timeout"
    """Tell the user of the transaction that nobody answered."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One of the four."""

    first: State
    rows: Mapping[tuple[State, Input], tuple[State, tuple[Action, ...]]]
    timers: Mapping[State, tuple[Input, ...]]


S, I, A = State, Input, Action  # noqa: E741 - short names keep a row on its line

INVITE_CLIENT = Machine(
    S.CALLING,
    {
        (S.CALLING, I.A): (S.CALLING, (A.REPEAT,)),
        (S.CALLING, I.B): (S.TERMINATED, (A.TIMEOUT,)),
        (S.CALLING, I.PROVISIONAL): (S.PROCEEDING, (A.DELIVER,)),
        (S.CALLING, I.SUCCESS): (S.ACCEPTED, (A.DELIVER,)),
        (S.CALLING, I.FAILURE): (S.COMPLETED, (A.ACK, A.DELIVER)),
        (S.PROCEEDING, I.PROVISIONAL): (S.PROCEEDING, (A.DELIVER,)),
        (S.PROCEEDING, I.SUCCESS): (S.ACCEPTED, (A.DELIVER,)),
        (S.PROCEEDING, I.FAILURE): (S.COMPLETED, (A.ACK, A.DELIVER)),
        (S.COMPLETED, I.FAILURE): (S.COMPLETED, (A.ACK,)),
        (S.COMPLETED, I.D): (S.TERMINATED, ()),
        (S.ACCEPTED, I.SUCCESS): (S.ACCEPTED, (A.DELIVER,)),
        (S.ACCEPTED, I.M): (S.TERMINATED, ()),
    },
    {S.CALLING: (I.A, I.B), S.COMPLETED: (I.D,), S.ACCEPTED: (I.M,)},
)

CLIENT = Machine(
    S.TRYING,
    {
        (S.TRYING, I.E): (S.TRYING, (A.REPEAT,)),
        (S.TRYING, I.F): (S.TERMINATED, (A.TIMEOUT,)),
        (S.TRYING, I.PROVISIONAL): (S.PROCEEDING, (A.DELIVER,)),
        (S.TRYING, I.SUCCESS): (S.COMPLETED, (A.DELIVER,)),
        (S.TRYING, I.FAILURE): (S.COMPLETED, (A.DELIVER,)),
        (S.PROCEEDING, I.E): (S.PROCEEDING, (A.REPEAT,)),
        (S.PROCEEDING, I.F): (S.TERMINATED, (A.TIMEOUT,)),
        (S.PROCEEDING, I.PROVISIONAL): (S.PROCEEDING, (A.DELIVER,)),
        (S.PROCEEDING, I.SUCCESS): (S.COMPLETED, (A.DELIVER,)),
        (S.PROCEEDING, I.FAILURE): (S.COMPLETED, (A.DELIVER,)),
        (S.COMPLETED, I.K): (S.TERMINATED, ()),
    },
    {S.TRYING: (I.E, I.F), S.PROCEEDING: (I.E, I.F), S.COMPLETED: (I.K,)},
)

INVITE_SERVER = Machine(
    S.PROCEEDING,
    {
        (S.PROCEEDING, I.REQUEST): (S.PROCEEDING, (A.REPEAT,)),
        (S.PROCEEDING, I.PROVISIONAL): (S.PROCEEDING, (A.SEND,)),
        (S.PROCEEDING, I.SUCCESS): (S.ACCEPTED, (A.SEND,)),
        (S.PROCEEDING, I.FAILURE): (S.COMPLETED, (A.SEND,)),
        (S.COMPLETED, I.REQUEST): (S.COMPLETED, (A.REPEAT,)),
        (S.COMPLETED, I.G): (S.COMPLETED, (A.REPEAT,)),
        (S.COMPLETED, I.H): (S.TERMINATED, (A.TIMEOUT,)),
        (S.COMPLETED, I.ACK): (S.CONFIRMED, ()),
        (S.CONFIRMED, I.I): (S.TERMINATED, ()),
        # RFC 6026 absorbs the INVITE here; repeating the 200 helps a peer that lost it sooner.
        (S.ACCEPTED, I.REQUEST): (S.ACCEPTED, (A.REPEAT,)),
        (S.ACCEPTED, I.SUCCESS): (S.ACCEPTED, (A.SEND,)),
        (S.ACCEPTED, I.L): (S.TERMINATED, ()),
    },
    {S.COMPLETED: (I.G, I.H), S.CONFIRMED: (I.I,), S.ACCEPTED: (I.L,)},
)

SERVER = Machine(
    S.TRYING,
    {
        (S.TRYING, I.PROVISIONAL): (S.PROCEEDING, (A.SEND,)),
        (S.TRYING, I.SUCCESS): (S.COMPLETED, (A.SEND,)),
        (S.TRYING, I.FAILURE): (S.COMPLETED, (A.SEND,)),
        (S.PROCEEDING, I.REQUEST): (S.PROCEEDING, (A.REPEAT,)),
        (S.PROCEEDING, I.PROVISIONAL): (S.PROCEEDING, (A.SEND,)),
        (S.PROCEEDING, I.SUCCESS): (S.COMPLETED, (A.SEND,)),
        (S.PROCEEDING, I.FAILURE): (S.COMPLETED, (A.SEND,)),
        (S.COMPLETED, I.REQUEST): (S.COMPLETED, (A.REPEAT,)),
        (S.COMPLETED, I.J): (S.TERMINATED, ()),
    },
    {S.COMPLETED: (I.J,)},
)

FIRST_AFTER: Mapping[Input, float] = {
    I.A: T1,
    I.B: 64 * T1,
    I.D: 64 * T1,
    I.E: T1,
    I.F: 64 * T1,
    I.G: T1,
    I.H: 64 * T1,
    I.I: T4,
    I.J: 64 * T1,
    I.K: T4,
    I.L: 64 * T1,
    I.M: 64 * T1,
}
"""Seconds from the start of a timer until it first fires."""

LONGEST: Mapping[Input, float] = {I.A: 64 * T1, I.E: T2, I.G: T2}
"""Timers that go on, each gap twice the one before, up to so many seconds."""


def input_of(code: int) -> Input:
    """Return the input that a status code is."""
    if code < 200:
        return I.PROVISIONAL
    return I.SUCCESS if code < 300 else I.FAILURE
