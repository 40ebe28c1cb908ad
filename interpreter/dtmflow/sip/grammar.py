"""Values inside header fields: lists, parameters, addresses, Via; text in, frozen values out.

Why not sipmessage for all of these: its quoted strings run on to the last quote of the line, so
two contacts become one with the wrong URI; its parameters lose their spelling when written, which
changes tags; and a parameter named `self` breaks it. URIs are checked by it. Source: RFC 3261 25.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

import sipmessage

from dtmflow.errors import RemoteProtocolError

URI_UNSAFE = re.compile(r"[\s<>\"]")
TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
_ITEM = re.compile(r'(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^",<])+', re.DOTALL)
_PARAMETER = re.compile(
    r"""\s*;\s*([A-Za-z0-9\-.!%*_+`'~]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s;,"]+)\s*)?""", re.DOTALL
)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_VIA = re.compile(
    r"SIP\s*/\s*2\.0\s*/\s*([A-Za-z0-9\-.!%*_+`'~]+)\s+"
    r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._]+)\s*(?::\s*([0-9]{1,5}))?\s*(?=;|$)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+\-.]*(?=:)")


def split_list(value: str) -> list[str]:
    """Split at commas outside of quotes and angle brackets.

    Raises:
        RemoteProtocolError: an empty item, or a quote or bracket that does not close.
    """
    if "," not in value:
        return [value]
    items = []
    position = 0
    while True:
        match = _ITEM.match(value, position)
        if match is None or not match[0].strip():
            raise RemoteProtocolError("empty item in a list of header values")
        items.append(match[0].strip())
        position = match.end()
        if position == len(value):
            return items
        if value[position] != ",":
            raise RemoteProtocolError("a quote or bracket does not close")
        position += 1


def parse_parameters(text: str) -> dict[str, str]:
    """Read `;name=value` pairs; names in lower case, quotes taken off, "" for a bare name.

    Raises:
        RemoteProtocolError: anything else in the text.
    """
    parameters: dict[str, str] = {}
    position = 0
    while position < len(text):
        match = _PARAMETER.match(text, position)
        if match is None:
            if not text[position:].strip():
                break
            raise RemoteProtocolError("broken header parameters")
        value = match[2] or ""
        if value.startswith('"'):
            value = _ESCAPE.sub(r"\1", value[1:-1])
        parameters.setdefault(match[1].lower(), value)
        position = match.end()
    return parameters


@dataclass(frozen=True, slots=True)
class NameAddr:
    """The value of From, To, Contact, Route and their kin."""

    display_name: str
    uri: str
    """As written, brackets off."""
    parameters: dict[str, str]
    """Header parameters, not those of the URI."""

    @property
    def tag(self) -> str:
        """The tag parameter, or empty."""
        return self.parameters.get("tag", "")


def parse_name_addr(value: str) -> NameAddr:
    """Read `"Name" <uri>;params` or `uri;params`.

    Raises:
        RemoteProtocolError: it is neither.
    """
    rest = value.strip()
    name = ""
    if rest.startswith('"'):
        quoted = _QUOTED.match(rest)
        if quoted is None or not rest.startswith("<", quoted.end()):
            raise RemoteProtocolError("broken quoted display name")
        name, rest = _ESCAPE.sub(r"\1", quoted[1]), rest[quoted.end() :]
    before, bracket, after = rest.partition("<")
    if bracket:
        uri, closed, tail = after.partition(">")
        if not closed or '"' in before:
            raise RemoteProtocolError("broken name-addr")
        name, uri = name or " ".join(before.split()), uri.strip()
    else:
        uri, semicolon, tail = rest.partition(";")
        uri, tail = uri.strip(), semicolon + tail
    if _SCHEME.match(uri) is None or URI_UNSAFE.search(uri):
        raise RemoteProtocolError("an address holds no URI")
    return NameAddr(name, uri, parse_parameters(tail))


def scheme_of(uri: str) -> str:
    """Return the scheme in lower case, or empty when there is none."""
    match = _SCHEME.match(uri)
    return match[0].lower() if match else ""


def parse_uri(uri: str) -> sipmessage.URI:
    """Read a sip, sips or tel URI; embedded `?headers` are left out.

    Raises:
        RemoteProtocolError: no such URI.
    """
    scheme = scheme_of(uri)
    rest = uri[len(scheme) :]
    at = rest.find("@") + 1
    rest = rest[:at] + rest[at:].partition("?")[0]
    try:
        return sipmessage.URI.parse(scheme + rest)
    except (ValueError, TypeError) as error:
        raise RemoteProtocolError("not a SIP or tel URI") from error


def user_of(uri: str) -> str:
    """Return the user part, unescaped; empty for a URI without one or of an unknown scheme."""
    try:
        return parse_uri(uri).user or ""
    except RemoteProtocolError:
        return ""


def address_of(uri: str) -> tuple[str, int] | None:
    """Return IP address and port of a SIP URI whose host is an IP address, else None."""
    try:
        parsed = parse_uri(uri)
        host = parsed.host.removeprefix("[").removesuffix("]")
        ipaddress.ip_address(host)
    except (RemoteProtocolError, ValueError):
        return None
    port = parsed.port if parsed.port is not None else 5060
    return (host, port) if 0 < port < 65536 else None


@dataclass(frozen=True, slots=True)
class Via:
    """One hop of a message. Source: RFC 3261 20.42."""

    transport: str
    """Upper case."""
    host: str
    port: int | None
    parameters: dict[str, str]

    @property
    def branch(self) -> str:
        """The branch parameter, or empty."""
        return self.parameters.get("branch", "")


def parse_via(value: str) -> Via:
    """Read one Via value.

    Raises:
        RemoteProtocolError: it is none.
    """
    value = value.strip()
    match = _VIA.match(value)
    if match is None:
        raise RemoteProtocolError("broken Via")
    port = int(match[3]) if match[3] else None
    if port is not None and not 0 < port < 65536:
        raise RemoteProtocolError("Via port out of range")
    return Via(match[1].upper(), match[2], port, parse_parameters(value[match.end() :]))


def host_port(host: str, port: int) -> str:
    """Return `host:port`, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def quote(text: str) -> str:
    """Return a quoted string for a display name."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
