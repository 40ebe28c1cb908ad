"""One incoming Call: a SIP leg and the audio leg that belongs to it.

Its state, and the CallEvents that follow from what the user agent and the media gateway report.
The family modules carry out the methods; `line` owns the sockets.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from dtmflow.errors import CallError, CallFailed, LocalProtocolError, MediaError
from dtmflow.lines.dispatch import Dispatch
from dtmflow.media.codecs import Clip, Law
from dtmflow.media.engine import messages as media_events
from dtmflow.media.gateway import Leg
from dtmflow.media.library import PromptLibrary
from dtmflow.sip import events as signalling
from dtmflow.sip.offer_answer import Direction, LocalMedia, MediaSession
from dtmflow.sip.user_agent import UserAgent
from dtmflow_schema.base import CallId, CallState, Command, Event
from dtmflow_schema.events.dtmf import ToneReceived
from dtmflow_schema.events.lifecycle import Connected, Disconnected, OffHold, OnHold, StateChanged
from dtmflow_schema.events.media import AudioQualityDetected, FirstAudioPacketReceived
from dtmflow_schema.events.messaging import InfoReceived, MessageReceived
from dtmflow_schema.events.playback import PlaybackFinished, PlaybackReady, PlaybackStarted
from dtmflow_schema.events.video import ReInviteReceived
from dtmflow_schema.names import CallAudioQuality, DTMFType

_log = logging.getLogger(__name__)

R = TypeVar("R")

_INFO_TONES = "application/dtmf-relay", "application/dtmf"


class Surroundings(Protocol):
    """What a call needs of its line."""

    library: PromptLibrary
    host: str
    """Address that session descriptions name."""

    def now(self) -> float:
        """Return monotonic seconds."""

    def signal(self, order: Callable[[UserAgent, float], R]) -> R:
        """Give the user agent an order and send what comes of it."""

    def open_media(self, on_event: Callable[[media_events.MediaEvent], None]) -> Leg:
        """Open an audio leg on the line's address."""

    def post(self, call: SipCall, event: Event) -> None:
        """Deliver an event to the listener, in a later turn and in order."""

    def forget(self, call: SipCall) -> None:
        """Drop a call that is over."""


