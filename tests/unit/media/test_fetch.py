from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from dtmflow.clock import VirtualClock
from dtmflow.errors import MediaError
from dtmflow.media.fetch import Fetcher
from dtmflow.media.prompts import MOST_BYTES

pytestmark = pytest.mark.unit


class Site:
    """A server on loopback that notes what it was asked."""

    def __init__(self) -> None:
        self.body = b"sound"
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        self.base = ""
        self.over = asyncio.Event()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request.headers.get("If-None-Match", ""))
        if request.path == "/away":
            raise web.HTTPFound("/sound")
        if request.path == "/around":
            raise web.HTTPFound("/around")
        if request.path == "/slow":
            await self.over.wait()
        if request.path == "/missing":
            raise web.HTTPNotFound
        if request.headers.get("If-None-Match") == self.headers.get("ETag", "none"):
            return web.Response(status=304, headers=self.headers)
        return web.Response(body=self.body, headers=self.headers)


def run(
    body: Callable[[Site, Fetcher, VirtualClock], Awaitable[None]],
    *,
    timeout: float = 10.0,
    cache_bytes: int = 1 << 20,
) -> None:
    async def main() -> None:
        site, clock = Site(), VirtualClock()
        runner = web.ServerRunner(web.Server(site.answer), shutdown_timeout=0)
        await runner.setup()
        place = web.TCPSite(runner, "127.0.0.1", 0)
        await place.start()
        site.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        fetcher = Fetcher(clock, cache_bytes=cache_bytes, timeout=timeout)
        try:
            await body(site, fetcher, clock)
        finally:
            site.over.set()
            await fetcher.close()
            await runner.cleanup()

    asyncio.run(main())


def test_a_file_is_fetched_and_asked_about_again_by_its_etag() -> None:
    async def body(site: Site, fetcher: Fetcher, _: VirtualClock) -> None:
        site.headers = {"ETag": '"one"'}
        first = await fetcher.fetch(site.base + "/sound")
        assert await fetcher.fetch(site.base + "/sound") is first
        site.body, site.headers = b"other", {"ETag": '"two"'}
        second = await fetcher.fetch(site.base + "/sound")
        assert (first.body, second.body) == (b"sound", b"other")
        assert first.digest != second.digest
        assert site.asked == ["", '"one"', '"one"']

    run(body)


def test_a_fresh_file_is_not_asked_about_until_its_age_is_over() -> None:
    async def body(site: Site, fetcher: Fetcher, clock: VirtualClock) -> None:
        site.headers = {"Cache-Control": "public, max-age=60"}
        await fetcher.fetch(site.base + "/sound")
        clock.advance(59)
        await fetcher.fetch(site.base + "/sound")
        assert len(site.asked) == 1
        clock.advance(2)
        await fetcher.fetch(site.base + "/sound")
        assert len(site.asked) == 2

    run(body)


def test_what_must_not_be_stored_or_has_no_room_is_fetched_again() -> None:
    async def body(site: Site, fetcher: Fetcher, _: VirtualClock) -> None:
        site.headers = {"Cache-Control": "no-store, max-age=60"}
        for __ in range(2):
            await fetcher.fetch(site.base + "/sound")
        site.headers = {"Cache-Control": "max-age=60"}
        site.body = bytes(200)
        for __ in range(2):
            await fetcher.fetch(site.base + "/large")
        assert len(site.asked) == 4

    run(body, cache_bytes=100)


def test_redirects_are_followed_but_not_for_ever() -> None:
    async def body(site: Site, fetcher: Fetcher, _: VirtualClock) -> None:
        assert (await fetcher.fetch(site.base + "/away")).body == b"sound"
        with pytest.raises(MediaError):
            await fetcher.fetch(site.base + "/around")

    run(body)


def test_refusals_and_files_too_large_are_media_errors() -> None:
    async def body(site: Site, fetcher: Fetcher, _: VirtualClock) -> None:
        with pytest.raises(MediaError, match="answered 404"):
            await fetcher.fetch(site.base + "/missing")
        site.body = bytes(MOST_BYTES + 1)
        with pytest.raises(MediaError, match="more than"):
            await fetcher.fetch(site.base + "/sound")
        with pytest.raises(MediaError):
            await fetcher.fetch("http://127.0.0.1:1/sound")

    run(body)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://host/a", "sound.wav", "http:///x"])
def test_other_addresses_are_refused(url: str) -> None:
    async def body(_: Site, fetcher: Fetcher, __: VirtualClock) -> None:
        with pytest.raises(MediaError, match="no http"):
            await fetcher.fetch(url)

    run(body)


def test_a_server_that_does_not_answer_in_time_is_given_up() -> None:
    async def body(site: Site, fetcher: Fetcher, _: VirtualClock) -> None:
        with pytest.raises(MediaError, match="too long"):
            await fetcher.fetch(site.base + "/slow")

    run(body, timeout=0.2)
