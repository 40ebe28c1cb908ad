"""One incoming Call: a SIP leg and the audio leg that belongs to it.

Its state, and the CallEvents that follow from what the user agent and the media gateway report.
The family modules carry out the methods; `line` owns the sockets.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from dtmflow.errors import CallError, LocalProtocolError, MediaError
from dtmflow.lines.dispatch import Dispatch
from dtmflow.lines.sip.sounds import Sounds
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
from dtmflow_schema.events.video import ReInviteReceived
from dtmflow_schema.names import CallAudioQuality, DTMFType

_log = logging.getLogger(__name__)

R = TypeVar("R")

_INFO_TONES = "application/dtmf-relay", "application/dtmf"
_NUMBERED = {"10": "*", "11": "#"}
"""Some phones write event numbers of RFC 4733 instead of keys."""
_PICTURE_REQUEST = "application/media_control+xml"
"""RFC 5168: asks for a video frame; there is no video, and no flow wants to hear of it."""


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
        self.rung = False
        """Whether a 180 is out."""
        self.early = False
        """Whether early media is open."""
        self.over = False
        """Whether the leg has ended."""
        self.tones: frozenset[DTMFType] = frozenset()
        """What raises `ToneReceived`; empty while `handleTones` is off."""
        self.custom_data = facts.headers.get("X-Custom-Data", "")
        self.media: Leg | None = None
        self.sounds = Sounds(self.post)
        self._id = call_id
        self._law: Law | None = None
        self._folder: Path | None = None
        self._agreed: MediaSession | None = None
        self._may_send = False
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
        if self.over or not (self.answered or self.early or self.rung):
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
        """Open the audio leg, once, and describe it for the session description.

        Raises:
            MediaError: there is none to be had.
        """
        if self.media is None:
            self.media = self.line.open_media(self.on_media)
        return LocalMedia(self.line.host, self.media.port)

    def agree(self, session: MediaSession | None) -> None:
        """Send and hear as agreed; None while the peer's answer is still to come.

        Before the ACK nothing is sent, early media excepted: whoever asked may have written
        somebody else's address into the INVITE.
        """
        if session is None or self.media is None:
            return
        law, media = Law(session.codec.value), self.media
        self._may_send = self._may_send or self.early or self._connected_at is not None
        media.direct(
            send=self._may_send and session.direction in {Direction.SENDRECV, Direction.SENDONLY},
            receive=not self.early
            and session.direction in {Direction.SENDRECV, Direction.RECVONLY},
        )
        if session.host and session.port and not _same_way(session, self._agreed):
            # Only then: the engine may have learnt a better address than the told one (NAT).
            media.connect(
                session.host,
                session.port,
                law=law,
                payload_type=session.payload_type,
                telephone_event=session.telephone_event,
            )
            self._agreed = session
        if self._law not in {None, law}:
            self.sounds.change_codec(media, law)
        self._law = law

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

    def play(
        self, token: int, clip: Clip | CallError, *, loop: bool = False, reports: bool = True
    ) -> None:
        """Play what was prepared for a token of `sounds`; nothing on a call that has ended."""
        if self.media is not None and self._law is not None and not self.over:
            self.sounds.play(self.media, self._law, token, clip, loop=loop, reports=reports)

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
            case media_events.PlaybackStarted() | media_events.PlaybackFinished():
                self.sounds.take(event)
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
                self._connected_at = self.line.now()
                self._take(session)
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
            case signalling.MediaChanged():
                self._media_changed(event)
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

    def _media_changed(self, change: signalling.MediaChanged) -> None:
        self._take(change.media)
        headers = dict(change.headers)
        if change.changed:
            self.post(
                ReInviteReceived(mime_type="application/sdp", body=change.body, headers=headers)
            )
        if change.media.held is not self._held:
            self._held = change.media.held
            self.post(OnHold() if self._held else OffHold())

    def _take(self, session: MediaSession) -> None:
        """Agree to what the peer said; without a media process its loss ends the call."""
        try:
            self.agree(session)
        except MediaError as problem:
            _log.warning("call %s: %s", self.id, problem)

    def _info(self, kind: str, body: str, headers: Mapping[str, str]) -> None:
        digit = _info_tone(kind, body)
        if kind == _PICTURE_REQUEST:
            return
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
    text = _NUMBERED.get(text, text)
    return text if len(text) == 1 and text in "0123456789*#" else ""


def _same_way(session: MediaSession, agreed: MediaSession | None) -> bool:
    """Tell whether audio goes where it went, in the same form."""
    return agreed is not None and (
        (session.host, session.port, session.payload_type, session.telephone_event, session.codec)
        == (agreed.host, agreed.port, agreed.payload_type, agreed.telephone_event, agreed.codec)
    )


sip: Dispatch[SipCall] = Dispatch("sip")
"""The table that the family modules fill: `@sip.handles(Say)`."""
