"""What an operator meets: several flows, full houses, full disks, files that come and go."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dtmflow.cli import serving
from dtmflow.cli.serving import Report, Service
from dtmflow.clock import LoopClock
from dtmflow.diagnostics import Diagnostic
from dtmflow.running.journal import FileJournal, Journal, MemoryJournal
from dtmflow.sip.events import Answered, Ended, Failed, SipEvent
from dtmflow.testing.phone import Phone
from system.raw_peer import RawPeer

pytestmark = pytest.mark.system

FLOW = """\
version: 1
name: {name}
states:
  ringing: {{ do: answer, on: {{ Connected: talking }} }}
  talking: {{ do: [ {{ say: {words} }}, {{ handleTones: true }} ], on: {{ ToneReceived: end }} }}
"""
PATIENCE = 10


@dataclass
class House:
    """A service and what it tells."""

    service: Service
    address: tuple[str, int] = ("", 0)
    told: list[str] = field(default_factory=list)
    journals: list[MemoryJournal] = field(default_factory=list)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not true():
                await asyncio.sleep(0.01)

    def words(self) -> list[str]:
        """Return what was said on each call, first words only."""
        return [
            str(action["caller.say"]["text"])
            for journal in self.journals
            for record in journal.records
            for action in record["actions"]
            if "caller.say" in action
        ]

    @contextlib.asynccontextmanager
    async def call(
        self, number: str = "shop", kind: type[SipEvent] = Answered
    ) -> AsyncIterator[Phone]:
        """Call a number until something becomes of it."""
        events: list[SipEvent] = []
        phone = Phone(LoopClock(), events.append, host=self.address[0])
        await phone.open()
        try:
            uri = f"sip:{number}@shop.example"
            phone.dial(uri, destination=self.address)
            await self.until(lambda: any(isinstance(event, kind) for event in events))
            yield phone
            phone.hangup()
            await self.until(lambda: isinstance(events[-1], Ended | Failed))
        finally:
            phone.close()


@contextlib.asynccontextmanager
async def house(
    *files: Path,
    host: str = "127.0.0.1",
    journals: Callable[[str], Journal] | None = None,
    max_sessions: int = 10,
) -> AsyncIterator[House]:
    told: list[str] = []
    kept: list[MemoryJournal] = []

    def keep(_session: str) -> Journal:
        kept.append(MemoryJournal())
        return kept[-1]

    def refused(flow: str, findings: tuple[Diagnostic, ...]) -> None:
        told.append(f"refused {flow} {findings[0].code}")

    report = Report(lambda flow, _version: told.append(f"reloaded {flow}"), refused, told.append)
    service = Service(files, journals=journals or keep, report=report, max_sessions=max_sessions)
    made = House(service, told=told, journals=kept)
    try:
        made.address = await service.open(host, 0)
        yield made
    finally:
        await service.close()


@pytest.fixture
def flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(serving, "WATCH_SECONDS", 0.03)
    file = tmp_path / "flow.yaml"
    file.write_text(FLOW.format(name="shop", words="Shop."))
    return file


def test_the_called_number_chooses_the_flow_and_any_other_the_first(
    flow: Path, tmp_path: Path
) -> None:
    second = tmp_path / "second.yaml"
    second.write_text(FLOW.format(name="garage", words="Garage."))

    async def body() -> None:
        async with house(flow, second) as made:
            for number in ("garage", "shop", "123"):
                async with made.call(number):
                    pass
            await made.until(lambda: made.service.supervisor.active == 0)
            assert made.words() == ["Garage.", "Shop.", "Shop."]
            assert made.service.flows == ("shop", "garage")
            assert made.service.supervisor.outcomes == {"hangup": 3}

    asyncio.run(body())


def test_a_call_too_many_is_asked_to_come_again_and_calls_that_run_are_not_disturbed(
    flow: Path,
) -> None:
    async def body() -> None:
        async with house(flow, max_sessions=1) as made, made.call():
            peer = RawPeer(made.address)
            peer.send("INVITE", peer.offer())
            busy = await peer.response(503)
            assert int(busy.get("retry-after")) > 0
            peer.close()
            assert made.service.refused == 1
            assert made.service.supervisor.active == 1
        assert made.service.supervisor.outcomes == {"hangup": 1}

    asyncio.run(body())


def test_a_disk_that_is_full_costs_the_journal_and_no_call(
    flow: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_session: str) -> Journal:
        return FileJournal(Path("/dev/full"))

    async def body() -> None:
        async with house(flow, journals=full) as made:
            async with made.call() as phone:
                await asyncio.sleep(0.1)
                phone.press("1")
                await made.until(lambda: made.service.supervisor.active == 0)
            assert made.service.supervisor.outcomes == {"ok": 1}

    asyncio.run(body())
    assert "no journal" in caplog.text
    assert "No space left" in caplog.text


def test_a_journal_that_cannot_be_opened_costs_no_call(
    flow: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def none(_session: str) -> Journal:
        return FileJournal(Path("/proc/nowhere/journal"))

    async def body() -> None:
        async with house(flow, journals=none) as made:
            async with made.call():
                pass
            await made.until(lambda: made.service.supervisor.active == 0)

    asyncio.run(body())
    assert "no journal" in caplog.text


def test_a_flow_may_be_replaced_broken_deleted_and_restored_while_calls_run(flow: Path) -> None:
    def replace(text: str) -> None:
        other = flow.with_name("new")
        other.write_text(text)
        other.replace(flow)

    def delete() -> None:
        flow.unlink()

    async def body() -> None:
        async with house(flow) as made, made.call():
            replace(FLOW.format(name="shop", words="Newer."))
            await made.until(lambda: made.told == ["reloaded shop"])
            texts = [str(key[0].text) for key in made.service._library._clips]  # type: ignore[index]
            assert "Newer." in texts  # spoken before a caller could need it
            replace(FLOW.format(name="shop", words="Newer.").replace("on:", "no:"))
            await made.until(lambda: len(made.told) == 2)
            assert made.told[1].startswith("refused shop S")
            delete()
            await made.until(lambda: len(made.told) == 3)
            assert "the version of shop that runs goes on" in made.told[2]
            async with made.call():
                pass
            replace(FLOW.format(name="shop", words="Newest."))
            await made.until(lambda: made.told[3:] == ["reloaded shop"])
            async with made.call():
                pass
            assert made.words() == ["Shop.", "Newer.", "Newest."]

    asyncio.run(body())


def test_a_flow_that_is_written_in_pieces_is_taken_when_it_is_whole(flow: Path) -> None:
    text = FLOW.format(name="shop", words="Whole.")

    async def body() -> None:
        async with house(flow) as made:
            with flow.open("w") as writing:
                for letter in text:
                    writing.write(letter)
                    writing.flush()
                    await asyncio.sleep(0.002)
            await made.until(lambda: bool(made.told))
            await asyncio.sleep(0.1)
            assert made.told == ["reloaded shop"]

    asyncio.run(body())


def test_a_service_on_ipv6_is_called_and_heard(flow: Path) -> None:
    async def body() -> None:
        async with house(flow, host="::1") as made:
            async with made.call() as phone:
                await made.until(lambda: len(phone.heard()) > 1600)
            await made.until(lambda: made.service.supervisor.active == 0)

    asyncio.run(body())


def test_a_bye_that_is_lost_is_said_again_before_the_service_closes(flow: Path) -> None:
    async def body() -> None:
        async with house(flow) as made:
            peer = RawPeer(made.address)
            await peer.connect()
            await made.until(lambda: "Shop." in made.words())
            made.service.drain()
            made.service.hang_up_all()
            closing = asyncio.ensure_future(made.service.close())
            first = await peer.request("BYE")  # not answered, as if it had been lost
            again = await peer.request("BYE")
            assert first.cseq == again.cseq
            assert not closing.done()
            peer.reply(again)
            async with asyncio.timeout(1):
                await closing
            peer.close()
        assert made.service.idle.is_set()

    asyncio.run(body())
