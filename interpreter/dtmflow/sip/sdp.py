"""Session descriptions: text in, a frozen tree out, and back.

Only the lines that audio negotiation reads are kept; the rest is passed over. Nothing here judges
an offer: that is `offer_answer`. Source: RFC 4566 (8866).
"""

from __future__ import annotations

from dataclasses import dataclass

from dtmflow.errors import RemoteProtocolError

MAX_LINES = 512
MAX_MEDIA = 16


@dataclass(frozen=True, slots=True)
class MediaDescription:
    """One m-line with what belongs to it."""

    kind: str
    """`audio`, `video`, ..."""
    port: int
    """0: the stream is refused or removed."""
    protocol: str
    """`RTP/AVP`, `RTP/SAVP`, ..."""
    formats: tuple[str, ...]
    """Payload types in order of preference."""
    host: str
    """Address of the c= line that counts for this stream; empty when there is none."""
    attributes: tuple[tuple[str, str], ...] = ()
    """a= lines as (name, value) in order; value is empty for a flag."""

    def attribute(self, name: str) -> str | None:
        """Return the value of the first a= line of that name."""
        return next((value for key, value in self.attributes if key == name), None)

    def rtpmap(self) -> dict[str, str]:
        """Return payload type -> `ENCODING/rate` in upper case, of a=rtpmap lines."""
        table = {}
        for key, value in self.attributes:
            if key == "rtpmap":
                payload_type, _, encoding = value.partition(" ")
                table[payload_type] = encoding.strip().upper()
        return table


@dataclass(frozen=True, slots=True)
class SessionDescription:
    """A whole SDP body."""

    origin: str
    """The o= line after the `=`: who, session id, version, address."""
    media: tuple[MediaDescription, ...]
    attributes: tuple[tuple[str, str], ...] = ()
    """a= lines before the first m-line."""
    text: str = ""
    """The body as it came."""

    def direction(self, media: MediaDescription) -> str:
        """Return `sendrecv`, `sendonly`, `recvonly` or `inactive` for one of the streams."""
        for attributes in (media.attributes, self.attributes):
            for key, _ in attributes:
                if key in _DIRECTIONS:
                    return key
        return "sendrecv"


_DIRECTIONS = frozenset(("sendrecv", "sendonly", "recvonly", "inactive"))


def parse_sdp(body: bytes) -> SessionDescription:
    """Read an SDP body; tolerates bare LF, unknown lines and missing t= or s=.

    Raises:
        RemoteProtocolError: no v=0, no o=, a broken m- or c-line, or too many lines.
    """
    text = body.decode("utf-8", "replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MAX_LINES:
        raise RemoteProtocolError(f"SDP has more than {MAX_LINES} lines")
    if lines[0].strip() != "v=0":
        raise RemoteProtocolError("SDP does not begin with v=0")
    reader = _Reader()
    for line in lines[1:]:
        key, equals, value = line.partition("=")
        if equals and len(key) == 1:
            reader.take(key, value.strip())
        elif line.strip():
            raise RemoteProtocolError("SDP has a line that is not <letter>=<value>")
    if not reader.origin:
        raise RemoteProtocolError("SDP has no o= line")
    return SessionDescription(
        origin=reader.origin,
        media=tuple(each.close(reader.host) for each in reader.media),
        attributes=tuple(reader.attributes),
        text=text,
    )


class _Reader:
    """The session part, and the m-lines so far."""

    def __init__(self) -> None:
        self.origin = self.host = ""
        self.attributes: list[tuple[str, str]] = []
        self.media: list[_OpenMedia] = []

    def take(self, key: str, value: str) -> None:
        if key == "m":
            if len(self.media) == MAX_MEDIA:
                raise RemoteProtocolError(f"SDP has more than {MAX_MEDIA} m-lines")
            self.media.append(_OpenMedia(value))
        elif key == "a":
            name, _, rest = value.partition(":")
            part = self.media[-1] if self.media else self
            part.attributes.append((name.lower(), rest))
        elif key == "c":
            part = self.media[-1] if self.media else self
            part.host = part.host or _connection(value)
        elif key == "o":
            self.origin = value


class _OpenMedia:
    """An m-line whose c= and a= lines are still being read."""

    def __init__(self, value: str) -> None:
        parts = value.split()
        port = parts[1].partition("/")[0] if len(parts) > 3 else ""
        if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65535):
            raise RemoteProtocolError("SDP has a broken m-line")
        self.kind, self.protocol = parts[0].lower(), parts[2].upper()
        self.port, self.formats = int(port), tuple(parts[3:])
        self.host = ""
        self.attributes: list[tuple[str, str]] = []

    def close(self, session_host: str) -> MediaDescription:
        return MediaDescription(
            kind=self.kind,
            port=self.port,
            protocol=self.protocol,
            formats=self.formats,
            host=self.host or session_host,
            attributes=tuple(self.attributes),
        )


def _connection(value: str) -> str:
    parts = value.split()
    if len(parts) != 3 or parts[0].upper() != "IN":
        raise RemoteProtocolError("SDP has a broken c= line")
    return parts[2].partition("/")[0]


def build_sdp(*, origin: str, host: str, media: tuple[MediaDescription, ...]) -> bytes:
    """Write a body with one c= line for `host`."""
    family = "IP6" if ":" in host else "IP4"
    lines = ["v=0", f"o={origin}", "s=-", f"c=IN {family} {host}", "t=0 0"]
    for each in media:
        lines.append(f"m={each.kind} {each.port} {each.protocol} {' '.join(each.formats)}")
        lines += [f"a={key}:{value}" if value else f"a={key}" for key, value in each.attributes]
    return ("\r\n".join(lines) + "\r\n").encode()
