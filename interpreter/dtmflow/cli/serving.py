"""The composition root of `run` and `try`: flows, supervisor, sip line, audio, joined and watched.

Comes in: flow files and an address. Goes out: a service that takes calls, reloads changed flows
and drains. Everything concrete is chosen here and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dtmflow.cli.loading import load_program
from dtmflow.cli.watching import Watch
from dtmflow.clock import LoopClock, Timer
from dtmflow.compiling.program import Program
from dtmflow.diagnostics import Diagnostic
from dtmflow.errors import DtmflowError, FlowInvalid, MediaError, UsageError
from dtmflow.lines.sip.line import CAPABILITIES, SipLine
from dtmflow.lines.sip.prepare import spoken_texts
from dtmflow.media.fetch import Fetcher
from dtmflow.media.gateway import Gateway, Totals
from dtmflow.media.library import PromptLibrary
from dtmflow.running.journal import Journal
from dtmflow.running.supervisor import Supervisor
from dtmflow.sip.settings import Settings
from dtmflow.speech.espeak import EspeakSynthesizer

GOODBYE_SECONDS = 2.0
"""How long a service that ends waits for answers: two repetitions."""
WATCH_SECONDS = 0.5
"""How often the flow files are looked at."""


@dataclass(slots=True)
class Report:
    """Where a service tells what happens; all are called on the loop."""

    reloaded: Callable[[str, str], None] = field(default=lambda _flow, _version: None)
    """A changed flow was taken: its name and the first digits of its version."""
    refused: Callable[[str, tuple[Diagnostic, ...]], None] = field(
        default=lambda _flow, _findings: None
    )
    """A changed flow was refused; the old version goes on."""
    trouble: Callable[[str], None] = field(default=lambda _text: None)
    """Something failed outside of any flow."""


@dataclass(slots=True)
class _Served:
    """A flow and its file."""

    name: str
    """As first loaded; calls find the flow by it."""
    watch: Watch
    program: Program
    """Its newest version, which may still be waiting for its prompts."""


class Service:
    """Flows served on one SIP address. All methods belong to one asyncio loop."""

    def __init__(
        self,
        files: Sequence[Path],
        *,
        journals: Callable[[str], Journal] | None = None,
        report: Report | None = None,
        max_sessions: int = 1000,
    ) -> None:
        """Load the flows.

        Raises:
            FlowInvalid: a flow has errors or needs what the sip line cannot do.
            UsageError: a file cannot be read, or two flows bear one name.
        """
        self._report = report or Report()
        self._clock = LoopClock()
        self._served: dict[str, _Served] = {}
        for file in files:
            watch = Watch(file)
            program = load_program(file, CAPABILITIES)
            name = program.core.name
            if name in self._served:
                raise UsageError(f"{file}: another flow is called {name} too")
            self._served[name] = _Served(name, watch, program)
        self.idle = asyncio.Event()
        """Set once the service has drained."""
        self.supervisor = Supervisor(
            {name: served.program for name, served in self._served.items()},
            self._clock,
            journals=journals,
            max_sessions=max_sessions,
            on_idle=self.idle.set,
        )
        self._gateway = Gateway(capacity=max_sessions, on_lost=self._media_lost)
        self._max_sessions = max_sessions
        self._fetcher = Fetcher(self._clock)
        self._library = PromptLibrary(EspeakSynthesizer(), self._fetcher)
        self._line: SipLine | None = None
        self._watch: Timer | None = None
        self._restart: asyncio.Task[None] | None = None

    @property
    def flows(self) -> tuple[str, ...]:
        """Names of the flows; the first takes the calls to unknown numbers."""
        return tuple(self._served)

    @property
    def refused(self) -> int:
        """How many calls were answered 503."""
        return self.supervisor.refused + (self._line.refused if self._line is not None else 0)

    @property
    def media_process(self) -> int | None:
        """Process id of the media process while it runs."""
        return self._gateway.pid

    @property
    def packets(self) -> Totals:
        """RTP packets of the calls that are over."""
        return self._gateway.totals

    async def open(self, host: str, port: int, *, advertise: str = "") -> tuple[str, int]:
        """Prepare audio and prompts, then listen; returns the address that was bound.

        Raises:
            MediaError: the media process did not start.
            TransportError: the address cannot be bound.
        """
        await self._gateway.start()
        ready = asyncio.Event()
        self._prepare([served.program for served in self._served.values()], ready.set)
        await ready.wait()
        settings = Settings(advertise or host, port, max_legs=self._max_sessions)
        self._line = SipLine(
            settings, self._clock, self._gateway, self._library, self.supervisor, media_host=host
        )
        address = self._line.open(host, port)
        self._watch = self._clock.call_later(WATCH_SECONDS, self._look)
        return address

    def drain(self) -> None:
        """Answer new calls 503, let running ones end, then set `idle`."""
        if self._line is not None:
            self._line.accepting = False
        self.supervisor.drain()

    def hang_up_all(self) -> None:
        """End every running call now."""
        for session in self.supervisor.sessions:
            session.hang_up()

    async def close(self) -> None:
        """Stop listening and end the media process.

        What was said last, a BYE or a refusal, may have been lost: it is repeated a while.
        """
        if self._watch is not None:
            self._watch.cancel()
        if self._line is not None:
            deadline = self._clock.now() + GOODBYE_SECONDS
            while self._line.waiting and self._clock.now() < deadline:  # noqa: ASYNC110 - seldom
                await asyncio.sleep(0.05)
            self._line.close()
        if self._restart is not None:
            self._restart.cancel()
        await self._library.close()
        await self._fetcher.close()
        await self._gateway.close()

    def _prepare(self, programs: Sequence[Program], done: Callable[[], None]) -> None:
        """Speak every text that is known beforehand, so that no caller waits for it."""
        texts = [text for program in programs for text in spoken_texts(program)]
        left = len(texts)

        def spoken(_clip: object) -> None:
            nonlocal left
            left -= 1
            if not left:
                done()

        for utterance, law in texts:
            self._library.speak(utterance, law, spoken)
        if not texts:
            done()

    def _look(self) -> None:
        """Take the flows whose files have changed."""
        for served in self._served.values():
            if served.watch.changed():
                self._reload(served)
        self._watch = self._clock.call_later(WATCH_SECONDS, self._look)

    def _reload(self, served: _Served) -> None:
        file = served.watch.file
        try:
            program = load_program(file, CAPABILITIES)
        except FlowInvalid as problem:
            self._report.refused(served.name, problem.diagnostics)
        except DtmflowError as problem:
            self._report.trouble(f"{problem}; the version of {served.name} that runs goes on")
        else:
            served.program = program
            self._prepare([program], lambda: self._replace(served, program))

    def _replace(self, served: _Served, program: Program) -> None:
        """Give a version to new calls, unless a newer one has come while it was prepared."""
        if served.program is program:
            self.supervisor.replace(served.name, program)
            self._report.reloaded(served.name, program.digest[:8])

    def _media_lost(self, reason: str) -> None:
        """Every call has lost its audio: end them, and start the media process again."""
        self._report.trouble(f"{reason}; calls are ended and it is started again")
        self.hang_up_all()
        self._restart = asyncio.get_running_loop().create_task(self._start_media())

    async def _start_media(self) -> None:
        try:
            await self._gateway.start()
        except MediaError as problem:
            self._report.trouble(f"{problem}; no calls can be taken")
            self.drain()
            self.hang_up_all()  # calls that came meanwhile
