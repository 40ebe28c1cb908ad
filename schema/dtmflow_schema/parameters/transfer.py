"""Where a call is transferred to."""

from __future__ import annotations

from typing import ClassVar

from dtmflow_schema.constraints import AtLeastOne, Constrained, Constraint
from dtmflow_schema.units import NO_HEADERS, CallReference, InviteHeaders, Maybe, SipUri


class TransferToParameters(Constrained):
    """Options of `transferTo`: a target, a second leg, or both.

    With `call` alone the target is the other party of that leg. Source: VoxEngine
    `TransferToParameters`.
    """

    constraints: ClassVar[tuple[Constraint, ...]] = (AtLeastOne(("to", "call")),)

    call: Maybe[CallReference] = None
    """Second leg, for an attended transfer; must be connected."""
    headers: InviteHeaders = NO_HEADERS
    """Header fields of the INVITE that follows; `VI-CallTimeout` limits its ringing time."""
    to: Maybe[SipUri] = None
    """Target: `sip:alice@example.org`, `sips:alice@example.org:5061`, or
    `user@application.account.host` for a user of this server."""
