"""RTP packets (RFC 3550) and telephone events (RFC 4733), one at a time and many at once.

In come bytes, out come values or arrays. Pure: no sockets, no time.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dtmflow.errors import RemoteProtocolError

FRAME = 160
"""Samples, and with G.711 bytes, of 20 ms at 8 kHz."""
TONES = "0123456789*#"
"""The keys of a telephone in the order of their RFC 4733 event codes 0 to 11."""
STRIDE = 1024
"""Bytes of one row of a receive buffer: room for 120 ms of G.711; longer datagrams are refused."""

_HEADER = struct.Struct(">BBHLL")
_EVENT = struct.Struct(">BBH")

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One RTP packet. Source: RFC 3550 section 5.1."""

    payload_type: int
    sequence: int
    """16 bits."""
    timestamp: int
    """32 bits, in samples."""
    ssrc: int
    """32 bits."""
    payload: bytes
    marker: bool = False

    @classmethod
    def parse(cls, data: bytes) -> RtpPacket:
        """Read a datagram; CSRC list, header extension and padding are skipped.

        Raises:
            RemoteProtocolError: it is no RTP packet.
        """
        if len(data) < _HEADER.size:
            raise RemoteProtocolError(f"RTP: {len(data)} bytes are no header (RFC 3550 5.1)")
        first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
        if first >> 6 != 2:
            raise RemoteProtocolError(f"RTP: version {first >> 6}, not 2 (RFC 3550 5.1)")
        if 192 <= second <= 223:
            raise RemoteProtocolError(f"RTP: packet type {second} is RTCP (RFC 5761 4)")
        start = _HEADER.size + 4 * (first & 0x0F)
        if first & 0x10:
            if start + 4 > len(data):
                raise RemoteProtocolError("RTP: header extension is cut off (RFC 3550 5.3.1)")
            start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
        end = len(data) - (data[-1] if first & 0x20 else 0)
        if start > end:
            raise RemoteProtocolError("RTP: header or padding is longer than the packet")
        payload = data[start:end]
        return cls(second & 0x7F, sequence, timestamp, ssrc, payload, marker=second > 127)

    def build(self) -> bytes:
        """Return the datagram, without CSRC, extension or padding."""
        second = self.payload_type | (0x80 if self.marker else 0)
        header = _HEADER.pack(0x80, second, self.sequence, self.timestamp, self.ssrc)
        return header + self.payload


@dataclass(frozen=True, slots=True)
class TelephoneEvent:
    """Payload of a telephone event. Source: RFC 4733 section 2.3."""

    event: int
    """Event code; below 12 an index of `TONES`."""
    end: bool
    duration: int
    """Samples since the event's beginning, 16 bits."""
    volume: int = 10
    """Power below 0 dBm0 in dB, 0 to 63."""

    @classmethod
    def parse(cls, payload: bytes) -> TelephoneEvent:
        """Read a payload.

        Raises:
            RemoteProtocolError: it is shorter than four bytes.
        """
        if len(payload) < _EVENT.size:
            raise RemoteProtocolError("RTP: telephone event under 4 bytes (RFC 4733 2.3)")
        event, flags, duration = _EVENT.unpack_from(payload)
        return cls(event, bool(flags & 0x80), duration, flags & 0x3F)

    def build(self) -> bytes:
        """Return the four bytes of the payload."""
        flags = (0x80 if self.end else 0) | self.volume
        return _EVENT.pack(self.event, flags, self.duration)


class Headers(NamedTuple):
    """The headers of many datagrams, one array element each."""

    valid: Flags
    """Whether it is an RTP packet that `RtpPacket.parse` would take."""
    rtcp: Flags
    """Whether it is RTCP sent to the RTP port (RFC 5761 section 4)."""
    payload_type: Ints
    sequence: Ints
    timestamp: Ints
    ssrc: Ints
    start: Ints
    """Offset of the payload in its row."""
    size: Ints
    """Bytes of payload."""

    def some(self, chosen: Flags) -> Headers:
        """Return the headers of the chosen datagrams."""
        return Headers(
            self.valid[chosen],
            self.rtcp[chosen],
            self.payload_type[chosen],
            self.sequence[chosen],
            self.timestamp[chosen],
            self.ssrc[chosen],
            self.start[chosen],
            self.size[chosen],
        )


_RECEIVED = np.dtype(
    {
        "names": ["first", "second", "sequence", "timestamp", "ssrc"],
        "formats": ["u1", "u1", ">u2", ">u4", ">u4"],
        "offsets": [0, 1, 2, 4, 8],
        "itemsize": STRIDE,
    }
)


def parse_headers(rows: Bytes, lengths: Ints) -> Headers:
    """Read the headers of many datagrams at once.

    Args:
        rows: shape (n, STRIDE), contiguous, a datagram at the start of each row.
        lengths: bytes of each datagram; one that fills its row was cut and is not valid.
    """
    fields = rows.view(_RECEIVED)[:, 0]
    first = fields["first"].astype(np.int64)
    second = fields["second"].astype(np.int64)
    version = (lengths >= 12) & (first >> 6 == 2) & (lengths < STRIDE)
    rtcp = version & (second >= 192) & (second <= 223)
    valid = version & ~rtcp
    start = 12 + 4 * (first & 0x0F)
    end = lengths
    if (valid & (first & 0x30 != 0)).any():
        number = np.arange(len(rows))
        extended = valid & (first & 0x10 != 0)
        valid &= ~extended | (start + 4 <= lengths)
        at = np.minimum(start + 2, STRIDE - 2)
        words = rows[number, at].astype(np.int64) << 8 | rows[number, at + 1]
        start = np.where(extended, start + 4 + 4 * words, start)
        padding = rows[number, np.clip(lengths - 1, 0, STRIDE - 1)].astype(np.int64)
        end = np.where(first & 0x20 != 0, lengths - padding, lengths)
    size = end - start
    valid &= size >= 0
    return Headers(
        valid,
        rtcp,
        second & 0x7F,
        fields["sequence"].astype(np.int64),
        fields["timestamp"].astype(np.int64),
        fields["ssrc"].astype(np.int64),
        start,
        size,
    )
