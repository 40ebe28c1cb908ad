"""A caller of `dtmflow run`: a telephone over loopback that remembers what became of its call."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from dtmflow.clock import LoopClock
from dtmflow.media.codecs import Law, clip, decode
from dtmflow.ports import Utterance
from dtmflow.sip.events import SipEvent
from dtmflow.speech.espeak import EspeakSynthesizer
from dtmflow.testing.phone import Phone
from support.hearing import likeness
from support.peers import Running


class Caller:
    """A telephone that remembers what became of its call."""

    def __init__(self) -> None:
        self.events: list[SipEvent] = []
        self._news = asyncio.Event()
        self.phone = Phone(LoopClock(), self._take)

    def _take(self, event: SipEvent) -> None:
        self.events.append(event)
        self._news.set()

    async def until(self, kind: type[SipEvent]) -> SipEvent:
        async with asyncio.timeout(20):
            while not any(isinstance(event, kind) for event in self.events):
                self._news.clear()
                await self._news.wait()
        return next(event for event in self.events if isinstance(event, kind))

    async def hears(self, text: str) -> None:
        """Wait until the words have been heard to their end."""
        audio = EspeakSynthesizer().synthesize(Utterance(text))
        said = decode(clip(text, audio, Law.PCMU).payload, Law.PCMU).astype("f8")
        async with asyncio.timeout(20):
            while likeness(self.phone.heard().astype("f8"), said)[0] < 0.999:
                await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def calling(server: Running) -> AsyncIterator[Caller]:
    """Call the first flow that is served; the sockets close with the block."""
    caller = Caller()
    await caller.phone.open()
    try:
        caller.phone.dial(f"sip:desk@127.0.0.1:{server.port}", caller="+4930")
        yield caller
    finally:
        caller.phone.close()
