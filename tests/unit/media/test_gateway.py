from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TypeGuard

import pytest

from dtmflow.errors import MediaError
from dtmflow.media.codecs import Clip, Law
from dtmflow.media.engine.messages import (
    DigitsSent,
    FirstAudio,
    Heard,
    MediaEvent,
    PlaybackFinished,
    PlaybackStarted,
    Statistics,
    Tone,
)
from dtmflow.media.gateway import Gateway, Leg
from unit.media.virtual import melody

pytestmark = pytest.mark.unit


class Line:
    """A leg with what it reported, and means to wait for it."""

    def __init__(self, gateway: Gateway) -> None:
        self.events: list[MediaEvent] = []
        self._news = asyncio.Event()
        self.leg: Leg = gateway.open("127.0.0.1", self._take)

    @property
    def number(self) -> int:
        return self.leg._number

    def _take(self, event: MediaEvent) -> None:
        self.events.append(event)
        self._news.set()

    async def until(self, found: Callable[[list[MediaEvent]], bool]) -> None:
        async with asyncio.timeout(20):
            while not found(self.events):
                self._news.clear()
                await self._news.wait()

    async def settled(self) -> None:
        """Wait until everything said so far, by any leg, has been done and answered."""
        self.leg.statistics(token=-1)
        await self.until(lambda events: any(e.token == -1 for e in events if is_statistics(e)))
        self.events = [event for event in self.events if not is_statistics(event)]


def is_statistics(event: MediaEvent) -> TypeGuard[Statistics]:
    return isinstance(event, Statistics)


Body = Callable[[Gateway], Awaitable[None]]
Shared = Callable[[Body], None]


@pytest.fixture(scope="module")
def shared() -> Iterator[Shared]:
    """Run tests on one media process, as starting it takes a while."""
    gateway = Gateway()

    async def main(body: Body) -> None:
        await body(gateway)

    with asyncio.Runner() as runner:
        runner.run(gateway.start())
        yield lambda body: runner.run(main(body))
        runner.run(gateway.close())


def run(body: Body, gateway: Gateway) -> None:
    async def main() -> None:
        await gateway.start()
        try:
            await body(gateway)
        finally:
            await gateway.close()

    asyncio.run(main())


def of(kind: type[MediaEvent], events: list[MediaEvent]) -> list[MediaEvent]:
    return [event for event in events if isinstance(event, kind)]


def test_two_legs_of_a_real_media_process_hear_each_other_and_press_keys(shared: Shared) -> None:
    clip = melody(20)

    async def body(gateway: Gateway) -> None:
        near, far = Line(gateway), Line(gateway)
        assert near.leg.port != far.leg.port
        near.leg.connect("127.0.0.1", far.leg.port, law=Law.PCMU, telephone_event=101)
        far.leg.connect("127.0.0.1", near.leg.port, law=Law.PCMU, telephone_event=101)
        far.leg.listen()
        await far.until(lambda events: bool(of(Heard, events)))
        near.leg.play(clip, token=17)
        await near.until(lambda events: PlaybackFinished(near.number, 17) in events)
        near.leg.send_digits("9#", token=4)
        await far.until(lambda events: len(of(Tone, events)) == 2)
        await near.until(lambda events: DigitsSent(near.number, 4) in events)
        far.leg.statistics(token=3)
        await far.until(lambda events: bool(of(Statistics, events)))
        heard = b"".join(event.payload for event in far.events if isinstance(event, Heard))
        assert clip.payload in heard
        assert FirstAudio(far.number) in far.events
        assert PlaybackStarted(near.number, 17) in near.events
        assert of(Tone, far.events) == [Tone(far.number, "9"), Tone(far.number, "#")]
        found = of(Statistics, far.events)[0]
        assert isinstance(found, Statistics)
        assert found.token == 3
        assert found.lost == 0
        assert found.received > 20
        near.leg.close()
        near.leg.close()
        assert gateway.legs == 1
        far.leg.close()

    shared(body)


def test_a_crowd_of_legs_opens_at_once_and_its_ports_are_free_again_after_close(
    shared: Shared,
) -> None:
    async def body(gateway: Gateway) -> None:
        lines = [Line(gateway) for _ in range(200)]
        assert len({line.leg.port for line in lines}) == 200
        await lines[-1].settled()
        ports = [line.leg.port for line in lines]
        for line in lines[:-1]:
            line.leg.close()
        await lines[-1].settled()
        for port in ports[:-1]:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                probe.bind(("127.0.0.1", port))
        lines[-1].leg.close()

    shared(body)


