"""A sip line with a scripted listener, called by a telephone over loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from dtmflow.clock import LoopClock
from dtmflow.lines.sip.line import SipLine
from dtmflow.media.codecs import Clip
from dtmflow.media.fetch import Fetcher
from dtmflow.media.gateway import Gateway
from dtmflow.media.library import PromptLibrary
from dtmflow.ports import Call
from dtmflow.sip.events import SipEvent
from dtmflow.sip.offer_answer import Codec
from dtmflow.sip.settings import Settings
from dtmflow.speech.espeak import EspeakSynthesizer
from dtmflow.testing.phone import Phone
from dtmflow_schema.base import Event
from dtmflow_schema.catalogue import build
from dtmflow_schema.methods.lifecycle import Hangup
from system.raw_peer import RawPeer

PATIENCE = 5
"""Seconds until a test that waits in vain fails."""


class Scene:
    """One line and one telephone; what both report is kept in order."""

    def __init__(
        self, gateway: Gateway, library: PromptLibrary, host: str, limits: Mapping[str, float]
    ) -> None:
        self.call: Call | None = None
        self.phone: Phone | None = None
        self.headers: Mapping[str, str] = {}
        self.address = ("", 0)
        self.events: list[Event] = []
        self.phone_events: list[SipEvent] = []
        self.raw: RawPeer | None = None
        self.on_incoming: Callable[[Scene], None] = lambda _scene: None
        self.on_event: Callable[[Scene, Event], None] = lambda _scene, _event: None
        self._news = asyncio.Event()
        self.clock = LoopClock()
        self.library = library
        settings = Settings(host, 0, **limits)  # type: ignore[arg-type]
        self.line = SipLine(settings, self.clock, gateway, library, self)

    # ports.CallListener

    def incoming(self, call: Call, headers: Mapping[str, str]) -> None:
        self.call, self.headers = call, headers
        self.on_incoming(self)
        self._news.set()

    def event(self, call: Call, event: Event) -> None:
        assert call is self.call
        self.events.append(event)
        self.on_event(self, event)
        self._news.set()

    # What tests say.

    def do(self, method: str, **arguments: Any) -> Any:
        """Call a method of the call by its VoxEngine names."""
        assert self.call is not None
        return self.call.do(self.command(method, **arguments))

    @staticmethod
    def command(method: str, **arguments: Any) -> Any:
        """Build a Call method by its VoxEngine names."""
        return build(method, arguments)

    def names(self) -> list[str]:
        return [event.event_name for event in self.events]

    async def dial(self, *codecs: Codec) -> Phone:
        def heard(event: SipEvent) -> None:
            self.phone_events.append(event)
            self._news.set()

        phone = Phone(self.clock, heard, codecs=codecs or (Codec.PCMU, Codec.PCMA))
        self.phone = phone
        await phone.open()
        uri = f"sip:shop@127.0.0.1:{self.address[1]}"
        phone.dial(uri, caller="+4930", destination=self.address)
        return phone

    def peer(self) -> RawPeer:
        """Return a caller that is written by hand."""
        self.raw = RawPeer(self.address, host=self.address[0])
        return self.raw

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something has been reported that makes `true` so."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def until_event(self, name: str, times: int = 1) -> Event:
        await self.until(lambda: self.names().count(name) >= times)
        return [event for event in self.events if event.event_name == name][times - 1]

    async def clip(self, prepare: Callable[[Callable[[Any], None]], None]) -> Clip:
        """Return the clip that a request to the library comes to."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        prepare(future.set_result)
        clip = await future
        assert isinstance(clip, Clip)
        return clip


class Studio:
    """One loop and one media process for many scenes, as starting them takes a while."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._gateway = Gateway()
        self._runner.run(self._gateway.start())
        self._fetcher = Fetcher(LoopClock(self._runner.get_loop()))
        self._library = PromptLibrary(EspeakSynthesizer(), self._fetcher)

    def play(
        self,
        body: Callable[[Scene], Awaitable[None]],
        *,
        host: str = "127.0.0.1",
        **limits: float,
    ) -> None:
        """Run a test on a scene of its own; `limits` are settings of the user agent."""

        async def main() -> None:
            scene = Scene(self._gateway, self._library, host, limits)
            scene.address = scene.line.open(host, 0)
            try:
                await body(scene)
            finally:
                if scene.phone is not None:
                    scene.phone.hangup()
                    await asyncio.sleep(0.02)
                    scene.phone.close()
                if scene.raw is not None:
                    scene.raw.close()
                for call in scene.line._calls.copy().values():
                    call.do(Hangup())
                scene.line.close()

        self._runner.run(main())

    def close(self) -> None:
        self._runner.run(self._library.close())
        self._runner.run(self._fetcher.close())
        self._runner.run(self._gateway.close())
        self._runner.close()


def answer(scene: Scene) -> None:
    scene.do("answer")
