from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from dtmflow.clock import VirtualClock
from dtmflow.errors import CallError, MediaError, SpeechError
from dtmflow.media.codecs import Clip, Law
from dtmflow.media.fetch import Fetched, Fetcher
from dtmflow.media.library import PromptLibrary
from dtmflow.ports import Audio, Utterance
from unit.media.sounds import sound

pytestmark = pytest.mark.unit


class Speaker:
    """Speaks a text as so many milliseconds of silence as it has letters, in some thread."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.threads: set[int] = set()

    def synthesize(self, utterance: Utterance) -> Audio:
        self.texts.append(utterance.text)
        self.threads.add(threading.get_ident())
        if utterance.text == "unspeakable":
            raise SpeechError("cannot")
        return Audio(bytes(16 * len(utterance.text)), 8000)


class Results(list[Clip | CallError]):
    """What the callbacks took."""

    def __init__(self) -> None:
        super().__init__()
        self.news = asyncio.Event()

    def take(self, result: Clip | CallError) -> None:
        self.append(result)
        self.news.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self) < count:
                self.news.clear()
                await self.news.wait()

    def clip(self, index: int = -1) -> Clip:
        result = self[index]
        assert isinstance(result, Clip)
        return result


def run(
    body: Callable[[PromptLibrary, Results], Awaitable[None]],
    speaker: Speaker | None = None,
    fetcher: Fetcher | None = None,
    cache_bytes: int = 1 << 20,
) -> None:
    async def main() -> None:
        library = PromptLibrary(speaker or Speaker(), fetcher, cache_bytes=cache_bytes)
        try:
            await body(library, Results())
        finally:
            await library.close()

    asyncio.run(main())


def test_a_text_is_spoken_once_for_all_who_ask_and_never_on_the_loop() -> None:
    speaker = Speaker()

    async def body(library: PromptLibrary, results: Results) -> None:
        for _ in range(5):
            library.speak(Utterance("hello"), Law.PCMU, results.take)
        assert not results
        await results.until(5)
        library.speak(Utterance("hello"), Law.PCMU, results.take)
        assert len(results) == 5
        await results.until(6)
        assert {result.key for result in results if isinstance(result, Clip)} == {
            results.clip().key
        }
        assert results.clip().frames == 1
        library.speak(Utterance("hello"), Law.PCMA, results.take)
        await results.until(7)
        assert results.clip().law is Law.PCMA

    run(body, speaker)
    assert speaker.texts == ["hello", "hello"]
    assert threading.get_ident() not in speaker.threads


def test_a_text_that_cannot_be_spoken_tells_everyone_and_is_tried_again() -> None:
    speaker = Speaker()

    async def body(library: PromptLibrary, results: Results) -> None:
        library.speak(Utterance("unspeakable"), Law.PCMU, results.take)
        library.speak(Utterance("unspeakable"), Law.PCMU, results.take)
        await results.until(2)
        assert all(isinstance(result, SpeechError) for result in results)
        library.speak(Utterance("unspeakable"), Law.PCMU, results.take)
        await results.until(3)

    run(body, speaker)
    assert len(speaker.texts) == 2


def test_the_cache_keeps_to_its_budget_and_drops_the_oldest_use() -> None:
    speaker = Speaker()

    async def body(library: PromptLibrary, results: Results) -> None:
        for count, text in enumerate(("a", "b", "a", "c", "a", "b"), 1):
            library.speak(Utterance(text), Law.PCMU, results.take)
            await results.until(count)

    run(body, speaker, cache_bytes=320)
    assert speaker.texts == ["a", "b", "c", "b"]


def test_a_file_is_decoded_once_until_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    path.write_bytes(sound("wav", seconds=0.5))

    async def body(library: PromptLibrary, results: Results) -> None:
        for count in (1, 2):
            library.file(path, Law.PCMU, results.take)
            await results.until(count)
        assert results.clip(0) is results.clip(1)
        assert results.clip().duration_ms == 500
        path.write_bytes(sound("wav", seconds=0.7))
        library.file(path, Law.PCMU, results.take)
        await results.until(3)
        assert results.clip().duration_ms == 700
        assert results.clip().key != results.clip(0).key
        path.write_bytes(b"nonsense")
        library.file(path, Law.PCMU, results.take)
        library.file(tmp_path / "none.wav", Law.PCMU, results.take)
        await results.until(5)
        assert {str(result) for result in results[3:]} == {
            "not a sound file: it must be wav, mp3, flac or ogg",
            "none.wav cannot be read: No such file or directory",
        }

    run(body)


class Server(Fetcher):
    """Gives bodies without a network."""

    def __init__(self) -> None:
        super().__init__(VirtualClock())
        self.body = sound("wav", seconds=0.5)

    async def fetch(self, url: str) -> Fetched:
        if "missing" in url:
            raise MediaError("the server answered 404")
        return Fetched(self.body, str(hash(self.body)))


def test_a_url_is_asked_for_each_time_and_decoded_when_it_has_changed() -> None:
    server = Server()

    async def body(library: PromptLibrary, results: Results) -> None:
        for count in (1, 2):
            library.url("http://host/a.wav", Law.PCMA, results.take)
            await results.until(count)
        assert results.clip(0) is results.clip(1)
        server.body = sound("wav", seconds=0.3)
        library.url("http://host/a.wav", Law.PCMA, results.take)
        await results.until(3)
        assert results.clip().duration_ms == 300
        library.url("http://host/missing.wav", Law.PCMA, results.take)
        await results.until(4)
        assert isinstance(results[-1], MediaError)

    run(body, fetcher=server)


def test_without_a_fetcher_urls_are_refused() -> None:
    async def body(library: PromptLibrary, results: Results) -> None:
        library.url("http://host/a.wav", Law.PCMU, results.take)
        await results.until(1)
        assert "switched off" in str(results[0])

    run(body)


def test_closing_gives_up_what_is_under_way_without_a_word() -> None:
    results: list[Clip | CallError] = []

    async def body(library: PromptLibrary, _: Results) -> None:
        library.speak(Utterance("hello"), Law.PCMU, results.append)

    run(body)
    assert not results
