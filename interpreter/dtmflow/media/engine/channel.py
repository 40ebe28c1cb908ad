"""The Unix socket between the two processes: messages both ways, bound sockets to the engine."""

from __future__ import annotations

import array
import contextlib
import socket
from collections import deque
from typing import Generic, TypeVar, cast

from dtmflow.media.engine.messages import Message, pack, unpack

Told = TypeVar("Told", bound=Message)
Said = TypeVar("Said", bound=Message)

_BLOCK = 1 << 16
_DESCRIPTORS = 8


class Channel(Generic[Told, Said]):
    """One end, never blocking: what the peer does not take yet waits here, in order.

    `Told` is what this end is told, `Said` what it says.
    """

    def __init__(self, end: socket.socket) -> None:
        end.settimeout(0)
        self._end = end
        self._waiting: deque[tuple[bytes, int | None]] = deque()
        self._text = bytearray()
        self._received: deque[int] = deque()

    def fileno(self) -> int:
        """Return the descriptor, for selectors and loops."""
        return self._end.fileno()

    def close(self) -> None:
        """Close the end and the descriptors that were not taken."""
        for descriptor in (*self._received, *(d for _, d in self._waiting if d is not None)):
            socket.close(descriptor)
        self._received.clear()
        self._waiting.clear()
        self._end.close()

    def end(self) -> None:
        """Say nothing more; what the peer still says can be received."""
        with contextlib.suppress(OSError):
            self._end.shutdown(socket.SHUT_WR)

    def send(self, message: Said, descriptor: int | None = None) -> None:
        """Queue a message; a descriptor goes with it and is closed here once it is over."""
        self._waiting.append((pack(message), descriptor))

    def flush(self) -> bool:
        """Write what the peer takes; return whether nothing waits any more.

        Raises:
            ConnectionError: the peer is gone.
        """
        while self._waiting:
            plain = [] if self._waiting[0][1] is not None else self._plain()
            data, descriptor = (b"".join(plain), None) if plain else self._waiting[0]
            rights = [] if descriptor is None else [_rights(descriptor)]
            try:
                count = self._end.sendmsg([data], rights, socket.MSG_NOSIGNAL)
            except BlockingIOError:
                return False
            for _ in range(max(1, len(plain))):
                self._waiting.popleft()
            if descriptor is not None:
                socket.close(descriptor)
            if count < len(data):
                self._waiting.appendleft((data[count:], None))
        return True

    def receive(self, most: int = 1 << 30) -> list[Told]:
        """Return up to about `most` messages that have come.

        Raises:
            ConnectionError: the peer is gone.
        """
        messages: list[Told] = []
        while len(messages) < most:
            try:
                data, descriptors, _, _ = socket.recv_fds(self._end, _BLOCK, _DESCRIPTORS)
            except BlockingIOError:
                break
            if not data:
                if messages:
                    break  # these first; the end is still there the next time
                raise ConnectionError("the other process is gone")
            self._received.extend(descriptors)
            self._text += data
            messages += self._parse()
        return messages

    def descriptor(self) -> int:
        """Return the next descriptor received; the caller closes it."""
        return self._received.popleft()

    def _plain(self) -> list[bytes]:
        """Return the messages at the head that carry no descriptor, at most a block of them."""
        plain: list[bytes] = []
        size = 0
        for data, descriptor in self._waiting:
            if descriptor is not None or size > _BLOCK:
                break
            plain.append(data)
            size += len(data)
        return plain

    def _parse(self) -> list[Told]:
        messages: list[Told] = []
        at = 0
        while len(self._text) >= at + 4:
            size = int.from_bytes(self._text[at : at + 4], "big")
            if len(self._text) < at + 4 + size:
                break
            # Both ends are ours, so the types hold.
            messages.append(cast("Told", unpack(bytes(self._text[at + 4 : at + 4 + size]))))
            at += 4 + size
        del self._text[:at]
        return messages


def _rights(descriptor: int) -> tuple[int, int, bytes]:
    return socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]).tobytes()
