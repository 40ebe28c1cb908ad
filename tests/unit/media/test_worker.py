from __future__ import annotations

import asyncio
import gc
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from dtmflow.errors import MediaError
from dtmflow.media.bank import PromptBank
from dtmflow.media.engine.channel import Channel
from dtmflow.media.engine.messages import Answer, Command, DigitsSent, MediaEvent, Ready, Stop
from dtmflow.media.engine.process import serve
from dtmflow.media.worker import Worker

pytestmark = pytest.mark.unit


class Process:
    """Stands for a media process: holds its end of the channel and ends when that is closed."""

    pid = 4711

    def __init__(self, channel: Channel[Command, Answer]) -> None:
        self.channel = channel
        self.killed = False

    async def wait(self) -> int:
        self.channel.close()
        return 0

    def kill(self) -> None:
        self.killed = True


class Launcher:
    """Takes the place of the call that starts processes."""

    def __init__(self) -> None:
        self.started: list[Process] = []

    async def __call__(self, *_command: str, pass_fds: tuple[int, ...]) -> Process:
        channel: Channel[Command, Answer] = Channel(socket.socket(fileno=os.dup(pass_fds[0])))
        self.started.append(Process(channel))
        return self.started[-1]


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch) -> Launcher:
    launcher = Launcher()
    monkeypatch.setattr(asyncio, "create_subprocess_exec", launcher)
    return launcher


@pytest.fixture
def prompts() -> Iterator[int]:
    bank = PromptBank(160)
    yield bank.descriptor
    bank.close()


def unexpected(what: object) -> None:
    pytest.fail(f"{what} was not to be")


async def turns() -> None:
    """Let everything happen that can happen now."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_start_returns_when_the_engine_says_ready_and_not_before(
    launcher: Launcher, prompts: int
) -> None:
    heard: list[MediaEvent] = []

    async def main() -> None:
        worker = Worker(heard.append, unexpected)
        starting = asyncio.ensure_future(worker.start(prompts, 1))
        await turns()
        process = launcher.started[0]
        assert not starting.done()
        process.channel.send(Ready())
        process.channel.flush()
        await turns()
        assert starting.done()
        await starting
        worker.send(Stop(1))
        process.channel.send(DigitsSent(1, 2))
        process.channel.flush()
        await turns()
        assert process.channel.receive() == [Stop(1)]
        await worker.close()

    asyncio.run(main())
    assert heard == [DigitsSent(1, 2)]


def test_a_process_that_ends_before_it_is_ready_has_not_started(
    launcher: Launcher, prompts: int
) -> None:
    async def main() -> None:
        worker = Worker(unexpected, unexpected)
        starting = asyncio.ensure_future(worker.start(prompts, 1))
        await turns()
        launcher.started[0].channel.close()
        with pytest.raises(MediaError, match="did not start: the media process has ended"):
            await starting
        assert not worker.runs
        with pytest.raises(MediaError, match="does not run"):
            worker.send(Stop(1))

    asyncio.run(main())


def test_a_program_that_cannot_be_started_is_a_media_error(
    monkeypatch: pytest.MonkeyPatch, prompts: int
) -> None:
    async def refuse(*_arguments: Any, **_options: Any) -> None:
        raise OSError("no memory")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", refuse)

    async def main() -> None:
        with pytest.raises(MediaError, match="no memory"):
            await Worker(unexpected, unexpected).start(prompts, 1)

    asyncio.run(main())


def test_what_the_process_said_last_is_delivered_before_close_returns(
    launcher: Launcher, prompts: int
) -> None:
    heard: list[MediaEvent] = []

    async def main() -> None:
        worker = Worker(heard.append, unexpected)
        starting = asyncio.ensure_future(worker.start(prompts, 1))
        await turns()
        for message in (Ready(), DigitsSent(1, 1), DigitsSent(1, 2)):
            launcher.started[0].channel.send(message)
        launcher.started[0].channel.flush()
        await starting
        launcher.started[0].channel.send(DigitsSent(1, 3))
        launcher.started[0].channel.flush()
        await worker.close()

    asyncio.run(main())
    assert heard == [DigitsSent(1, number) for number in (1, 2, 3)]


def test_the_engine_speaks_first_and_ends_with_its_channel() -> None:
    ours, theirs = socket.socketpair()
    control: Channel[Answer, Command] = Channel(ours)
    control.end()
    bank = PromptBank(160)
    try:
        with pytest.raises(ConnectionError):
            serve(Channel(theirs), bank.descriptor, 1)
    finally:
        gc.unfreeze()
        gc.enable()
        bank.close()
        theirs.close()
    assert control.receive() == [Ready()]
    control.close()
