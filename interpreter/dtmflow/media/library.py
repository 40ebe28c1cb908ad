"""Everything a call can be made to hear, prepared once: texts, files and addresses to clips.

In come an utterance, a path or a URL; out goes a `Clip`, from the cache or out of a worker
thread, always by callback on the loop. Equal requests under way are worked on once. There is
one task for each distinct sound being prepared, none for a call.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dtmflow.errors import CallError, MediaError
from dtmflow.media.codecs import Clip, Law, clip
from dtmflow.media.fetch import Fetcher
from dtmflow.media.prompts import decode, read
from dtmflow.ports import Synthesizer, Utterance

Done = Callable[[Clip | CallError], None]
"""Takes the clip, or the error that says why there is none. Never called from inside a request."""


class PromptLibrary:
    """Prepares clips. All methods belong to one asyncio loop."""

    def __init__(
        self,
        synthesizer: Synthesizer,
        fetcher: Fetcher | None = None,
        *,
        cache_bytes: int = 64 << 20,
        workers: int = 1,
    ) -> None:
        """Take what speaks and what fetches; without a fetcher no URL can be played.

        Args:
            synthesizer: speaks texts, called in worker threads.
            fetcher: gets files over HTTP.
            cache_bytes: encoded audio to keep, 8000 bytes a second; oldest use goes first.
            workers: threads that synthesise and decode.
        """
        self._synthesizer, self._fetcher = synthesizer, fetcher
        self._budget = cache_bytes
        self._clips: OrderedDict[Hashable, Clip] = OrderedDict()
        self._size = 0
        self._waiting: dict[Hashable, list[Done]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._workers = ThreadPoolExecutor(workers, "prompts")

    def speak(self, utterance: Utterance, law: Law, done: Done) -> None:
        """Prepare a spoken text."""

        def make() -> Clip:
            return clip(utterance, self._synthesizer.synthesize(utterance), law)

        self._prepare((utterance, law), lambda: self._work(make), done)

    def file(self, path: Path, law: Law, done: Done) -> None:
        """Prepare a sound file; a file that has changed since is read again."""
        try:
            state = path.stat()
        except OSError as error:
            problem = MediaError(f"{path.name} cannot be read: {error.strerror}")
            asyncio.get_running_loop().call_soon(done, problem)
            return
        key = (path, state.st_mtime_ns, state.st_size)
        self._prepare(
            (key, law), lambda: self._work(lambda: clip(key, decode(read(path)), law)), done
        )

    def url(self, url: str, law: Law, done: Done) -> None:
        """Prepare a sound file from an http(s) address; the server is asked whether it changed."""
        self._prepare(("url", url, law), lambda: self._download(url, law), done, keep=False)

    async def close(self) -> None:
        """Give up what is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _prepare(
        self, key: Hashable, make: Callable[[], Awaitable[Clip]], done: Done, *, keep: bool = True
    ) -> None:
        loop = asyncio.get_running_loop()
        if key in self._clips:
            self._clips.move_to_end(key)
            loop.call_soon(done, self._clips[key])
        elif key in self._waiting:
            self._waiting[key].append(done)
        else:
            self._waiting[key] = [done]
            task = loop.create_task(self._run(key, make, keep=keep))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(
        self, key: Hashable, make: Callable[[], Awaitable[Clip]], *, keep: bool
    ) -> None:
        result: Clip | CallError
        try:
            result = await make()
        except CallError as error:
            result = error
        except asyncio.CancelledError:
            self._waiting.pop(key)
            raise
        if keep and isinstance(result, Clip):
            self._keep(key, result)
        for done in self._waiting.pop(key):
            done(result)

    async def _work(self, make: Callable[[], Clip]) -> Clip:
        return await asyncio.get_running_loop().run_in_executor(self._workers, make)

    async def _download(self, url: str, law: Law) -> Clip:
        if self._fetcher is None:
            raise MediaError(f"{url}: fetching over HTTP is switched off")
        found = await self._fetcher.fetch(url)
        key = ("sound", found.digest, law)
        if key not in self._clips:
            ready = await self._work(
                lambda: clip(("sound", found.digest), decode(found.body), law)
            )
            self._keep(key, ready)
        self._clips.move_to_end(key)
        return self._clips[key]

    def _keep(self, key: Hashable, ready: Clip) -> None:
        if key in self._clips:
            return
        self._clips[key] = ready
        self._size += len(ready.payload)
        while self._size > self._budget and len(self._clips) > 1:
            _, gone = self._clips.popitem(last=False)
            self._size -= len(gone.payload)
