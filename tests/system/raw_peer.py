"""A caller that is written by hand: each message is what a test says, each answer is kept."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import replace

from dtmflow.sip.grammar import host_port
from dtmflow.sip.messages import MessageError, Request, Response, parse
from support.sip_wire import Call

PATIENCE = 5


class RawPeer:
    """One SIP socket and one RTP socket on loopback."""

    def __init__(
        self, server: tuple[str, int], *, host: str = "127.0.0.1", name: str = "1"
    ) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.sip = _bound(family, host)
        self.rtp = _bound(family, host)
        self.rtp.settimeout(0)
        self.server, self.host = server, host
        self.rtp_port: int = self.rtp.getsockname()[1]
        at = host_port(host, self.sip.getsockname()[1])
        self.call = Call(
            call_id=f"call-{name}-{at}",
            branch=f"z9hG4bK-{name}-{at}",
            uri=f"sip:shop@{host_port(*server)}",
            peer=at,
        )
        self.seen: list[Request | Response] = []
        """All that came, in order."""
        self._queue: asyncio.Queue[Request | Response] = asyncio.Queue()
        self.sip.settimeout(0)
        asyncio.get_running_loop().add_reader(self.sip.fileno(), self._read)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.sip.fileno())
        self.sip.close()
        self.rtp.close()

    def offer(
        self, *, version: int = 1, direction: str = "sendrecv", formats: str = "0 8 101"
    ) -> str:
        """Return a session description for the RTP socket."""
        family = "IP6" if ":" in self.host else "IP4"
        return (
            f"v=0\r\no=raw 1 {version} IN {family} {self.host}\r\ns=-\r\n"
            f"c=IN {family} {self.host}\r\nt=0 0\r\nm=audio {self.rtp_port} RTP/AVP {formats}\r\n"
            f"a=rtpmap:101 telephone-event/8000\r\na={direction}\r\n"
        )

    def send(
        self,
        method: str,
        body: str = "",
        headers: Mapping[str, str] | None = None,
        content_type: str = "application/sdp",
    ) -> None:
        """Send a request of the call as it stands."""
        self.send_raw(self.call.request(method, body, headers, content_type=content_type))

    def send_next(self, method: str, body: str = "", **more: object) -> None:
        """Send the next request of the dialog."""
        self.call = self.call.next()
        self.send(method, body, **more)  # type: ignore[arg-type]

    def send_raw(self, data: bytes) -> None:
        self.sip.sendto(data, self.server)

    def acknowledge(self, body: str = "") -> None:
        """Send the ACK of a 2xx."""
        self.send_raw(replace(self.call, branch=f"{self.call.branch}-ack").request("ACK", body))

    def reply(self, request: Request, code: int = 200) -> None:
        """Answer a request."""
        lines = [f"SIP/2.0 {code} Whatever"]
        lines += [f"Via: {via}" for via in request.headers["via"]]
        for name in ("From", "To", "Call-ID", "CSeq"):
            lines.append(f"{name}: {request.get(name.lower())}")
        self.send_raw(("\r\n".join(lines) + "\r\nContent-Length: 0\r\n\r\n").encode())

    async def receive(self) -> Request | Response:
        """Wait for the next message."""
        async with asyncio.timeout(PATIENCE):
            return await self._queue.get()

    async def response(self, code: int) -> Response:
        """Wait for a response with the code; messages before it are passed over."""
        while True:
            message = await self.receive()
            if isinstance(message, Response) and message.code == code:
                return message

    async def request(self, method: str) -> Request:
        """Wait for a request; messages before it are passed over."""
        while True:
            message = await self.receive()
            if isinstance(message, Request) and message.method == method:
                return message

    async def connect(self, body: str | None = None, **headers: str) -> Response:
        """Call, wait for the 200, acknowledge; returns the 200."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        self.send("INVITE", self.offer() if body is None else body, given)
        ok = await self.response(200)
        self.call = self.call.within(ok)
        self.acknowledge()
        return ok

    async def hear(self, packets: int) -> list[bytes]:
        """Wait for so many RTP packets."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(PATIENCE):
            return [await loop.sock_recv(self.rtp, 2048) for _ in range(packets)]

    def hears_nothing(self) -> bool:
        """Tell whether no RTP packet waits."""
        try:
            self.rtp.recv(2048)
        except BlockingIOError:
            return True
        return False

    def _read(self) -> None:
        try:
            message = parse(self.sip.recv(65536))
        except MessageError:  # the echo of broken header fields that somebody sent in our name
            return
        self.seen.append(message)
        self._queue.put_nowait(message)


def _bound(family: int, host: str) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_DGRAM)
    opened.bind((host, 0))
    return opened


def audio_port(message: Request | Response) -> int:
    """Return the RTP port that a session description names."""
    line = next(each for each in message.body.decode().splitlines() if each.startswith("m=audio"))
    return int(line.split()[1])
