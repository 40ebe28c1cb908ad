"""UDP: one socket that drives one user agent."""

from __future__ import annotations

from collections.abc import Callable

from dtmflow.clock import Clock
from dtmflow.sip.events import Address, SipEvent
from dtmflow.sip.user_agent import UserAgent


class UdpTransport:
    """Reads a socket into a user agent and sends what comes out.

    After every method of the agent that is called from outside, call `flush`. Events are handed
    to `on_event`, one at a time and never from inside `flush`.
    """

    def __init__(
        self, agent: UserAgent, clock: Clock, on_event: Callable[[SipEvent], None]
    ) -> None: ...

    def open(self, host: str, port: int) -> Address:
        """Bind and start reading on the running loop; port 0 takes any free one.

        Raises:
            TransportError: the address cannot be bound.
        """

    def flush(self) -> None:
        """Send what is due and arm the timer."""

    def close(self) -> None:
        """Stop reading and close the socket."""
