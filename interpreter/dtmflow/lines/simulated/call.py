"""One simulated leg: its state, what it plays, and how events leave it.

Events never leave from inside `do`: they go through the clock, in order of cause. Handlers of the
family modules read and change the plain attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dtmflow.clock import Clock, Timer
from dtmflow.errors import CallError
from dtmflow.lines.dispatch import Dispatch
from dtmflow_schema.base import CallId, CallState, Command, Event, Phase
from dtmflow_schema.events.detection import BeepDetectionError
from dtmflow_schema.events.lifecycle import Disconnected, Failed, StateChanged
from dtmflow_schema.events.playback import PlaybackFinished, PlaybackReady, PlaybackStarted
from dtmflow_schema.events.recording import RecordError, RecordStopped
from dtmflow_schema.methods.lifecycle import Answer, Hangup

R = TypeVar("R")

UNANSWERED_LIMIT = 60.0
"""Seconds after which an unanswered leg, or one in early media, ends with 408."""

_ALWAYS = (Hangup, Answer)
"""Methods that have no effect out of place instead of failing."""

_FINAL_EVENTS: frozenset[type[Event]] = frozenset({Disconnected, Failed})
_RECORD_EVENTS: frozenset[type[Event]] = frozenset({RecordStopped, RecordError})


_PHASES: Mapping[CallState, Phase] = {
    CallState.ALERTING: Phase.RINGING,
    CallState.PROGRESSING: Phase.EARLY,
    CallState.CONNECTED: Phase.CONNECTED,
    CallState.TERMINATED: Phase.ENDED,
}


@dataclass(frozen=True, slots=True)
class Playback:
    """What the far side hears."""

    what: str
    """The spoken text, the URL of a file, or `tone US`."""
    began: float
    """When it started, in seconds of the clock."""
    seconds: float | None
    """Length; None never ends (a loop, a progress tone)."""
    timer: Timer | None


class SimulatedCall:
    """An incoming leg; implements `ports.Call`."""

    def __init__(
        self,
        call_id: CallId,
        clock: Clock,
        deliver: Callable[[SimulatedCall, Event], None],
        file_seconds: Callable[[str], float | None],
        *,
        callerid: str = "",
        number: str = "",
        display_name: str = "",
        client_type: str = "sip",
        custom_data: str = "",
    ) -> None:
        """Make a leg that is alerting.

        Args:
            call_id: Its id.
            clock: Where its timers and events are scheduled.
            deliver: Takes every event that it raises.
            file_seconds: Length of the sound at a URL, None when there is none.
            callerid: Number of the caller.
            number: Number that was called.
            display_name: Name of the caller.
            client_type: `sip`, `user`, `pstn` or `wab`.
            custom_data: Text that belongs to the call.
        """
        self._id = call_id
        self.clock = clock
        self._deliver = deliver
        self.file_seconds = file_seconds
        self.callerid, self.number, self.display_name = callerid, number, display_name
        self.client_type, self.custom_data = client_type, custom_data
        self.state = CallState.ALERTING
        self.answered = False
        """Whether `answer` was called; connected it is when the far side has acknowledged."""
        self.connected_at: float | None = None
        self.handles_tones = False
        self.handles_mic = False
        self.handles_transfer = False
        self.on_hold = False
        self.playback: Playback | None = None
        self.heard: list[str] = []
        """Everything that was played to the far side, oldest first."""
        self.recording: str | None = None
        """URL of the running recording."""
        self.recording_since = 0.0
        self.digits_sent = ""
        self.infos_sent: list[tuple[str, str]] = []
        self.messages_sent: list[str] = []
        self.transfer: str | None = None
        """Target of a transfer whose result is outstanding."""
        self.transfer_request = False
        """Whether a blind transfer that the far side asked for waits for its result."""
        self.statistics: Timer | None = None
        self.beep: Timer | None = None
        self.beeps = False
        """Whether beep detection runs."""
        self.tone_detected = False
        self.folder: Path | None = None
        """Where the files of the flow are."""
        self.sends_to: set[CallId] = set()
        """Media units that this leg sends its sound to."""
        self._ended = False
        self._limit: Timer | None = None
        self.limit_unanswered()

    @property
    def id(self) -> CallId:
        """Unique within the line."""
        return self._id

    @property
    def phase(self) -> Phase:
        """Where the leg stands, as preconditions of methods see it."""
        return _PHASES[self.state]

    def files_below(self, folder: Path) -> None:
        """Take notice of the flow's folder; how long its files are says `file_seconds`."""
        self.folder = folder

    def do(self, command: Command[R]) -> R:
        """Carry out a Call method.

        Raises:
            CallError: the method does not fit the phase of the leg.
        """
        if self.phase not in command.needs and not isinstance(command, _ALWAYS):
            wanted = " or ".join(sorted(command.needs))
            raise CallError(
                f"{command.method_name} needs a leg that is {wanted}; this one is {self.phase}"
            )
        return simulated.do(self, command)

    def emit(self, event: type[Event], **fields: Any) -> None:
        """Raise an event in the next turn of the clock."""
        raised = event(call=self._id, id=self._id, **fields)
        self.clock.call_later(0, lambda: self._raise(raised))

    def _raise(self, event: Event) -> None:
        if self._ended and type(event) not in _RECORD_EVENTS:
            return
        if type(event) in _FINAL_EVENTS:
            self._ended = True
        self._deliver(self, event)

    def change_state(self, new: CallState) -> None:
        """Move to another state and raise `StateChanged`."""
        old, self.state = self.state, new
        self.emit(StateChanged, old_state=str(old), new_state=str(new))

    def limit_unanswered(self) -> None:
        """End the leg with 408 unless it is connected within the limit from now."""
        self.stop_limit()
        self._limit = self.clock.call_later(
            UNANSWERED_LIMIT, lambda: self.end(408, "Request Timeout")
        )

    def stop_limit(self) -> None:
        """Lift the limit on unanswered legs."""
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def play(self, what: str, seconds: float | None, *, reports: bool = True) -> None:
        """Play something to the far side in place of what it hears.

        Args:
            what: How `heard` shows it.
            seconds: Length; None never ends.
            reports: Whether playback events come.
        """
        self.silence()
        self.heard.append(what)
        if reports:
            self.emit(PlaybackReady)
            self.emit(PlaybackStarted, duration=round((seconds or 0) * 1000))
        timer = None
        if seconds is not None:
            timer = self.clock.call_later(seconds, lambda: self.finish_playback(""))
        self.playback = Playback(what, self.clock.now(), seconds, timer)

    def finish_playback(self, error: str) -> None:
        """Let the playback end by itself; `error` is "" or why it failed."""
        self.silence()
        self.emit(PlaybackFinished, error=error)

    def silence(self) -> None:
        """Stop what the far side hears, without an event."""
        if self.playback is not None and self.playback.timer is not None:
            self.playback.timer.cancel()
        self.playback = None

    def end(self, code: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        """End the leg: `StateChanged`, `Disconnected`, and `RecordStopped` when one runs."""
        if self.state is CallState.TERMINATED:
            return
        self.stop_limit()
        self.silence()
        for timer in (self.statistics, self.beep):
            if timer is not None:
                timer.cancel()
        self.statistics, self.beep = None, None
        if self.beeps:
            self.beeps = False
            self.emit(BeepDetectionError, reason="the call ended")
        seconds = 0 if self.connected_at is None else int(self.clock.now() - self.connected_at)
        self.change_state(CallState.TERMINATED)
        self.emit(
            Disconnected,
            internal_code=code,
            reason=reason,
            duration=seconds,
            cost=0,
            direction=f"incoming_{self.client_type}",
            headers=dict(headers or {}),
        )
        if self.recording is not None:
            url, self.recording = self.recording, None
            length = int(self.clock.now() - self.recording_since)
            self.emit(RecordStopped, url=url, cost="0", duration=length)


simulated: Dispatch[SimulatedCall] = Dispatch("simulated")
"""The table that the family modules fill: `@simulated.handles(Say)`."""
