"""Dialogs: who talks to whom, in which order, by which way.

Builds requests inside of a dialog and judges the order of those that come in. Must not know
transactions, legs or media. Source: RFC 3261 12.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TypeAlias

from dtmflow.sip.grammar import address_of, parse_name_addr
from dtmflow.sip.messages import HeaderList, OutgoingRequest, Request, Response

Address: TypeAlias = tuple[str, int]

_LOOSE = re.compile(r";lr(?=[;=?]|$)", re.IGNORECASE)


@dataclass(slots=True)
class Dialog:
    """One dialog, early or confirmed. `local` and `remote` are From or To values with tags."""

    call_id: str
    local: str
    local_tag: str
    remote: str
    remote_tag: str
    remote_target: str
    """URI of the peer's Contact."""
    routes: tuple[str, ...]
    """Route values, nearest first."""
    source: Address
    """Where the peer's last message of this dialog came from."""
    local_seq: int
    remote_seq: int = -1
    """CSeq of the peer's last request; -1 before the first."""

    def belongs(self, request: Request) -> bool:
        """Tell whether the peer's tag is the right one."""
        return request.from_.tag == self.remote_tag

    def in_order(self, request: Request) -> bool:
        """Note a request's CSeq; False if an older one must be refused. Source: 12.2.2."""
        if request.cseq <= self.remote_seq:
            return False
        self.remote_seq = request.cseq
        return True

    def refresh(self, message: Request | Response) -> None:
        """Take over the peer's Contact from a target refresh.

        Raises:
            RemoteProtocolError: the Contact is broken.
        """
        contacts = message.values("contact")
        if contacts:
            self.remote_target = parse_name_addr(contacts[0]).uri

    def next_hop(self) -> Address:
        """Return where requests go.

        That is the first route or the peer's Contact if it holds an IP address that can be
        reached from here; else where the peer's last message came from: the way back through
        a NAT, or past a name that this layer does not resolve.
        """
        uri = parse_name_addr(self.routes[0]).uri if self.routes else self.remote_target
        address = address_of(uri)
        if address is None:
            return self.source
        told, seen = ipaddress.ip_address(address[0]), ipaddress.ip_address(self.source[0])
        hidden = told.is_private and not seen.is_private
        unusable = told.is_unspecified or told.is_multicast or told.version != seen.version
        return self.source if hidden or unusable else address

    def request(
        self,
        method: str,
        via: str,
        headers: HeaderList,
        body: bytes = b"",
        *,
        sequence: int | None = None,
    ) -> OutgoingRequest:
        """Build a request; `sequence` is that of the INVITE for an ACK. Source: 12.2.1.1."""
        if sequence is None:
            self.local_seq += 1
            sequence = self.local_seq
        uri, routes = self.remote_target, list(self.routes)
        if routes and not _is_loose(routes[0]):
            routes.append(f"<{uri}>")
            uri = parse_name_addr(routes.pop(0)).uri
        fields = [("Via", via), ("Max-Forwards", "70")]
        fields += [("Route", route) for route in routes]
        fields += [
            ("From", self.local),
            ("To", self.remote),
            ("Call-ID", self.call_id),
            ("CSeq", f"{sequence} {method}"),
            *headers,
        ]
        return OutgoingRequest(method, uri, tuple(fields), body)


def dialog_of_request(request: Request, tag: str, source: Address) -> Dialog:
    """Return the dialog that an INVITE from a peer sets up with our tag. Source: 12.1.1.

    Raises:
        RemoteProtocolError: no Contact, or a broken Contact or Record-Route.
    """
    return Dialog(
        call_id=request.call_id,
        local=f"{request.get('to')};tag={tag}",
        local_tag=tag,
        remote=request.get("from"),
        remote_tag=request.from_.tag,
        remote_target=parse_name_addr((request.values("contact") or [""])[0]).uri,
        routes=_routes(request),
        source=source,
        local_seq=0,
        remote_seq=request.cseq,
    )


def dialog_of_response(
    invite: OutgoingRequest, response: Response, tag: str, source: Address
) -> Dialog:
    """Return the dialog that a response to our INVITE sets up. Source: 12.1.2.

    Raises:
        RemoteProtocolError: a broken Contact or Record-Route.
    """
    fields = dict(invite.headers)
    contacts = response.values("contact")
    return Dialog(
        call_id=response.call_id,
        local=fields["From"],
        local_tag=tag,
        remote=response.get("to"),
        remote_tag=response.to.tag,
        remote_target=parse_name_addr(contacts[0]).uri if contacts else invite.uri,
        routes=tuple(reversed(_routes(response))),
        source=source,
        local_seq=int(fields["CSeq"].partition(" ")[0]),
    )


def _routes(message: Request | Response) -> tuple[str, ...]:
    routes = tuple(message.values("record-route"))
    for route in routes:
        parse_name_addr(route)
    return routes


def _is_loose(route: str) -> bool:
    return _LOOSE.search(parse_name_addr(route).uri.rpartition("@")[2]) is not None
