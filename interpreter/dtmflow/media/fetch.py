"""Sound files over HTTP: bounded in size and time, kept and revalidated (RFC 9111).

In comes a URL, out go its bytes or a `MediaError`. Runs on the asyncio loop of the control
process; must not know what the bytes are.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp

from dtmflow.clock import Clock
from dtmflow.errors import MediaError
from dtmflow.media.prompts import MOST_BYTES

_REDIRECTS = 3


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as the server has it now."""

    body: bytes = field(repr=False)
    digest: str
    """SHA-256 of the body: equal digests, equal files."""


@dataclass(slots=True)
class _Kept:
    fetched: Fetched
    fresh_until: float
    validators: dict[str, str]


class Fetcher:
    """An HTTP client with a cache of its own."""

    def __init__(
        self, clock: Clock, *, cache_bytes: int = 32 << 20, timeout: float = 10.0
    ) -> None:
        """Describe it; the first fetch opens the session.

        Args:
            clock: for the age of what is kept.
            cache_bytes: bodies to keep; oldest use goes first.
            timeout: seconds for the whole transfer.
        """
        self._clock, self._budget = clock, cache_bytes
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def fetch(self, url: str) -> Fetched:
        """Return the file at an http or https address.

        Raises:
            MediaError: another scheme, a refusal, too large, too slow or unreachable.
        """
        if not re.match(r"https?://[^/]", url, re.IGNORECASE):
            raise MediaError(f"{url!r} is no http or https address")
        kept = self._kept.get(url)
        if kept is not None and self._clock.now() < kept.fresh_until:
            self._kept.move_to_end(url)
            return kept.fetched
        try:
            return await self._ask(url, kept)
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            reason = "it took too long" if isinstance(error, TimeoutError) else str(error)
            raise MediaError(f"{url}: {reason}") from error

    async def close(self) -> None:
        """Close the session and forget what is kept."""
        self._kept.clear()
        if self._session is not None:
            await self._session.close()
            self._session = None
            await asyncio.sleep(0)

    async def _ask(self, url: str, kept: _Kept | None) -> Fetched:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        headers = kept.validators if kept else {}
        async with self._session.get(url, headers=headers, max_redirects=_REDIRECTS) as response:
            if response.status == 304 and kept is not None:
                fetched = kept.fetched
            elif response.status != 200:
                raise MediaError(f"{url}: the server answered {response.status}")
            else:
                body = bytearray()
                async for block in response.content.iter_chunked(1 << 16):
                    body += block
                    if len(body) > MOST_BYTES:
                        raise MediaError(f"{url}: more than {MOST_BYTES} bytes")
                fetched = Fetched(bytes(body), hashlib.sha256(body).hexdigest())
            self._keep(url, fetched, response.headers, kept)
            return fetched

    def _keep(
        self,
        url: str,
        fetched: Fetched,
        headers: Mapping[str, str],
        before: _Kept | None,
    ) -> None:
        control = headers.get("Cache-Control", "")
        self._kept.pop(url, None)
        if "no-store" in control:
            return
        age = re.search(r"max-age=(\d{1,9})", control)
        lives = 0.0 if age is None or "no-cache" in control else float(age[1])
        found = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}
        validators = {ask: headers[name] for ask, name in found.items() if name in headers}
        if not validators and before is not None:
            validators = before.validators
        self._kept[url] = _Kept(fetched, self._clock.now() + lives, validators)
        while sum(len(it.fetched.body) for it in self._kept.values()) > self._budget:
            self._kept.popitem(last=False)
