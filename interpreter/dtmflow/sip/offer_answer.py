"""Offer and answer for one G.711 audio stream with telephone events.

In comes a peer's session description and what we can do here; out comes our description and the
`MediaSession` that the media layer needs. No message, no state. Source: RFC 3264, 4733.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum

from dtmflow.errors import RemoteProtocolError
from dtmflow.sip.sdp import MediaDescription, SessionDescription, build_sdp


class Codec(StrEnum):
    """G.711 in its two laws, by RTP encoding name."""

    PCMU = "PCMU"
    PCMA = "PCMA"


class Direction(StrEnum):
    """Where audio flows, seen from us."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"


class NotAcceptable(RemoteProtocolError):  # noqa: N818 - named after the status code
    """No stream of the description is one that we can take: 488."""


@dataclass(frozen=True, slots=True)
class LocalMedia:
    """Our end of the audio stream."""

    host: str
    """Address that the peer shall send to."""
    port: int
    """RTP port, even; RTCP is one above."""
    codecs: tuple[Codec, ...] = (Codec.PCMU, Codec.PCMA)
    """Taken, in the order in which we offer them."""
    telephone_event: int = 101
    """Payload type of telephone-event/8000 in our offers."""
    ptime_ms: int = 20


@dataclass(frozen=True, slots=True)
class MediaSession:
    """What both sides agreed on for the audio stream."""

    host: str
    """Where the peer takes RTP; empty when it takes none (removed stream, c=0.0.0.0)."""
    port: int
    codec: Codec
    payload_type: int
    """RTP payload type of `codec`: 0, 8 or dynamic."""
    telephone_event: int | None
    """RTP payload type of telephone-event/8000, or None when the peer has none."""
    ptime_ms: int
    """What the peer wants to get; 20 when it says nothing."""
    direction: Direction
    held: bool
    """The peer put us on hold: sendonly, inactive, c=0.0.0.0 or a removed stream."""


_EVENTS = "TELEPHONE-EVENT/8000"
_STATIC = {"0": "PCMU/8000", "8": "PCMA/8000"}
_MIRROR = {
    "sendrecv": Direction.SENDRECV,
    "sendonly": Direction.RECVONLY,
    "recvonly": Direction.SENDONLY,
    "inactive": Direction.INACTIVE,
}
_NO_HOSTS = frozenset(("0.0.0.0", "::"))  # noqa: S104 - RFC 3264 8.4: the old way to hold


def build_offer(local: LocalMedia, *, session_id: int, version: int) -> bytes:
    """Return an SDP offer with one audio stream: our codecs and telephone-event 0-15."""
    number = {Codec.PCMU: "0", Codec.PCMA: "8"}
    formats = [(number[codec], f"{codec}/8000") for codec in local.codecs]
    formats.append((str(local.telephone_event), _EVENTS))
    media = _audio(local, "RTP/AVP", formats, Direction.SENDRECV)
    return build_sdp(origin=_origin(local, session_id, version), host=local.host, media=(media,))


def check_offer(offer: SessionDescription, local: LocalMedia) -> None:
    """Raise unless some stream of the offer can be taken.

    Raises:
        NotAcceptable: only unknown codecs, only RTP/SAVP, no audio, or no address of our kind.
    """
    if not any(_acceptable(media, local) for media in offer.media):
        raise NotAcceptable("the offer has no audio stream with G.711 over RTP/AVP")


def build_answer(
    offer: SessionDescription,
    local: LocalMedia,
    *,
    session_id: int,
    version: int,
    current: MediaSession | None = None,
) -> tuple[bytes, MediaSession]:
    """Return our SDP answer and what is thereby agreed.

    The first acceptable audio stream is taken with the first of its codecs that we have; other
    streams are answered with port 0. `current` is the agreement so far: its codec is kept if it
    is offered again, and an offer that only removes the stream (port 0) is answered in kind.

    Raises:
        NotAcceptable: as `check_offer`.
    """
    answers: list[MediaDescription] = []
    session: MediaSession | None = None
    for media in offer.media:
        chosen = _acceptable(media, local, current) if session is None else None
        if chosen is None:
            answers.append(
                MediaDescription(media.kind, 0, media.protocol, media.formats[:1], host="")
            )
            continue
        session = _agreed(offer, media, chosen)
        formats = [(chosen[0], f"{chosen[1]}/8000")]
        if session.telephone_event is not None:
            formats.append((str(session.telephone_event), _EVENTS))
        answers.append(_audio(local, media.protocol, formats, session.direction))
    if session is None:
        removed = any(media.kind == "audio" and media.port == 0 for media in offer.media)
        if current is None or not removed:
            raise NotAcceptable("the offer has no audio stream with G.711 over RTP/AVP")
        session = _removed(current)
    body = build_sdp(
        origin=_origin(local, session_id, version), host=local.host, media=tuple(answers)
    )
    return body, session


