"""The line: a SIP address, its calls, and the one queue that their events pass through."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from dtmflow.clock import Clock
from dtmflow.lines.sip import (  # noqa: F401 - importing a family registers its handlers
    dtmf,
    identity,
    lifecycle,
    messaging,
    playback,
    speech,
)
from dtmflow.lines.sip.call import SipCall, sip
from dtmflow.media.engine.messages import MediaEvent
from dtmflow.media.gateway import Gateway, Leg
from dtmflow.media.library import PromptLibrary
from dtmflow.ports import CallListener, Capabilities
from dtmflow.sip.events import IncomingCall, LegId, SipEvent
from dtmflow.sip.settings import Settings
from dtmflow.sip.transport.udp import UdpTransport
from dtmflow.sip.user_agent import UserAgent
from dtmflow_schema.base import CallId, Event
from dtmflow_schema.events.dtmf import ToneReceived
from dtmflow_schema.events.lifecycle import Connected, Disconnected, OffHold, OnHold, StateChanged
from dtmflow_schema.events.media import AudioQualityDetected, FirstAudioPacketReceived
from dtmflow_schema.events.messaging import InfoReceived, MessageReceived
from dtmflow_schema.events.playback import PlaybackFinished, PlaybackReady, PlaybackStarted
from dtmflow_schema.events.video import ReInviteReceived

R = TypeVar("R")

RAISES: frozenset[type[Event]] = frozenset(
    (
        AudioQualityDetected,
        Connected,
        Disconnected,
        FirstAudioPacketReceived,
        InfoReceived,
        MessageReceived,
        OffHold,
        OnHold,
        PlaybackFinished,
        PlaybackReady,
        PlaybackStarted,
        ReInviteReceived,
        StateChanged,
        ToneReceived,
    )
)
"""CallEvents of this line; what it never raises, a flow would wait for in vain."""

CAPABILITIES = Capabilities(commands=sip.commands, events=RAISES, outgoing=False)


class SipLine:
    """Takes calls on one UDP address. All methods belong to the loop that ran `open`."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        gateway: Gateway,
        library: PromptLibrary,
        listener: CallListener,
        *,
        media_host: str = "",
        random_token: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        """Join signalling and audio.

        Args:
            settings: of the user agent; its host is what peers are told.
            clock: the loop's clock.
            gateway: opens audio legs.
            library: prepares what is played.
            listener: takes calls and events.
            media_host: address to bind RTP to; by default the host of the settings.
            random_token: returns 16 hex digits of 64 random bits.
        """
        self.library = library
        self.host = settings.host
        """Address that session descriptions name."""
        self._clock, self._gateway, self._listener = clock, gateway, listener
        self._media_host = media_host or settings.host
        self._random_token = random_token
        self._agent = UserAgent(settings, random_token)
        self._transport = UdpTransport(self._agent, clock, self._on_signal)
        self._calls: dict[LegId, SipCall] = {}
        self._turns: deque[Callable[[], None]] = deque()
        self._turning = False

    @property
    def capabilities(self) -> Capabilities:
        """What the line can do, computed from the table of handlers."""
        return CAPABILITIES

    @property
    def active(self) -> int:
        """How many calls are alive."""
        return len(self._calls)

    @property
    def refused(self) -> int:
        """How many calls were answered 503 before anybody heard of them."""
        return self._agent.refused

    @property
    def waiting(self) -> bool:
        """Whether a peer still has to answer or acknowledge what it was told."""
        return self._agent.waiting

    @property
    def accepting(self) -> bool:
        """Whether new calls are taken; if not, they are answered 503."""
        return self._agent.accepting

    @accepting.setter
    def accepting(self, accepting: bool) -> None:
        self._agent.accepting = accepting

    def open(self, host: str, port: int) -> tuple[str, int]:
        """Bind; returns the address with the port that was taken.

        Raises:
            TransportError: the address cannot be bound.
        """
        return self._transport.open(host, port)

    def close(self) -> None:
        """Stop reading; live calls are not told."""
        self._transport.close()

    # What calls need (call.Surroundings).

    def now(self) -> float:
        """Return the clock's seconds."""
        return self._clock.now()

    def signal(self, order: Callable[[UserAgent, float], R]) -> R:
        """Give the user agent an order, then send what comes of it."""
        try:
            return order(self._agent, self._clock.now())
        finally:
            self._transport.flush()

    def open_media(self, on_event: Callable[[MediaEvent], None]) -> Leg:
        """Open an audio leg."""
        return self._gateway.open(self._media_host, on_event)

    def post(self, call: SipCall, event: Event) -> None:
        """Queue an event for the listener."""
        self._turn(lambda: self._listener.event(call, event))

    def forget(self, call: SipCall) -> None:
        """Drop a call that is over."""
        self._calls.pop(call.leg, None)

    # Signalling.

    def _on_signal(self, event: SipEvent) -> None:
        if isinstance(event, IncomingCall):
            call = SipCall(self, CallId(self._random_token()), event)
            self._calls[event.leg] = call
            self._turn(lambda: self._listener.incoming(call, event.headers))
            return
        known = self._calls.get(event.leg)
        if known is not None:
            known.on_signal(event)

    def _turn(self, deliver: Callable[[], Any]) -> None:
        """Deliver later, in order: all that waits is delivered in one turn of the loop."""
        self._turns.append(deliver)
        if not self._turning:
            self._turning = True
            self._clock.call_later(0, self._run_turns)

    def _run_turns(self) -> None:
        try:
            while self._turns:
                self._turns.popleft()()
        finally:
            self._turning = False
            if self._turns:
                self._turning = True
                self._clock.call_later(0, self._run_turns)
