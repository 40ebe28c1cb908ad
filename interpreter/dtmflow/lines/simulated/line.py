"""The simulated line: makes legs, gives each the next id, says what it can do."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

from dtmflow.clock import Clock
from dtmflow.lines.simulated import (  # noqa: F401 - importing a family registers its handlers
    detection,
    dtmf,
    identity,
    lifecycle,
    media,
    messaging,
    playback,
    recording,
    speech,
    statistics,
    transfer,
)
from dtmflow.lines.simulated.call import SimulatedCall, simulated
from dtmflow.ports import CallListener, Capabilities
from dtmflow_schema.base import CallId, Event

FILE_SECONDS = 3.0
"""Length of a sound file that nobody has measured."""


class SimulatedLine:
    """Implements `ports.Line`; `listener` takes what its calls report."""

    def __init__(
        self,
        clock: Clock,
        *,
        listener: CallListener | None = None,
        file_seconds: Callable[[str], float | None] | None = None,
    ) -> None:
        """Make a line without calls.

        Args:
            clock: Time of all its calls.
            listener: May be set later, before the first call.
            file_seconds: Length in seconds of the sound at a URL, None when there is none; the
                default takes every URL for a sound of 3 seconds.
        """
        self._clock = clock
        self.listener = listener
        self._file_seconds = file_seconds or (lambda _url: FILE_SECONDS)
        self._numbers = itertools.count(1)

    @property
    def capabilities(self) -> Capabilities:
        """Every method with a handler; every event, since the far side can be made to cause it."""
        return Capabilities(simulated.commands, frozenset(Event.registry.values()))

    def call(
        self,
        *,
        callerid: str = "",
        number: str = "",
        display_name: str = "",
        client_type: str = "sip",
        custom_data: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> SimulatedCall:
        """Let a call come in; the listener hears of it in the next turn of the clock."""
        call = SimulatedCall(
            CallId(f"simulated-{next(self._numbers)}"),
            self._clock,
            self._deliver,
            self._file_seconds,
            callerid=callerid,
            number=number,
            display_name=display_name,
            client_type=client_type,
            custom_data=custom_data,
        )
        self._clock.call_later(0, lambda: self._incoming(call, dict(headers or {})))
        return call

    def _incoming(self, call: SimulatedCall, headers: Mapping[str, str]) -> None:
        if self.listener is not None:
            self.listener.incoming(call, headers)

    def _deliver(self, call: SimulatedCall, event: Event) -> None:
        if self.listener is not None:
            self.listener.event(call, event)
