"""Ports carry datagrams; `Ports` says which of them have some. UDP here, memory in tests.

A batch holds at most one datagram of each leg, so that a vector step may write a leg's row
without two packets of one leg meeting in it.
"""

from __future__ import annotations

import select
from collections import deque
from operator import call
from typing import NamedTuple, Protocol

import numpy as np

from dtmflow.media.packets import STRIDE, Bytes, Ints

Address = tuple[str, int] | tuple[str, int, int, int]
"""Of IPv4 or IPv6, as the socket module gives it."""

NOWHERE: Address = ("", 0)
"""No address at all."""
_MOST = 4096


class Port(Protocol):
    """One bound UDP socket; `socket.socket` is one."""

    def sendto(self, data: memoryview, address: Address, /) -> int:
        """Send a datagram or raise OSError; never wait."""

    def recvfrom_into(self, buffer: memoryview, /) -> tuple[int, Address]:
        """Read a datagram or raise OSError; never wait."""

    def fileno(self) -> int:
        """Return a number that no other open port has."""

    def close(self) -> None:
        """Free the port."""


class NoPort:
    """Stands in a row without a leg."""

    def sendto(self, data: memoryview, address: Address, /) -> int:
        """Refuse."""
        raise OSError(f"no port to send {len(data)} bytes to {address} from")

    def recvfrom_into(self, buffer: memoryview, /) -> tuple[int, Address]:
        """Refuse."""
        raise OSError(f"no port to read {len(buffer)} bytes from")

    def fileno(self) -> int:
        """Return -1."""
        return -1

    def close(self) -> None:
        """Do nothing."""


class Batch(NamedTuple):
    """Datagrams that have come, at most one of each leg."""

    rows: Ints
    """Row of the leg of each."""
    data: Bytes
    """Shape (n, STRIDE)."""
    lengths: Ints
    addresses: tuple[Address, ...]


class Ports(Protocol):
    """All ports of an engine, by the row of their leg."""

    def add(self, row: int, port: Port) -> None:
        """Watch a port."""

    def remove(self, port: Port) -> None:
        """Forget and close a port."""

    def ready(self) -> list[int]:
        """Return the rows whose port has a datagram, each once."""


class Reader:
    """Reads one datagram of every port that has some, into one buffer."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self._buffer: Bytes = np.zeros((_MOST, STRIDE), np.uint8)
        self._views = [memoryview(row) for row in self._buffer]

    def read(self, every: list[Port]) -> Batch | None:
        """Return the next batch, or None when nothing has come. Valid until the next read."""
        ready = self.ports.ready()[:_MOST]
        if not ready:
            return None
        reads = [every[row].recvfrom_into for row in ready]
        results: deque[tuple[int, Address]] = deque()
        calls = map(call, reads, self._views)
        while len(results) < len(ready):
            try:
                results.extend(calls)
            except OSError:  # a damaged datagram or an ICMP message: this port has nothing
                results.append((0, NOWHERE))
        lengths, addresses = zip(*results, strict=True)
        count = len(ready)
        return Batch(np.array(ready), self._buffer[:count], np.array(lengths), addresses)


class UdpPorts:
    """Real sockets, watched by one epoll."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._rows: dict[int, int] = {}

    def add(self, row: int, port: Port) -> None:
        """Watch a socket, which must not block."""
        self._rows[port.fileno()] = row
        self._epoll.register(port.fileno(), select.EPOLLIN)

    def remove(self, port: Port) -> None:
        """Forget and close a socket."""
        self._epoll.unregister(port.fileno())
        del self._rows[port.fileno()]
        port.close()

    def ready(self) -> list[int]:
        """Return the rows whose socket has a datagram."""
        rows = self._rows
        return [rows[descriptor] for descriptor, _ in self._epoll.poll(0, _MOST)]
