"""What one call is made to hear: one sound at a time, and the events that it raises.

Comes in: prepared clips and what the audio leg reports. Goes out: orders to the leg, playback
events in the order of the Call reference. Knows no signalling.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from dtmflow.errors import CallError, MediaError
from dtmflow.media.codecs import Clip, Law, recode
from dtmflow.media.engine import messages as media_events
from dtmflow.media.gateway import Leg
from dtmflow_schema.base import Event
from dtmflow_schema.events.playback import PlaybackFinished, PlaybackReady, PlaybackStarted


@dataclass(slots=True)
class _Sound:
    """What plays now."""

    token: int
    clip: Clip
    loop: bool
    reports: bool
    started: bool = False


class Sounds:
    """The playbacks of one call; each has a token, and only the latest one counts."""

    def __init__(self, post: Callable[[Event], None]) -> None:
        self._post = post
        self._latest = 0
        self._now: _Sound | None = None

    def next(self) -> int:
        """Begin another playback in place of the present one; returns its token."""
        self._latest += 1
        return self._latest

    def play(
        self,
        leg: Leg,
        law: Law,
        token: int,
        clip: Clip | CallError,
        *,
        loop: bool = False,
        reports: bool = True,
    ) -> None:
        """Play a clip that was prepared for a token, unless another playback has begun meanwhile.

        Args:
            leg: connected.
            law: its codec now; the clip may have been prepared for another one.
            token: from `next`.
            clip: or the reason why there is none.
            loop: begin again at the end, for ever.
            reports: raise events; the tones of a network raise none.
        """
        if token != self._latest:
            return
        if isinstance(clip, CallError):
            self._fail(leg, clip)
            return
        if reports:
            self._post(PlaybackReady())
        self._begin(leg, law, _Sound(token, clip, loop, reports))

    def stop(self, leg: Leg) -> None:
        """Play nothing; what played raises no `PlaybackFinished`."""
        self.next()
        self._now = None
        leg.stop()

    def change_codec(self, leg: Leg, law: Law) -> None:
        """Play what plays from its beginning in another codec; its events are not raised again."""
        if self._now is not None:
            self._begin(leg, law, self._now)

    def take(self, event: media_events.MediaEvent) -> None:
        """Take an event of the audio leg; one of a sound that was replaced says nothing."""
        sound = self._now
        if sound is None or sound.token != self._latest:
            return
        match event:
            case media_events.PlaybackStarted(token=sound.token):
                if sound.reports and not sound.started:
                    sound.started = True
                    self._post(PlaybackStarted(duration=sound.clip.duration_ms))
            case media_events.PlaybackFinished(token=sound.token):
                self._now = None
                self._post(PlaybackFinished())
            case _:
                pass

    def _begin(self, leg: Leg, law: Law, sound: _Sound) -> None:
        try:
            leg.play(recode(sound.clip, law), loop=sound.loop, token=sound.token)
        except MediaError as problem:
            self._fail(leg, problem)
        else:
            self._now = sound

    def _fail(self, leg: Leg, problem: CallError) -> None:
        """Report why nothing is heard; what was to be replaced is over all the same."""
        self._now = None
        with contextlib.suppress(MediaError):
            leg.stop()
        self._post(PlaybackFinished(error=str(problem)))
