"""The control process's side of the engine: the legs of the media process.

In come clips, digits and addresses; out go events, delivered on the asyncio loop one by one and
never from inside a call. A leg's port is bound here, so its number is known at once; the socket
then moves to the media process. Knows nothing of SIP.
"""

from __future__ import annotations

import ipaddress
import itertools
import resource
import secrets
import socket
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from dtmflow.errors import MediaError
from dtmflow.media.bank import PromptBank
from dtmflow.media.codecs import Clip, Law
from dtmflow.media.engine.messages import (
    Close,
    Closed,
    Command,
    Connect,
    Dial,
    Direct,
    Listen,
    Measure,
    MediaEvent,
    Open,
    Play,
    PlaybackFinished,
    PlaybackStarted,
    PlaybackStopped,
    Stop,
)
from dtmflow.media.packets import TONES
from dtmflow.media.worker import Worker

PAUSE = "p"
"""Among digits to send: 3 s of silence (3GPP TS 22.101 A.21)."""
_OTHER_FILES = 64


@dataclass(slots=True)
class Totals:
    """Packets of all legs that are over; of each leg's last stream in, where it had several."""

    sent: int = 0
    unsent: int = 0
    received: int = 0
    lost: int = 0
    """Expected less received, by sequence numbers; duplicates count against it."""

    def add(self, leg: Closed) -> None:
        """Count a leg that is over."""
        self.sent += leg.sent
        self.unsent += leg.unsent
        self.received += leg.received
        self.lost += leg.lost


class Leg:
    """The audio of one call: a UDP port that sends and hears G.711 (symmetric RTP)."""

    def __init__(self, gateway: Gateway, number: int, address: tuple[str, int]) -> None:
        self._gateway = gateway
        self._number = number
        self.host, self.port = address
        """Where it is bound; what the session description offers."""
        self._law: Law | None = None
        self._telephone_event: int | None = None
        self._closed = False

    def connect(
        self,
        host: str,
        port: int,
        *,
        law: Law,
        payload_type: int | None = None,
        telephone_event: int | None = None,
    ) -> None:
        """Send to and hear the address of the peer's session description; silence flows at once.

        May be called again after a re-INVITE; playback, SSRC and sequence run on.

        Args:
            host: IP address.
            port: 1 to 65535.
            law: the negotiated codec.
            payload_type: negotiated payload type of it; by default its static one.
            telephone_event: negotiated payload type of RFC 4733 events, or None.

        Raises:
            MediaError: no address that audio can be sent to, or the media process is gone.
        """
        try:
            address = ipaddress.ip_address(host)
            own = ipaddress.ip_address(self.host)
        except ValueError as error:
            raise MediaError(f"no IP address for RTP: {error}") from error
        nobody = address.is_multicast or address.is_unspecified
        if nobody or address.version != own.version or not 0 < port < 65536:
            raise MediaError(f"cannot send RTP from {self.host} to {host} port {port}")
        self._law, self._telephone_event = law, telephone_event
        kind = law.payload_type if payload_type is None else payload_type
        event = -1 if telephone_event is None else telephone_event
        self._do(Connect(self._number, str(address), port, law.value, kind, event))

    def direct(self, *, send: bool, receive: bool) -> None:
        """Open or shut the directions (hold); both are open at first."""
        self._do(Direct(self._number, send, receive))

    def play(self, clip: Clip, *, loop: bool = False, token: int = 0) -> None:
        """Play a clip in place of what plays; `PlaybackStarted` and so on carry the token.

        Raises:
            MediaError: the leg is not connected or in another law, or prompt memory is full.
        """
        self._check()
        if self._law is None:
            raise MediaError("the leg is not connected")
        if clip.law is not self._law:
            raise MediaError(f"a {clip.law} clip cannot be played on a {self._law} leg")
        self._gateway._play(self._number, clip, token, loop=loop)  # noqa: SLF001 - two halves of one

    def stop(self) -> None:
        """Play nothing any more; no effect when nothing plays."""
        self._do(Stop(self._number))

    def send_digits(self, digits: str, *, token: int = 0) -> None:
        """Send 0-9 * # as RFC 4733 events of 100 ms, `p` as 3 s of pause; what plays is held back.

        Raises:
            MediaError: another character, or the peer takes no telephone events.
        """
        if not digits or set(digits) - set(TONES + PAUSE):
            raise MediaError(f"cannot send {digits!r}: digits are 0-9 * # and p for a pause")
        if self._telephone_event is None:
            raise MediaError("the peer has not agreed to telephone events (RFC 4733)")
        self._do(Dial(self._number, token, digits))

    def listen(self, *, on: bool = True) -> None:
        """Report what is heard as `Heard` events of 20 ms, 60 ms late."""
        self._do(Listen(self._number, on))

    def statistics(self, *, token: int = 0) -> None:
        """Ask for the counters, which come as a `Statistics` event."""
        self._do(Measure(self._number, token))

    def close(self) -> None:
        """End the leg and free its port; no event comes afterwards. Twice is as good as once."""
        if not self._closed:
            self._closed = True
            self._gateway._forget(self._number)  # noqa: SLF001 - two halves of one

    def _do(self, command: Command) -> None:
        self._check()
        self._gateway._worker.send(command)  # noqa: SLF001 - two halves of one

    def _check(self) -> None:
        if self._closed:
            raise MediaError("the leg is closed")
        if not self._gateway._has(self._number):  # noqa: SLF001 - two halves of one
            raise MediaError("the media process of this leg does not run any more")


