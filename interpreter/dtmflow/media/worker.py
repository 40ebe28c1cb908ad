"""The media process as the control process sees it: started, spoken to, ended, or lost.

In come commands with bound sockets, out go its messages, one by one on the asyncio loop. Knows
nothing of legs: what a message means is the gateway's business.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Callable

from dtmflow.errors import MediaError
from dtmflow.media.engine.channel import Channel
from dtmflow.media.engine.messages import Answer, Command, MediaEvent, Ready

_BUFFER = 1 << 20
_START_PATIENCE = 30.0
_END_PATIENCE = 5.0


class Worker:
    """One media process after another. All methods belong to the loop that ran `start`."""

    def __init__(
        self, on_event: Callable[[MediaEvent], None], on_lost: Callable[[str], None]
    ) -> None:
        """Take what hears its events, and what is told the reason when it dies by itself."""
        self._on_event, self._on_lost = on_event, on_lost
        self._channel: Channel[Answer, Command] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._ready: asyncio.Future[None] | None = None
        self._writing = False
        self._ending = False

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process and self._channel else None

    @property
    def runs(self) -> bool:
        """Whether commands can be sent."""
        return self._channel is not None

    async def start(self, prompts: int, capacity: int) -> None:
        """Start the process; its engine runs when this returns.

        Args:
            prompts: descriptor of the prompt memory.
            capacity: most legs at a time.

        Raises:
            MediaError: it did not start.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        descriptors = (theirs.fileno(), prompts)
        command = (sys.executable, "-m", "dtmflow.media.engine.process")
        with theirs:
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *command, *map(str, (*descriptors, capacity)), pass_fds=descriptors
                )
            except OSError as error:
                ours.close()
                raise MediaError(f"the media process did not start: {error}") from error
        loop = asyncio.get_running_loop()
        self._channel, self._ending = Channel(ours), False
        self._ready = ready = loop.create_future()
        loop.add_reader(ours.fileno(), self._read)
        try:
            await asyncio.wait_for(ready, _START_PATIENCE)
        except (ConnectionError, TimeoutError) as error:
            await self.close()
            reason = str(error) or f"it was not ready after {_START_PATIENCE:.0f} s"
            raise MediaError(f"the media process did not start: {reason}") from error

    async def close(self) -> None:
        """End the process, wait for its end and deliver what it still said."""
        self._ending = True
        if self._channel is not None:
            self._channel.end()
        if self._process is not None:
            try:
                await asyncio.wait_for(self._process.wait(), _END_PATIENCE)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        while self._channel is not None:
            self._read()

    def send(self, command: Command, descriptor: int | None = None) -> None:
        """Send a command; a descriptor goes with it and is closed here in any case.

        Raises:
            MediaError: the process does not run.
        """
        if self._channel is None:
            if descriptor is not None:
                os.close(descriptor)
            raise MediaError("the media process does not run")
        self._channel.send(command, descriptor)
        if not self._writing:
            self._write()

    def _write(self) -> None:
        """Write what waits, and go on when the process has read."""
        if self._channel is None:
            return
        loop = asyncio.get_running_loop()
        try:
            done = self._channel.flush()
        except ConnectionError:
            done = True  # the reader sees it too and reports it
        if not done and not self._writing:
            loop.add_writer(self._channel.fileno(), self._write)
        elif done and self._writing:
            loop.remove_writer(self._channel.fileno())
        self._writing = not done

    def _read(self) -> None:
        if self._channel is None:
            return
        try:
            messages = self._channel.receive(1000)
        except ConnectionError:
            self._end()
            return
        for message in messages:
            if isinstance(message, Ready):
                if self._ready is not None and not self._ready.done():
                    self._ready.set_result(None)
                self._ready = None
            else:
                self._on_event(message)

    def _end(self) -> None:
        """Take leave of a process that has ended, and tell whoever does not know yet."""
        if self._channel is not None:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._channel.fileno())
            loop.remove_writer(self._channel.fileno())
            self._channel.close()
            self._channel = None
        self._writing = False
        ready, self._ready = self._ready, None
        reason = "the media process has ended"
        if ready is not None:
            if not ready.done():
                ready.set_exception(ConnectionError(reason))
        elif not self._ending:
            self._on_lost(reason)
