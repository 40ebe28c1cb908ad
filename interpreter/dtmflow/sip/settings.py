"""What a user agent is told once: identity, limits and whom to trust."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits are per user agent; times are in seconds."""

    host: str
    """Address that we put into Via, Contact and From; one that peers can reach."""
    port: int
    product: str = "dtmflow"
    """Value of Server and User-Agent."""
    trusted: frozenset[str] = frozenset()
    """Hosts whose P-Asserted-Identity is believed. Source: RFC 3325 9.1."""
    max_legs: int = 1000
    """Legs at once; a new INVITE beyond it is answered 503."""
    setups_per_second: float = 400.0
    """New INVITEs from one source host that are taken, on average."""
    setup_burst: int = 800
    """How many may come at once after a pause."""
    total_setups_per_second: float = 500.0
    """New INVITEs from all hosts together: senders of UDP can be forged."""
    total_setup_burst: int = 1000
    requests_per_second: float = 50.0
    """Requests of a peer inside of one dialog that are taken, on average; BYE always is."""
    request_burst: int = 100
    retry_after: int = 5
    """Seconds that a 503 asks the peer to wait."""
    unanswered_seconds: float = 60.0
    """An INVITE without final answer for so long ends with 408, either way."""
    ring_again_seconds: float = 60.0
    """180 is repeated so often. Source: RFC 3261 13.3.1.1."""