class Gateway:
    """One media process and its legs. All methods belong to the loop that ran `start`."""

    def __init__(
        self,
        *,
        ports: range = range(16384, 32768, 2),
        capacity: int = 2048,
        prompt_bytes: int = 64 << 20,
        on_lost: Callable[[str], None] | None = None,
    ) -> None:
        """Describe it; nothing runs before `start`.

        Args:
            ports: RTP ports to bind, even ones by RFC 3550 section 11.
            capacity: most legs at a time.
            prompt_bytes: memory for encoded clips, 8000 bytes a second.
            on_lost: called once with the reason when the media process dies by itself.
        """
        self._ports, self._capacity = ports, capacity
        self._prompt_bytes, self._on_lost = prompt_bytes, on_lost
        self._next_port = secrets.randbelow(len(ports))
        self._numbers = itertools.count(1)
        self._listeners: dict[int, Callable[[MediaEvent], None]] = {}
        self._playbacks: dict[int, tuple[int, Hashable]] = {}
        self._worker = Worker(self._deliver, self._lose)
        self._bank: PromptBank | None = None
        self.totals = Totals()
        """What the legs that are over have sent and received."""

    @property
    def legs(self) -> int:
        """Number of open legs."""
        return len(self._listeners)

    @property
    def pid(self) -> int | None:
        """Process id of the media process while it runs."""
        return self._worker.pid

    async def start(self) -> None:
        """Start the media process; when this returns its engine runs and legs can be opened.

        Raises:
            MediaError: it did not start.
        """
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if hard != resource.RLIM_INFINITY:
            self._capacity = min(self._capacity, hard - _OTHER_FILES)
        self._bank = PromptBank(self._prompt_bytes)
        try:
            await self._worker.start(self._bank.descriptor, self._capacity)
        except MediaError:
            self._clear()
            raise

    async def close(self) -> None:
        """Stop the media process and wait for its end. Legs are closed without further events."""
        self._listeners.clear()
        await self._worker.close()
        self._clear()

    def open(self, host: str, on_event: Callable[[MediaEvent], None]) -> Leg:
        """Bind a port at an IP address of this machine and return the leg at once.

        Raises:
            MediaError: no port is free, no row is left, or the media process is gone.
        """
        if len(self._listeners) >= self._capacity:
            raise MediaError(f"all {self._capacity} legs of the media process are in use")
        if not self._worker.runs:
            raise MediaError("the media process does not run")
        port = self._bind(host)
        address = port.getsockname()[:2]
        number = next(self._numbers)
        self._listeners[number] = on_event
        opening = Open(number, secrets.randbits(32), secrets.randbits(15), secrets.randbits(31))
        self._worker.send(opening, port.detach())
        return Leg(self, number, address)

    def _bind(self, host: str) -> socket.socket:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        for _ in self._ports:
            number = self._ports[self._next_port]
            self._next_port = (self._next_port + 1) % len(self._ports)
            port = socket.socket(family, socket.SOCK_DGRAM)
            try:
                port.bind((host, number))
            except OSError as error:
                port.close()
                if error.errno != 98:  # in use: try the next
                    raise MediaError(f"cannot bind RTP to {host}:{number}: {error}") from error
            else:
                return port
        raise MediaError(f"no RTP port is free in {self._ports.start}-{self._ports.stop}")

    def _play(self, number: int, clip: Clip, token: int, *, loop: bool) -> None:
        if self._bank is None:
            raise MediaError("the media process does not run")
        first, frames = self._bank.acquire(clip)
        serial = next(self._numbers)
        self._playbacks[serial] = (token, clip.key)
        self._worker.send(Play(number, serial, first, frames, loop))

    def _has(self, number: int) -> bool:
        """Tell whether a leg is one of the present media process."""
        return number in self._listeners

    def _forget(self, number: int) -> None:
        if self._listeners.pop(number, None) is not None:
            self._worker.send(Close(number))

    def _lose(self, reason: str) -> None:
        self._clear()
        if self._on_lost is not None:
            self._on_lost(reason)

    def _clear(self) -> None:
        """Forget what belonged to a media process that is gone."""
        self._listeners.clear()
        self._playbacks.clear()
        if self._bank is not None:
            self._bank.close()
            self._bank = None

    def _deliver(self, event: MediaEvent) -> None:
        if isinstance(event, PlaybackStarted):
            event = PlaybackStarted(event.leg, self._playbacks[event.token][0])
        elif isinstance(event, PlaybackFinished | PlaybackStopped):
            token, key = self._playbacks.pop(event.token)
            if self._bank is not None:
                self._bank.release(key)
            event = type(event)(event.leg, token)
        elif isinstance(event, Closed):
            self.totals.add(event)
        listener = self._listeners.get(event.leg)
        if listener is not None:
            listener(event)