def read_answer(answer: SessionDescription, local: LocalMedia) -> MediaSession:
    """Return what is agreed when the peer answers our one-stream offer.

    Raises:
        NotAcceptable: the stream was refused or the codec is none that we offered.
    """
    media = answer.media[0] if answer.media else None
    chosen = _acceptable(media, local) if media else None
    if media is None or chosen is None:
        raise NotAcceptable("the answer takes none of the codecs that were offered")
    return _agreed(answer, media, chosen)


def _acceptable(
    media: MediaDescription, local: LocalMedia, current: MediaSession | None = None
) -> tuple[str, Codec] | None:
    """Return (payload type, codec) of the format that we take, if the stream will do."""
    if media.kind != "audio" or media.protocol != "RTP/AVP" or not media.port:
        return None
    if not _can_hear(media.host, local):
        return None
    names = {**_STATIC, **media.rtpmap()}
    taken = []
    for payload_type in media.formats:
        name = names.get(payload_type, "").removesuffix("/1")
        if _is_payload_type(payload_type):
            taken += [(payload_type, each) for each in local.codecs if name == f"{each}/8000"]
    kept = [each for each in taken if current is not None and each[1] is current.codec]
    return next(iter(kept or taken), None)


def _can_hear(host: str, local: LocalMedia) -> bool:
    """Tell whether RTP can go to a c= line's host: an IP address of our family, for one host.

    Names are not looked up, as nothing here waits.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return not address.is_multicast and (address.version == 6) is (":" in local.host)


def _agreed(
    peer: SessionDescription, media: MediaDescription, chosen: tuple[str, Codec]
) -> MediaSession:
    payload_type, codec = chosen
    names = media.rtpmap()
    events = (each for each in media.formats if names.get(each, "") == _EVENTS)
    telephone_event = next((int(each) for each in events if _is_payload_type(each)), None)
    direction = _MIRROR[peer.direction(media)]
    nowhere = media.host in _NO_HOSTS
    if nowhere and direction is Direction.SENDRECV:
        direction = Direction.RECVONLY
    ptime = media.attribute("ptime") or ""
    return MediaSession(
        host="" if nowhere else media.host,
        port=media.port,
        codec=codec,
        payload_type=int(payload_type),
        telephone_event=telephone_event,
        ptime_ms=int(ptime) if _is_number(ptime, 3) and 10 <= int(ptime) <= 200 else 20,
        direction=direction,
        held=nowhere or direction in (Direction.RECVONLY, Direction.INACTIVE),
    )


def _removed(current: MediaSession) -> MediaSession:
    return MediaSession(
        host="",
        port=0,
        codec=current.codec,
        payload_type=current.payload_type,
        telephone_event=current.telephone_event,
        ptime_ms=current.ptime_ms,
        direction=Direction.INACTIVE,
        held=True,
    )


def _audio(
    local: LocalMedia, protocol: str, formats: list[tuple[str, str]], direction: Direction
) -> MediaDescription:
    attributes = []
    for payload_type, name in formats:
        if name == _EVENTS:
            attributes.append(("rtpmap", f"{payload_type} telephone-event/8000"))
            attributes.append(("fmtp", f"{payload_type} 0-15"))
        else:
            attributes.append(("rtpmap", f"{payload_type} {name}"))
    attributes += [("ptime", str(local.ptime_ms)), (direction.value, "")]
    return MediaDescription(
        kind="audio",
        port=local.port,
        protocol=protocol,
        formats=tuple(payload_type for payload_type, _ in formats),
        host=local.host,
        attributes=tuple(attributes),
    )


def _origin(local: LocalMedia, session_id: int, version: int) -> str:
    family = "IP6" if ":" in local.host else "IP4"
    return f"- {session_id} {version} IN {family} {local.host}"


def _is_number(text: str, digits: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= digits


def _is_payload_type(text: str) -> bool:
    return _is_number(text, 3) and int(text) <= 127
