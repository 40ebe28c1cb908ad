"""The engine: commands change rows, a tick receives and sends a quarter of the legs.

In come commands, ports, prompt memory and the time; out go datagrams and events. Nothing here
waits or asks what time it is.
"""

from __future__ import annotations

from collections.abc import Callable

from dtmflow.media.bank import silence_frame
from dtmflow.media.codecs import Law
from dtmflow.media.engine.messages import (
    Close,
    Closed,
    Command,
    Connect,
    Dial,
    Direct,
    Listen,
    Measure,
    MediaEvent,
    Open,
    Play,
    Stop,
)
from dtmflow.media.engine.ports import Port, Ports, Reader
from dtmflow.media.engine.receive import Receiver
from dtmflow.media.engine.send import Sender
from dtmflow.media.engine.table import SPOKES, Dialling, Legs
from dtmflow.media.packets import FRAME, Bytes


class Engine:
    """All legs of one media process."""

    def __init__(
        self,
        *,
        capacity: int,
        frames: Bytes,
        ports: Ports,
        emit: Callable[[MediaEvent], None],
    ) -> None:
        """Make an engine without legs.

        Args:
            capacity: most legs at a time.
            frames: prompt memory, shape (n, 160).
            ports: watches the legs' ports.
            emit: takes each event.
        """
        self.legs = Legs(capacity)
        self._ports = ports
        self._reader = Reader(ports)
        self._receiver = Receiver(self.legs, emit)
        self._sender = Sender(self.legs, frames, emit)
        self._emit = emit

    @property
    def idle(self) -> bool:
        """Whether there is no leg."""
        return not self.legs.rows

    def open(self, command: Open, port: Port) -> None:
        """Give a leg a row and its port."""
        row = self.legs.open(command.leg, port)
        self.legs.outgoing.open(row, command.ssrc, command.sequence, command.timestamp)
        self._ports.add(row, port)

    def apply(self, command: Command) -> None:  # noqa: C901 - one arm for each command
        """Carry out a command on a leg; one that is closed is passed over."""
        row = self.legs.rows.get(command.leg)
        if row is None:
            return
        legs = self.legs
        match command:
            case Connect():
                self._connect(row, command)
            case Direct(_, send, receive):
                legs.send_open[row], legs.receive_open[row] = send, receive
                legs.changed(row)
            case Play(_, token, first, frames, loop):
                self._sender.play(row, token, first, frames, loop=loop)
            case Stop():
                self._sender.stop(row)
            case Dial(_, token, digits):
                legs.outgoing.dialling.setdefault(row, Dialling()).queue.append((digits, token))
            case Listen(_, on):
                legs.incoming.listening.pop(row, None)
                if on:
                    legs.incoming.listening[row] = -1
            case Measure(_, token):
                self._emit(self._receiver.statistics(row, token))
            case Close(number):
                self._sender.stop(row)
                last = self._receiver.statistics(row, 0)
                self._emit(Closed(number, last.sent, last.unsent, last.received, last.lost))
                self._ports.remove(legs.ports[row])
                legs.close(number)

    def _connect(self, row: int, command: Connect) -> None:
        legs = self.legs
        address = (command.host, command.port)
        remote = (*address, 0, 0) if ":" in command.host else address
        if legs.source[row] != remote:
            legs.source[row] = legs.remote[row] = remote
            legs.incoming.latched[row] = False
            legs.incoming.candidates.pop(row, None)
        legs.payload_type[row] = command.payload_type
        legs.event_type[row] = command.telephone_event
        legs.silence[row] = silence_frame(Law(command.law))
        legs.connected[row] = True
        legs.changed(row)

    def tick(self, number: int, now: float) -> None:
        """Receive what has come and send on one spoke; due every 5 ms.

        A tick takes one datagram of each leg: four times what a call sends, and no flood's all.
        """
        batch = self._reader.read(self.legs.ports)
        if batch is not None:
            self._receiver.take(batch, now)
        spoke = number % SPOKES
        if self.legs.incoming.listening:
            self._receiver.report(spoke, SPOKES)
        self._sender.turn(spoke)

    def skip(self, rotations: int) -> None:
        """Let 20 ms go by unsent, so many times: the timestamps show the hole."""
        self.legs.outgoing.timestamp += rotations * FRAME
