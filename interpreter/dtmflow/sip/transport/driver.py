"""Drives one user agent by a clock, whatever carries its datagrams."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable

from dtmflow.clock import Clock, Timer
from dtmflow.sip.events import Address, SipEvent
from dtmflow.sip.user_agent import UserAgent

_logger = logging.getLogger(__name__)


class Driver:
    """Feeds datagrams and time into an agent, sends what comes out, hands on events.

    After every method of the agent that is called from outside, call `flush`. Events go to
    `on_event` one at a time, in a turn of their own: never from inside `flush` or `receive`.
    """

    def __init__(
        self,
        agent: UserAgent,
        clock: Clock,
        send: Callable[[bytes, Address], None],
        on_event: Callable[[SipEvent], None],
    ) -> None:
        self.agent = agent
        self._clock, self._send, self._on_event = clock, send, on_event
        self._events: deque[SipEvent] = deque()
        self._timer: Timer | None = None
        self._armed_for = 0.0
        self._delivering = False

    def receive(self, datagrams: Iterable[tuple[bytes, Address]]) -> None:
        """Take in all that has come, then send all answers."""
        now = self._clock.now()
        for data, source in datagrams:
            try:
                self.agent.receive(data, source, now)
            except Exception:  # a bug that one datagram finds must not cost the others
                _logger.exception("SIP datagram from %s:%d", *source)
        self.flush()

    def flush(self) -> None:
        """Send what is due, see to the events, and arm the timer."""
        for data, destination in self.agent.datagrams():
            self._send(data, destination)
        self._events.extend(self.agent.events())
        if self._events and not self._delivering:
            self._delivering = True
            self._clock.call_later(0.0, self._deliver)
        due = self.agent.next_timer()
        if due is None or (self._timer is not None and self._armed_for <= due):
            return  # a timer that fires too early costs less than one that is moved each time
        self.close()
        self._armed_for = due
        self._timer = self._clock.call_later(max(0.0, due - self._clock.now()), self._fire)

    def close(self) -> None:
        """Forget the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _fire(self) -> None:
        self._timer = None
        # The clock may call a rounding error too early: what it was armed for is due.
        self.agent.fire_timers(max(self._clock.now(), self._armed_for))
        self.flush()

    def _deliver(self) -> None:
        """Hand on what had happened by now; what that causes comes in the next turn."""
        self._delivering = False
        for _ in range(len(self._events)):
            event = self._events.popleft()
            try:
                self._on_event(event)
            except Exception:  # a bug that one leg finds must not cost the others their events
                _logger.exception("SIP leg %s: %s", event.leg, type(event).__name__)
        self.flush()
