"""A telephone for tests and for `dtmflow try`: one call over real SIP and RTP.

Comes in: a SIP URI, keys. Goes out: what was heard, as samples on the RTP clock. It shares the SIP
and packet code with the program, and neither its engine nor its lines.
"""

from __future__ import annotations

import asyncio
import secrets
import wave
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dtmflow.clock import Clock, Timer
from dtmflow.errors import RemoteProtocolError, UsageError
from dtmflow.media.codecs import RATE, Law, decode
from dtmflow.media.packets import FRAME, TONES, RtpPacket, TelephoneEvent
from dtmflow.sip.events import Address, Answered, Ended, Failed, LegId, Progress, SipEvent
from dtmflow.sip.offer_answer import Codec, LocalMedia, MediaSession
from dtmflow.sip.settings import Settings
from dtmflow.sip.transport.udp import UdpTransport
from dtmflow.sip.user_agent import UserAgent

PERIOD = 0.02
"""Seconds between two packets."""
KEY_PACKETS = 5
"""Packets of 20 ms that a key is held, before the three that end it (RFC 4733 2.5.1.4)."""
END_PACKETS = 3
PAUSE_PACKETS = 2


class Phone:
    """Places one call. All methods belong to the loop that ran `open`."""

    def __init__(
        self,
        clock: Clock,
        on_event: Callable[[SipEvent], None],
        *,
        host: str = "127.0.0.1",
        on_audio: Callable[[NDArray[np.int16]], None] | None = None,
        codecs: tuple[Codec, ...] = (Codec.PCMU, Codec.PCMA),
    ) -> None:
        """Describe it.

        Args:
            clock: the loop's clock.
            on_event: is told what becomes of the call, `Answered`, `Ended` or `Failed` among it.
            host: own address, for signalling and audio.
            on_audio: is handed each 160 samples at 8 kHz as they arrive.
            codecs: offered, in this order.
        """
        self._clock, self._on_event, self._host = clock, on_event, host
        self._on_audio, self._codecs = on_audio, codecs
        self._agent: UserAgent | None = None
        self._transport: UdpTransport | None = None
        self._rtp: asyncio.DatagramTransport | None = None
        self._leg: LegId | None = None
        self._media: MediaSession | None = None
        self._timer: Timer | None = None
        self._due = 0.0
        self._sequence, self._timestamp = secrets.randbits(15), secrets.randbits(31)
        self._ssrc = secrets.randbits(32)
        self._keys: deque[str] = deque()
        self._pressed = 0
        self._pressed_at = 0
        self._packets: list[tuple[int, NDArray[np.int16]]] = []
        self._key_heard = -1
        self.keys_heard = ""
        """Keys that the other side pressed (RFC 4733), in order."""

    async def open(self) -> None:
        """Bind both sockets.

        Raises:
            TransportError: an address cannot be bound.
        """
        loop = asyncio.get_running_loop()
        settings = Settings(self._host, 0)
        agent = UserAgent(settings, lambda: secrets.token_hex(8))
        transport = UdpTransport(agent, self._clock, self._on_signal)
        transport.open(self._host, 0)
        self._agent, self._transport = agent, transport
        self._rtp, _ = await loop.create_datagram_endpoint(
            lambda: _Ear(self._on_packet), local_addr=(self._host, 0)
        )

    def dial(
        self, uri: str, *, caller: str = "caller", destination: Address | None = None
    ) -> None:
        """Send the INVITE; `Answered` or `Failed` follows."""
        agent, transport, rtp = self._opened()
        port = rtp.get_extra_info("sockname")[1]
        media = LocalMedia(self._host, port, codecs=self._codecs)
        self._leg = agent.invite(
            uri, media, self._clock.now(), caller=caller, destination=destination
        )
        transport.flush()

    def press(self, key: str) -> None:
        """Press a key for 100 ms; several are pressed one after the other. Source: RFC 4733.

        Raises:
            UsageError: it is none of 0-9 * #.
        """
        if key not in TONES or len(key) != 1:
            raise UsageError(f"{key!r} is no key: a telephone has 0-9 * #")
        self._keys.append(key)

    def hangup(self) -> None:
        """End the call with BYE or CANCEL; `Ended` or `Failed` follows."""
        agent, transport, _ = self._opened()
        if self._leg is not None:
            agent.hangup(self._leg, self._clock.now())
            transport.flush()

    def close(self) -> None:
        """Close both sockets."""
        if self._timer is not None:
            self._timer.cancel()
        if self._rtp is not None:
            self._rtp.close()
        if self._transport is not None:
            self._transport.close()

    def heard(self) -> NDArray[np.int16]:
        """Return all that was heard, 16-bit at 8 kHz; what never arrived is silence."""
        if not self._packets:
            return np.zeros(0, np.int16)
        stamps = np.unwrap(
            np.array([stamp for stamp, _ in self._packets], np.int64), period=1 << 32
        )
        places = stamps - stamps.min()
        heard = np.zeros(int(places.max()) + FRAME, np.int16)
        for place, (_, samples) in zip(places.tolist(), self._packets, strict=True):
            heard[place : place + len(samples)] = samples[: len(heard) - place]
        return heard

    def write_wav(self, path: Path) -> None:
        """Write what was heard as 16-bit mono at 8 kHz."""
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(self.heard().astype("<i2").tobytes())

    def _opened(self) -> tuple[UserAgent, UdpTransport, asyncio.DatagramTransport]:
        if self._agent is None or self._transport is None or self._rtp is None:
            raise UsageError("the phone is not open")
        return self._agent, self._transport, self._rtp

    def _on_signal(self, event: SipEvent) -> None:
        if isinstance(event, Answered):
            self._media = event.media
            self._due = self._clock.now()
            self._send()
        elif isinstance(event, Progress) and event.media is not None:
            self._media = event.media
        elif isinstance(event, Ended | Failed):
            self._media = None
        self._on_event(event)

    def _send(self) -> None:
        """Send one packet, a key's before silence, and come back 20 ms after it was due."""
        if self._media is None or self._rtp is None:
            return
        packet = self._key_packet(self._media) or RtpPacket(
            self._media.payload_type,
            self._sequence,
            self._timestamp,
            self._ssrc,
            bytes([Law(self._media.codec.value).silence]) * FRAME,
        )
        self._rtp.sendto(packet.build(), (self._media.host, self._media.port))
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp = (self._timestamp + FRAME) & 0xFFFFFFFF
        self._due += PERIOD
        self._timer = self._clock.call_later(self._due - self._clock.now(), self._send)

    def _key_packet(self, media: MediaSession) -> RtpPacket | None:
        """Return the next packet of the key that is down, or None for one of silence."""
        if not self._keys or media.telephone_event is None:
            return None
        number, self._pressed = self._pressed, self._pressed + 1
        if number >= KEY_PACKETS + END_PACKETS:  # the key is up: a pause, then the next one
            if number >= KEY_PACKETS + END_PACKETS + PAUSE_PACKETS:
                self._keys.popleft()
                self._pressed = 0
            return None
        if number == 0:
            self._pressed_at = self._timestamp
        duration = FRAME * min(number + 1, KEY_PACKETS + 1)
        event = TelephoneEvent(TONES.index(self._keys[0]), number >= KEY_PACKETS, duration)
        return RtpPacket(
            media.telephone_event,
            self._sequence,
            self._pressed_at,
            self._ssrc,
            event.build(),
            marker=number == 0,
        )

    def _on_packet(self, data: bytes) -> None:
        try:
            packet = RtpPacket.parse(data)
            if self._media is not None and packet.payload_type == self._media.telephone_event:
                self._on_key(packet)
        except RemoteProtocolError:
            return
        if self._media is None or packet.payload_type != self._media.payload_type:
            return
        samples = decode(packet.payload, Law(self._media.codec.value))
        self._packets.append((packet.timestamp, samples))
        if self._on_audio is not None:
            self._on_audio(samples)

    def _on_key(self, packet: RtpPacket) -> None:
        """Note a key once: all packets of one press bear the time of its beginning."""
        event = TelephoneEvent.parse(packet.payload).event
        if packet.timestamp != self._key_heard and event < len(TONES):
            self._key_heard = packet.timestamp
            self.keys_heard += TONES[event]


class _Ear(asyncio.DatagramProtocol):
    """Hands on datagrams; what the network says besides is of no use to a phone."""

    def __init__(self, on_packet: Callable[[bytes], None]) -> None:
        self._on_packet = on_packet

    def datagram_received(self, data: bytes, _source: object) -> None:
        self._on_packet(data)
