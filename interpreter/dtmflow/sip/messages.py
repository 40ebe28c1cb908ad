"""SIP messages: datagrams in, requests and responses with checked facts out, and back.

The pre-pass unfolds lines, spells out compact names and lowers the case of names, so nobody above
sees how a peer writes. What is broken raises `MessageError`, with a status where an answer is due.
Source: RFC 3261 7, 8.1.1, 20, 25; RFC 3581.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from dtmflow.errors import LocalProtocolError, RemoteProtocolError
from dtmflow.sip.grammar import (
    TOKEN,
    URI_UNSAFE,
    NameAddr,
    Via,
    parse_name_addr,
    parse_via,
    scheme_of,
    split_list,
)

MAX_DATAGRAM = 65_536
MAX_LINE = 4_096
MAX_HEADERS = 128

HeaderList = list[tuple[str, str]]

_COMPACT = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
    "y": "identity",
}
_SINGLE = ("call-id", "cseq", "from", "to", "max-forwards", "content-length")
_FOLD = re.compile(r"\n[ \t]+")
_CSEQ = re.compile(r"([0-9]{1,10})\s+([A-Za-z0-9\-.!%*_+`'~]+)")
_RPORT = re.compile(r";\s*rport\s*(?=;|$)", re.IGNORECASE)
_TAG = re.compile(r";\s*tag\s*=", re.IGNORECASE)
_UNSAFE = re.compile(r"[\r\n\0]")


class MessageError(RemoteProtocolError):
    """A datagram is no proper message; `request` is set when it can be answered with `status`."""

    def __init__(self, message: str, status: int = 400, request: Request | None = None) -> None:
        self.status, self.request = status, request
        super().__init__(message)


class Message:
    """What requests and responses share. Header names are lower case and never compact."""

    __slots__ = (
        "body",
        "branch",
        "call_id",
        "cseq",
        "cseq_method",
        "from_",
        "headers",
        "to",
        "via",
    )

    def __init__(self, headers: dict[str, list[str]], body: bytes) -> None:
        self.headers = headers
        self.body = body
        self.call_id = self.cseq_method = self.branch = ""
        self.cseq = 0
        self.from_: NameAddr
        self.to: NameAddr
        self.via: Via

    def get(self, name: str) -> str:
        """Return the first value of a header field, or empty."""
        values = self.headers.get(name)
        return values[0] if values else ""

    def values(self, name: str) -> list[str]:
        """Return all values of a field that is a comma-separated list.

        Raises:
            RemoteProtocolError: the list is broken.
        """
        values = self.headers.get(name)
        return [item for value in values for item in split_list(value)] if values else []

    def content_type(self) -> str:
        """Return `type/subtype` in lower case, or empty."""
        return self.get("content-type").partition(";")[0].replace(" ", "").lower()

    def x_headers(self) -> dict[str, str]:
        """Return X- fields and User-to-User, first value each, under capitalised names."""
        return {
            name.title(): clean(values[0])
            for name, values in self.headers.items()
            if name.startswith("x-") or name == "user-to-user"
        }

    def _read_facts(self) -> None:
        """Parse what every message must have.

        Raises:
            RemoteProtocolError: a field is missing, broken or there twice.
        """
        headers = self.headers
        for name in _SINGLE:
            if len(headers.get(name, ())) > 1:
                raise RemoteProtocolError(f"more than one {name}")
        self.call_id = self.get("call-id")
        if not self.call_id or " " in self.call_id or "\t" in self.call_id:
            raise RemoteProtocolError("Call-ID is missing or broken")
        cseq = _CSEQ.fullmatch(self.get("cseq"))
        if cseq is None or int(cseq[1]) >= 2**31:
            raise RemoteProtocolError("CSeq is missing or broken")
        self.cseq, self.cseq_method = int(cseq[1]), cseq[2]
        self.from_ = parse_name_addr(self.get("from"))
        self.to = parse_name_addr(self.get("to"))
        length = self.get("content-length")
        if length:
            if not _is_number(length, below=10**8):
                raise RemoteProtocolError("Content-Length is broken")
            if int(length) > len(self.body):
                raise RemoteProtocolError("the body is shorter than Content-Length")
            self.body = self.body[: int(length)]
        vias = self.headers.get("via", ())
        if not vias:
            raise RemoteProtocolError("Via is missing")
        self.via = parse_via(split_list(vias[0])[0])
        self.branch = self.via.branch


class Request(Message):
    """A request; `uri` is its Request-URI as written."""

    __slots__ = ("method", "size", "uri")

    def __init__(
        self, method: str, uri: str, headers: dict[str, list[str]], body: bytes, size: int
    ) -> None:
        super().__init__(headers, body)
        self.method, self.uri, self.size = method, uri, size

    def stamp(self, source: tuple[str, int]) -> None:
        """Write into the top Via where the request came from. Source: RFC 3581 4."""
        top, *rest = split_list(self.headers["via"][0])
        has_rport = "rport" in self.via.parameters
        if has_rport:
            top = _RPORT.sub(f";rport={source[1]}", top, count=1)
        if has_rport or self.via.host.strip("[]") != source[0]:
            top += f";received={source[0]}"
        self.headers["via"][0] = ", ".join((top, *rest))

    def reply_address(self, source: tuple[str, int]) -> tuple[str, int]:
        """Return where responses go: always the host that asked. Source: RFC 3261 18.2.2."""
        if "rport" in self.via.parameters:
            return source
        return source[0], self.via.port or 5060


class Response(Message):
    """A response."""

    __slots__ = ("code", "phrase")

    def __init__(self, code: int, phrase: str, headers: dict[str, list[str]], body: bytes) -> None:
        super().__init__(headers, body)
        self.code, self.phrase = code, phrase


def parse(data: bytes) -> Request | Response:
    """Read one datagram.

    Raises:
        MessageError: it is no SIP message, breaks a rule, or is larger than the caps allow.
    """
    if len(data) > MAX_DATAGRAM:
        raise MessageError("datagram too large")
    data = data.lstrip(b"\r\n")
    head, blank, body = data.partition(b"\r\n\r\n")
    if not blank:
        head, blank, body = data.partition(b"\n\n")
        if not blank:
            raise MessageError("no empty line after the header")
    text = head.decode("utf-8", "surrogateescape").replace("\r\n", "\n").replace("\r", " ")
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    start, *lines = text.split("\n")
    if len(lines) > MAX_HEADERS or len(start) > MAX_LINE:
        raise MessageError("too many header lines")
    headers, broken = _read_headers(lines)
    if start[:4].upper() == "SIP/":
        if broken:
            raise MessageError(broken)
        return _read_response(start, headers, body)
    return _read_request(start, headers, body, broken, len(data))


def _read_headers(lines: list[str]) -> tuple[dict[str, list[str]], str]:
    headers: dict[str, list[str]] = {}
    broken = ""
    for line in lines:
        if len(line) > MAX_LINE:
            raise MessageError("header line too long")
        written, colon, value = line.partition(":")
        name = _canonical(written)
        if not colon or not name:
            broken = "a header line has no name"
        elif name in headers:
            headers[name].append(value.strip())
        else:
            headers[name] = [value.strip()]
    return headers, broken


@lru_cache(maxsize=1024)
def _canonical(written: str) -> str:
    """Return the full name in lower case, or empty if it is no token."""
    name = written.rstrip().lower()
    return _COMPACT.get(name, name) if TOKEN.fullmatch(name) else ""


def _read_response(start: str, headers: dict[str, list[str]], body: bytes) -> Response:
    version, _, rest = start.partition(" ")
    code, _, phrase = rest.partition(" ")
    known = version.upper() == "SIP/2.0" and code.isascii() and code.isdigit() and len(code) == 3
    if not known or not 100 <= int(code) <= 699:
        raise MessageError("broken status line")
    response = Response(int(code), phrase.strip(), headers, body)
    try:
        response._read_facts()  # noqa: SLF001 - the parser of this module
    except RemoteProtocolError as error:
        raise MessageError(str(error)) from error
    return response


def _read_request(
    start: str, headers: dict[str, list[str]], body: bytes, broken: str, size: int
) -> Request:
    method, _, rest = start.partition(" ")
    uri, _, version = rest.rpartition(" ")
    if TOKEN.fullmatch(method) is None or scheme_of(version) or version[:4].upper() != "SIP/":
        if not rest.rstrip().upper().endswith("SIP/2.0"):
            raise MessageError("neither a request nor a response")
        broken = "broken request line"
    request = Request(method, uri, headers, body, size)
    if version[:4].upper() == "SIP/" and version.upper() != "SIP/2.0":
        raise MessageError("SIP version is not 2.0", 505, _answerable(request))
    try:
        request._read_facts()  # noqa: SLF001 - the parser of this module
    except RemoteProtocolError as error:
        raise MessageError(str(error), 400, _answerable(request)) from error
    forwards = request.get("max-forwards") or "70"
    if not uri or URI_UNSAFE.search(uri) or not scheme_of(uri):
        broken = "broken Request-URI"
    elif request.cseq_method != method:
        broken = "CSeq names another method"
    elif not _is_number(forwards, below=256):
        broken = "Max-Forwards is broken"
    if broken:
        raise MessageError(broken, 400, _answerable(request))
    return request


def _is_number(text: str, *, below: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10 and int(text) < below


def _answerable(request: Request) -> Request | None:
    """Return the request if it has a Via that a response can carry back, however broken."""
    if "via" not in request.headers:
        return None
    try:
        request.via = parse_via(split_list(request.headers["via"][0])[0])
    except RemoteProtocolError:
        request.via = Via("UDP", "", None, {"rport": ""})  # back to the source
    return request


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """A request of ours, kept as long as it may be repeated, acknowledged or cancelled."""

    method: str
    uri: str
    headers: tuple[tuple[str, str], ...]
    """Without Content-Length; Via first."""
    body: bytes = b""

    def encode(self) -> bytes:
        """Return the datagram."""
        return encode(f"{self.method} {self.uri} SIP/2.0", self.headers, self.body)

    def all(self, *names: str) -> tuple[tuple[str, str], ...]:
        """Return the fields with one of these names, in order."""
        return tuple(field for field in self.headers if field[0] in names)


def encode(start: str, headers: Iterable[tuple[str, str]], body: bytes = b"") -> bytes:
    """Return a datagram; Content-Length is added."""
    lines = [start]
    lines += [f"{name}: {value}" for name, value in headers]
    lines.append(f"Content-Length: {len(body)}\r\n\r\n")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + body


def response_to(
    request: Request,
    code: int,
    phrase: str,
    tag: str,
    headers: Iterable[tuple[str, str]],
    body: bytes,
) -> bytes:
    """Return a response datagram; `tag` goes into To unless the request had one there.

    Fields that a broken request lacks are left out.

    Source: RFC 3261 8.2.6.2.
    """
    fields = [("Via", value) for value in request.headers["via"]]
    for name in ("From", "To", "Call-ID", "CSeq"):
        for value in request.headers.get(name.lower(), ())[:1]:
            tagged = name != "To" or not tag or _TAG.search(value.rpartition(">")[2])
            fields.append((name, value if tagged else f"{value};tag={tag}"))
    fields += headers
    return encode(f"SIP/2.0 {code} {phrase}", fields, body)


_OURS = frozenset(
    (
        *("via", "from", "to", "call-id", "cseq", "contact", "content-length", "content-type"),
        *("route", "record-route", "max-forwards", "require", "proxy-require", "supported"),
        "allow",
    )
)


def extra_fields(headers: Mapping[str, str]) -> HeaderList:
    """Check fields that somebody above wants to add, and return them as a list.

    Raises:
        LocalProtocolError: no token as name, a field that is ours to write, CR, LF or NUL in a
            value, or a line over 4 KiB.
    """
    fields = []
    for name, value in headers.items():
        if TOKEN.fullmatch(name) is None or _COMPACT.get(name.lower(), name.lower()) in _OURS:
            raise LocalProtocolError(f"header {name!r} cannot be set")
        if _UNSAFE.search(value):
            raise LocalProtocolError(f"header {name!r} has a line break or NUL in its value")
        if len(name) + len(value.encode("utf-8", "replace")) > MAX_LINE - 2:
            raise LocalProtocolError(f"header {name!r} is longer than {MAX_LINE} bytes")
        fields.append((name, value))
    return fields


def clean(text: str) -> str:
    """Return text from a header fit to be shown: broken UTF-8 and control characters replaced."""
    if text.isascii() and text.isprintable():
        return text
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(each if each.isprintable() else " " for each in text)
