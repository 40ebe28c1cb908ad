"""UDP: one socket that drives one user agent.

A plain socket with a reader on the loop, not a DatagramProtocol: that one hands over a single
datagram in each turn of the loop, this one all that wait, so a burst is answered in one go.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable

from dtmflow.clock import Clock
from dtmflow.errors import TransportError
from dtmflow.sip.events import Address, SipEvent
from dtmflow.sip.messages import MAX_DATAGRAM
from dtmflow.sip.transport.driver import Driver
from dtmflow.sip.user_agent import UserAgent

_BUFFER = 4 * 1024 * 1024
_AT_ONCE = 256
_logger = logging.getLogger(__name__)


class UdpTransport:
    """Reads a socket into a user agent and sends what comes out.

    After every method of the agent that is called from outside, call `flush`. Events are handed
    to `on_event`, one at a time and never from inside `flush`.
    """

    def __init__(
        self, agent: UserAgent, clock: Clock, on_event: Callable[[SipEvent], None]
    ) -> None:
        self._agent = agent
        self._socket: socket.socket | None = None
        self._driver = Driver(agent, clock, self._send, on_event)
        self.flush = self._driver.flush
        """Send what is due and arm the timer."""

    def open(self, host: str, port: int) -> Address:
        """Bind and start reading on the running loop; port 0 takes any free one.

        The agent is told the port, as it stands in Via and Contact.

        Raises:
            TransportError: the address cannot be bound.
        """
        opened = _bind(host, port)
        bound: Address = opened.getsockname()[:2]
        self._agent.bound_to(bound[1])
        asyncio.get_running_loop().add_reader(opened.fileno(), self._readable, opened)
        self._socket = opened
        return bound

    def close(self) -> None:
        """Send what is due, stop reading and close the socket."""
        self._driver.flush()
        self._driver.close()
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def _readable(self, opened: socket.socket) -> None:
        waiting: list[tuple[bytes, Address]] = []
        try:
            while len(waiting) < _AT_ONCE:
                data, source = opened.recvfrom(MAX_DATAGRAM)
                waiting.append((data, (source[0], source[1])))
        except BlockingIOError:
            pass
        except OSError as error:
            _logger.debug("SIP socket: %s", error)
        self._driver.receive(waiting)

    def _send(self, data: bytes, destination: Address) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendto(data, destination)
        except (OSError, OverflowError) as error:
            # As good as lost on the way: the transaction repeats it or times out.
            _logger.debug("SIP datagram to %s:%d not sent: %s", *destination, error)


def _bind(host: str, port: int) -> socket.socket:
    """Open a socket with room for a burst."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)  # noqa: FBT003 - its only parameter
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            opened.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
        opened.bind((host, port))
    except (OSError, OverflowError) as error:
        opened.close()
        why = getattr(error, "strerror", None) or error
        raise TransportError(f"cannot listen on {host} port {port}: {why}") from error
    return opened
