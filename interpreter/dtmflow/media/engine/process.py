"""The media process: `python -m dtmflow.media.engine.process SOCKET PROMPTS CAPACITY`.

The two descriptors are the channel to the control process and the prompt memory. Ends when the
control process closes the channel or dies.
"""

from __future__ import annotations

import contextlib
import gc
import resource
import select
import signal
import socket
import sys
import time

from dtmflow.media.bank import map_frames
from dtmflow.media.engine.channel import Channel
from dtmflow.media.engine.engine import Engine
from dtmflow.media.engine.messages import Answer, Command, Open, Ready
from dtmflow.media.engine.ports import UdpPorts
from dtmflow.media.engine.scheduling import run_first
from dtmflow.media.engine.wheel import Wheel

_COMMANDS = 64
"""Commands taken in one tick at most, so that a crowd of new calls delays no packet."""
_IDLE = 1.0


def serve(channel: Channel[Command, Answer], descriptor: int, capacity: int) -> None:
    """Run the engine until the channel ends."""
    engine = Engine(
        capacity=capacity,
        frames=map_frames(descriptor, write=False),
        ports=UdpPorts(),
        emit=channel.send,
    )
    wheel = Wheel(engine, time.monotonic, time.sleep)  # noqa: TID251 - the shell of this process
    gc.collect()
    gc.freeze()
    gc.disable()
    channel.send(Ready())
    channel.flush()
    while True:
        if engine.idle:
            select.select([channel], [], [], _IDLE)
            gc.collect()
            wheel.rest()
        for command in channel.receive(_COMMANDS):
            if isinstance(command, Open):
                port = socket.socket(fileno=channel.descriptor())
                port.settimeout(0)
                engine.open(command, port)
            else:
                engine.apply(command)
        wheel.turn()
        channel.flush()


def _allow_files() -> None:
    """Raise the limit of open files: each leg is one."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main() -> None:
    """Serve the control process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the control process says when to end
    channel, prompts, capacity = map(int, sys.argv[1:])
    run_first()
    _allow_files()
    with contextlib.suppress(ConnectionError):
        serve(Channel(socket.socket(fileno=channel)), prompts, capacity)


if __name__ == "__main__":
    main()