class SipCall:
    """An incoming leg. Methods without a docstring of their own source are VoxEngine's `Call`."""

    def __init__(
        self, line: Surroundings, call_id: CallId, facts: signalling.IncomingCall
    ) -> None:
        self.line = line
        self.facts = facts
        """The INVITE: caller, called number, headers, offer."""
        self.state = CallState.ALERTING
        self.answered = False
        """Whether the 200 is out."""
        self.early = False
        """Whether early media is open."""
        self.over = False
        """Whether the leg has ended."""
        self.tones: frozenset[DTMFType] = frozenset()
        """What raises `ToneReceived`; empty while `handleTones` is off."""
        self.custom_data = facts.headers.get("X-Custom-Data", "")
        self.media: Leg | None = None
        self._id = call_id
        self._law: Law | None = None
        self._folder: Path | None = None
        self._playback = 0
        self._durations: dict[int, int] = {}
        self._connected_at: float | None = None
        self._held = False

    @property
    def id(self) -> CallId:
        """Our own id; no Call-ID, which the peer chooses."""
        return self._id

    @property
    def leg(self) -> signalling.LegId:
        """The user agent's name of the leg."""
        return self.facts.leg

    def do(self, command: Command[R]) -> R:
        """Carry out a Call method.

        Raises:
            CallError: the line has no such method, or the call is in no state for it.
        """
        return sip.do(self, command)

    def files_below(self, folder: Path) -> None:
        """Let `startPlayback` find files below `folder`."""
        self._folder = folder

    # What the families build on.

    def unanswered(self, method: str) -> None:
        """Refuse `method` unless the INVITE still waits for its final response."""
        if self.over or self.answered:
            what = "has ended" if self.over else "is answered already"
            raise CallError(f"{method}: the call {what}")

    def in_dialog(self, method: str) -> None:
        """Refuse `method` on a call that has ended or has no dialog yet."""
        if self.over or not (self.answered or self.early):
            raise CallError(f"{method}: the call {'has ended' if self.over else 'is not up yet'}")

    def headers(self, given: Mapping[str, str] | None) -> dict[str, str]:
        """Return the header fields that may be sent; what is no X- field is dropped and logged."""
        allowed = {}
        for name, value in (given or {}).items():
            if name.lower().startswith("x-") or name.lower() == "user-to-user":
                allowed[name] = value
            else:
                _log.warning(
                    "call %s: header %s dropped, it does not start with X-", self.id, name
                )
        return allowed

    def signal(self, order: Callable[[UserAgent, float], R]) -> R:
        """Give the user agent an order.

        Raises:
            CallError: it would break a rule of SIP now.
        """
        try:
            return self.line.signal(order)
        except LocalProtocolError as problem:
            raise CallError(str(problem)) from problem

    def open_media(self) -> LocalMedia:
        """Open the audio leg, once, and describe it for the session description."""
        if self.media is None:
            try:
                self.media = self.line.open_media(self.on_media)
            except MediaError as problem:
                raise CallFailed(503, str(problem)) from problem
        return LocalMedia(self.line.host, self.media.port)

    def agree(self, session: MediaSession | None) -> None:
        """Send and hear as agreed; None while the peer's answer is still to come."""
        if session is None or self.media is None:
            return
        self._law = Law(session.codec.value)
        if session.host and session.port:
            self.media.connect(
                session.host,
                session.port,
                law=self._law,
                telephone_event=session.telephone_event,
            )
        self.media.direct(
            send=session.direction in {Direction.SENDRECV, Direction.SENDONLY},
            receive=not self.early
            and session.direction in {Direction.SENDRECV, Direction.RECVONLY},
        )

    def change_state(self, state: CallState) -> None:
        """Enter a state; `state()` returns it already when `StateChanged` is delivered."""
        old, self.state = self.state, state
        self.post(StateChanged(old_state=old.value, new_state=state.value))

    def post(self, event: Event) -> None:
        """Raise an event of this call."""
        self.line.post(self, event.model_copy(update={"call": self.id, "id": self.id}))

    # Sound.

    def playable(self, method: str) -> Law:
        """Return the codec to play in; refuse `method` unless the caller would hear it."""
        up = self.state is CallState.CONNECTED or (self.early and not self.over)
        if not up or self._law is None:
            raise CallError(f"{method}: the call is {self.state.value}, not connected")
        return self._law

    def folder(self) -> Path:
        """Return where files are played from."""
        if self._folder is None:
            raise MediaError("this flow has no folder to play files from")
        return self._folder

    def new_playback(self) -> int:
        """Begin another playback in place of the present one; returns its token."""
        self._playback += 1
        return self._playback

    def play(self, token: int, sound: Clip | CallError, *, loop: bool = False) -> None:
        """Play a prepared clip, unless another playback has begun meanwhile."""
        if token != self._playback or self.over or self.media is None:
            return
        if isinstance(sound, CallError):
            self.post(PlaybackFinished(error=str(sound)))
            return
        self.post(PlaybackReady())
        try:
            self.media.play(sound, loop=loop, token=token)
        except MediaError as problem:
            self.post(PlaybackFinished(error=str(problem)))
            return
        self._durations[token] = sound.duration_ms

    def stop_playback(self) -> None:
        """Play nothing; the playback that ran raises no `PlaybackFinished`."""
        self.new_playback()
        if self.media is not None and not self.over:
            self.media.stop()

    def on_media(self, event: media_events.MediaEvent) -> None:
        """Take an event of the audio leg."""
        if self.over:
            return
        match event:
            case media_events.FirstAudio():
                self.post(FirstAudioPacketReceived())
                self.post(AudioQualityDetected(quality=CallAudioQuality.STANDARD))
            case media_events.Tone(digit=digit):
                self._tone(digit, DTMFType.TELEPHONE_EVENT, "1")
            case media_events.PlaybackStarted(token=token) if token == self._playback:
                self.post(PlaybackStarted(duration=self._durations.get(token, 0)))
            case media_events.PlaybackFinished(token=token):
                self._durations.pop(token, None)
                if token == self._playback:
                    self.post(PlaybackFinished())
            case media_events.PlaybackStopped(token=token):
                self._durations.pop(token, None)
            case _:
                pass

    def _tone(self, digit: str, kind: DTMFType, number: str) -> None:
        if kind in self.tones:
            self.post(ToneReceived(tone=digit, type=number))

    # What the user agent reports.

    def on_signal(self, event: signalling.SipEvent) -> None:
        """Take an event of the SIP leg."""
        match event:
            case signalling.Acked(media=session):
                self.agree(session)
                self._connected_at = self.line.now()
                self.change_state(CallState.CONNECTED)
                self.post(
                    Connected(
                        custom_data=self.custom_data,
                        headers=dict(self.facts.headers),
                        scheme=_scheme(session),
                    )
                )
            case signalling.Ended(code=code, reason=reason, headers=headers):
                self._end(code, reason, headers)
            case signalling.MediaChanged(media=session, body=body, changed=changed):
                self._media_changed(session, body, changed=changed)
            case signalling.InfoReceived(content_type=kind, body=body, headers=headers):
                self._info(kind, body, headers)
            case signalling.MessageReceived(text=text, headers=headers):
                self.post(MessageReceived(text=text, headers=dict(headers)))
            case _:
                _log.debug("call %s: %s is nothing this line reports", self.id, event)

    def _end(self, code: int, reason: str, headers: Mapping[str, str]) -> None:
        if self.over:
            return
        self.over = True
        if self.media is not None:
            self.media.close()
        duration = 0 if self._connected_at is None else int(self.line.now() - self._connected_at)
        self.change_state(CallState.TERMINATED)
        self.post(
            Disconnected(
                internal_code=code,
                reason=reason,
                duration=duration,
                direction="incoming_sip",
                headers=dict(headers),
            )
        )
        self.line.forget(self)

    def _media_changed(self, session: MediaSession, body: str, *, changed: bool) -> None:
        try:
            self.agree(session)
        except MediaError as problem:
            _log.warning("call %s: %s", self.id, problem)
        if changed:
            self.post(ReInviteReceived(mime_type="application/sdp", body=body))
        if session.held is not self._held:
            self._held = session.held
            self.post(OnHold() if session.held else OffHold())

    def _info(self, kind: str, body: str, headers: Mapping[str, str]) -> None:
        digit = _info_tone(kind, body)
        if digit and DTMFType.SIP_INFO in self.tones:
            self._tone(digit, DTMFType.SIP_INFO, "3")
        else:
            self.post(InfoReceived(mime_type=kind, body=body, headers=dict(headers)))


def _scheme(session: MediaSession) -> dict[str, object]:
    audio = {"codec": session.codec.value, "clock": 8000, "pt": session.payload_type}
    return {"0": {"audio": audio}}


def _info_tone(kind: str, body: str) -> str:
    """Return the key that an INFO body carries, or "" (`Signal=5` lines, or the bare key)."""
    if kind not in _INFO_TONES:
        return ""
    text = body.strip()
    for line in text.splitlines():
        name, found, value = line.partition("=")
        if found and name.strip().lower() == "signal":
            text = value.strip()
            break
    return text if len(text) == 1 and text in "0123456789*#" else ""


sip: Dispatch[SipCall] = Dispatch("sip")
"""The table that the family modules fill: `@sip.handles(Say)`."""
