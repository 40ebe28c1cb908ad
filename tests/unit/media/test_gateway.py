from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable

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

    def _take(self, event: MediaEvent) -> None:
        self.events.append(event)
        self._news.set()

    async def until(self, found: Callable[[list[MediaEvent]], bool]) -> None:
        async with asyncio.timeout(20):
            while not found(self.events):
                self._news.clear()
                await self._news.wait()


def run(body: Callable[[Gateway], Awaitable[None]], gateway: Gateway | None = None) -> None:
    async def main() -> None:
        chosen = gateway or Gateway()
        await chosen.start()
        try:
            await body(chosen)
        finally:
            await chosen.close()

    asyncio.run(main())


def of(kind: type[MediaEvent], events: list[MediaEvent]) -> list[MediaEvent]:
    return [event for event in events if isinstance(event, kind)]


def test_two_legs_of_a_real_media_process_hear_each_other_and_press_keys() -> None:
    clip = melody(20)

    async def body(gateway: Gateway) -> None:
        near, far = Line(gateway), Line(gateway)
        assert near.leg.port != far.leg.port
        near.leg.connect("127.0.0.1", far.leg.port, law=Law.PCMU, telephone_event=101)
        far.leg.connect("127.0.0.1", near.leg.port, law=Law.PCMU, telephone_event=101)
        far.leg.listen()
        await far.until(lambda events: bool(of(Heard, events)))
        near.leg.play(clip, token=17)
        await near.until(lambda events: PlaybackFinished(1, 17) in events)
        near.leg.send_digits("9#", token=4)
        await far.until(lambda events: len(of(Tone, events)) == 2)
        await near.until(lambda events: DigitsSent(1, 4) in events)
        far.leg.statistics(token=3)
        await far.until(lambda events: bool(of(Statistics, events)))
        heard = b"".join(event.payload for event in far.events if isinstance(event, Heard))
        assert clip.payload in heard
        assert FirstAudio(2) in far.events
        assert PlaybackStarted(1, 17) in near.events
        assert of(Tone, far.events) == [Tone(2, "9"), Tone(2, "#")]
        found = of(Statistics, far.events)[0]
        assert isinstance(found, Statistics)
        assert found.token == 3
        assert found.lost == 0
        assert found.received > 20
        near.leg.close()
        near.leg.close()
        assert gateway.legs == 1

    run(body)


def test_a_crowd_of_legs_opens_at_once_and_its_ports_are_free_again_after_close() -> None:
    async def body(gateway: Gateway) -> None:
        lines = [Line(gateway) for _ in range(200)]
        assert len({line.leg.port for line in lines}) == 200
        for line in lines:
            line.leg.statistics()
        await lines[-1].until(bool)
        ports = [line.leg.port for line in lines]
        for line in lines[:-1]:
            line.leg.close()
        lines[-1].events.clear()
        lines[-1].leg.statistics()
        await lines[-1].until(bool)
        for port in ports[:-1]:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                probe.bind(("127.0.0.1", port))

    run(body)


def test_the_death_of_the_media_process_is_reported_and_legs_refuse_from_then_on() -> None:
    reasons: list[str] = []
    lost = asyncio.Event()

    def on_lost(reason: str) -> None:
        reasons.append(reason)
        lost.set()

    async def body(gateway: Gateway) -> None:
        line = Line(gateway)
        assert gateway.pid is not None
        os.kill(gateway.pid, signal.SIGKILL)
        async with asyncio.timeout(20):
            await lost.wait()
        with pytest.raises(MediaError, match="does not run"):
            line.leg.stop()
        with pytest.raises(MediaError, match="does not run"):
            gateway.open("127.0.0.1", print)
        line.leg.close()

    run(body, Gateway(on_lost=on_lost))
    assert reasons == ["the media process has ended"]


def test_what_cannot_be_sent_is_refused_at_once() -> None:
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

    run(body)


def test_more_legs_than_there_are_rows_or_ports_are_refused() -> None:
    async def rows(gateway: Gateway) -> None:
        first = gateway.open("127.0.0.1", print)
        with pytest.raises(MediaError, match="in use"):
            gateway.open("127.0.0.1", print)
        first.close()
        gateway.open("127.0.0.1", print)

    run(rows, Gateway(capacity=1))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        number = taken.getsockname()[1]

        async def ports(gateway: Gateway) -> None:
            with pytest.raises(MediaError, match="no RTP port"):
                gateway.open("127.0.0.1", print)

        run(ports, Gateway(ports=range(number, number + 1)))


def test_prompt_memory_is_used_again_when_its_playback_is_over() -> None:
    async def body(gateway: Gateway) -> None:
        line = Line(gateway)
        line.leg.connect("127.0.0.1", 9, law=Law.PCMU)
        for token in range(4):
            line.leg.play(melody(8, seed=token), token=token)
            with pytest.raises(MediaError, match="prompt memory"):
                line.leg.play(melody(8, seed=99))
            await line.until(lambda events, token=token: PlaybackFinished(1, token) in events)  # type: ignore[misc]

    run(body, Gateway(prompt_bytes=10 * 160))


def test_the_same_clip_on_many_legs_takes_its_room_once() -> None:
    async def body(gateway: Gateway) -> None:
        lines = [Line(gateway) for _ in range(5)]
        clip: Clip = melody(8)
        for line in lines:
            line.leg.connect("127.0.0.1", 9, law=Law.PCMU)
            line.leg.play(clip)
        for line in lines:
            await line.until(lambda events: bool(of(PlaybackFinished, events)))

    run(body, Gateway(prompt_bytes=8 * 160))