def test_what_cannot_be_sent_is_refused_at_once(shared: Shared) -> None:
    async def body(gateway: Gateway) -> None:
        leg = Line(gateway).leg
        for host, port in (
            ("example.org", 9),
            ("224.0.0.1", 9),
            ("127.0.0.1", 0),
            ("::1", 9),
            ("0.0.0.0", 9),
        ):
            with pytest.raises(MediaError):
                leg.connect(host, port, law=Law.PCMU)
        with pytest.raises(MediaError, match="not connected"):
            leg.play(melody(1))
        with pytest.raises(MediaError, match="telephone events"):
            leg.send_digits("1")
        leg.connect("127.0.0.1", 9, law=Law.PCMA, telephone_event=96)
        with pytest.raises(MediaError, match="digits are"):
            leg.send_digits("1A")
        with pytest.raises(MediaError, match="cannot be played"):
            leg.play(melody(1, Law.PCMU))
        with pytest.raises(MediaError, match="cannot bind"):
            gateway.open("192.0.2.1", print)
        leg.close()
        with pytest.raises(MediaError, match="closed"):
            leg.stop()

    shared(body)


def test_the_first_packet_goes_out_at_once_as_the_engine_runs_when_start_returns(
    shared: Shared,
) -> None:
    async def body(gateway: Gateway) -> None:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
            caller.bind(("127.0.0.1", 0))
            caller.settimeout(0)
            leg = Line(gateway).leg
            leg.connect(*caller.getsockname(), law=Law.PCMU)
            async with asyncio.timeout(5):
                packet = await loop.sock_recv(caller, 200)
            assert packet[12:] == b"\xff" * 160
            leg.close()

    shared(body)


def test_packets_of_legs_that_are_over_are_counted(shared: Shared) -> None:
    async def body(gateway: Gateway) -> None:
        near, far, other = Line(gateway), Line(gateway), Line(gateway)
        await other.settled()
        before = replace(gateway.totals)
        near.leg.connect("127.0.0.1", far.leg.port, law=Law.PCMU)
        far.leg.connect("127.0.0.1", near.leg.port, law=Law.PCMU)
        near.leg.play(melody(10))
        await near.until(lambda events: bool(of(PlaybackFinished, events)))
        assert gateway.totals == before
        near.leg.direct(send=False, receive=True)
        far.leg.direct(send=False, receive=True)
        for line in (near, far):
            await line.settled()
            line.leg.close()
        await other.settled()
        other.leg.close()
        sent, received = gateway.totals.sent - before.sent, gateway.totals.received
        assert sent >= 20
        assert 0 <= sent - (received - before.received) <= 2  # on their way at the end
        assert (gateway.totals.lost, gateway.totals.unsent) == (before.lost, before.unsent)

    shared(body)


def test_a_media_process_that_dies_is_reported_and_another_serves_new_legs() -> None:
    reasons: list[str] = []
    lost = asyncio.Event()

    def on_lost(reason: str) -> None:
        reasons.append(reason)
        lost.set()

    async def body(gateway: Gateway) -> None:
        old = Line(gateway)
        old.leg.connect("127.0.0.1", 9, law=Law.PCMU)
        old.leg.play(melody(5))
        assert gateway.pid is not None
        os.kill(gateway.pid, signal.SIGKILL)
        async with asyncio.timeout(20):
            await lost.wait()
        assert gateway.legs == 0
        with pytest.raises(MediaError, match="does not run"):
            old.leg.stop()
        with pytest.raises(MediaError, match="does not run"):
            gateway.open("127.0.0.1", print)
        await gateway.start()
        with pytest.raises(MediaError, match="does not run any more"):
            old.leg.play(melody(5))
        new = Line(gateway)
        new.leg.connect("127.0.0.1", 9, law=Law.PCMU)
        new.leg.play(melody(5), token=3)
        await new.until(lambda events: PlaybackFinished(new.number, 3) in events)
        old.leg.close()
        assert gateway.legs == 1

    run(body, Gateway(on_lost=on_lost))
    assert reasons == ["the media process has ended"]


def test_more_legs_than_there_are_rows_or_ports_are_refused(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        number = taken.getsockname()[1]

        async def body(gateway: Gateway) -> None:
            monkeypatch.setattr(gateway, "_capacity", 1)
            monkeypatch.setattr(gateway, "_ports", range(number, number + 1))
            monkeypatch.setattr(gateway, "_next_port", 0)
            with pytest.raises(MediaError, match="no RTP port"):
                gateway.open("127.0.0.1", print)
            taken.close()
            first = gateway.open("127.0.0.1", print)
            assert first.port == number
            with pytest.raises(MediaError, match="in use"):
                gateway.open("127.0.0.1", print)
            first.close()

        shared(body)


def test_clips_take_room_once_and_give_it_back_when_their_last_playback_is_over() -> None:
    async def body(gateway: Gateway) -> None:
        lines = [Line(gateway) for _ in range(5)]
        clip: Clip = melody(4)
        for line in lines:
            line.leg.connect("127.0.0.1", 9, law=Law.PCMU)
            line.leg.play(clip, token=1)
        for line in lines:
            await line.until(lambda events: bool(of(PlaybackFinished, events)))
        for token in range(2, 5):
            lines[0].leg.play(melody(4, seed=token), token=token)
            with pytest.raises(MediaError, match="prompt memory"):
                lines[0].leg.play(melody(4, seed=99))
            finished = PlaybackFinished(lines[0].number, token)
            await lines[0].until(lambda events, finished=finished: finished in events)  # type: ignore[misc]

    run(body, Gateway(prompt_bytes=5 * 160))
