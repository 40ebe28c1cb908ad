"""What the legs of a spoke send: a prompt's frame, silence, or a telephone event.

A leg that is connected sends all the time, so that its SSRC, sequence and timestamp run on over
every change of source (RFC 3550 5.1) and NATs stay open. Source of events: RFC 4733 2.5.1.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from operator import call

import numpy as np

from dtmflow.media.engine.messages import (
    DigitsSent,
    MediaEvent,
    PlaybackFinished,
    PlaybackStarted,
    PlaybackStopped,
)
from dtmflow.media.engine.table import HEADER, Dialling, Legs
from dtmflow.media.packets import FRAME, TONES, Bytes, Flags, Ints, TelephoneEvent

TONE = 5 * FRAME
"""Samples of a key: 100 ms."""
GAP = 3
"""Frames of silence after a key: 60 ms."""
PAUSE = 150
"""Frames of a `p` among digits: 3 s, as the pause of 3GPP TS 22.101 A.21."""
ENDS = 3
"""Times that the last packet of an event is sent (RFC 4733 2.5.1.4)."""


class Sender:
    """The sending half of the engine."""

    def __init__(self, legs: Legs, frames: Bytes, emit: Callable[[MediaEvent], None]) -> None:
        self._legs, self._frames, self._emit = legs, frames, emit

    def turn(self, spoke: int) -> None:
        """Send one packet for each sending leg of a spoke."""
        legs, state = self._legs, self._legs.outgoing
        rows = legs.sending(spoke)
        if not len(rows):
            return
        play = state.playing[rows]
        busy = {row: state.dialling[row] for row in state.dialling.keys() & set(rows.tolist())}
        if busy:
            play &= ~np.isin(rows, list(busy))
        self._build(rows, play)
        places = rows.tolist()
        views = [state.views[row] for row in places]
        if busy:
            for index, row in enumerate(places):
                if row in busy and (payload := self._event(row, busy[row])):
                    views[index] = views[index][: HEADER + len(payload)]
        self._send(rows, places, views)
        self._advance(rows, play)
        for row, dialling in busy.items():
            self._after(row, dialling)

    def play(self, row: int, token: int, first: int, frames: int, *, loop: bool) -> None:
        """Play frames of prompt memory from the next packet on, in place of what plays."""
        self.stop(row)
        state = self._legs.outgoing
        state.token[row], state.first[row], state.frames[row] = token, first, frames
        state.position[row], state.loop[row] = 0, loop
        state.playing[row], state.announced[row], state.talking[row] = True, False, False

    def stop(self, row: int) -> None:
        """End what a leg plays, before its end."""
        legs, state = self._legs, self._legs.outgoing
        if state.playing[row]:
            state.playing[row] = False
            self._emit(PlaybackStopped(legs.numbers[row].item(), state.token[row].item()))

    def _build(self, rows: Ints, play: Flags) -> None:
        legs, state = self._legs, self._legs.outgoing
        at = np.where(play, state.first[rows] + state.position[rows], legs.silence[rows])
        begins = play & ~state.talking[rows]
        state.talking[rows] = play
        packets = state.packets
        packets["type"][rows] = legs.payload_type[rows] | begins.astype(np.int64) << 7
        packets["sequence"][rows] = state.sequence[rows] & 0xFFFF
        packets["timestamp"][rows] = state.timestamp[rows] & 0xFFFFFFFF
        packets["payload"][rows] = self._frames[at]

    def _send(self, rows: Ints, places: list[int], views: list[memoryview]) -> None:
        legs, state = self._legs, self._legs.outgoing
        sends = [legs.ports[row].sendto for row in places]
        calls = map(call, sends, views, [legs.remote[row] for row in places])
        results: deque[int] = deque()
        while len(results) < len(places):
            try:
                results.extend(calls)
            except OSError:  # no route, no buffer, refused: this packet is lost, the next is due
                row = places[len(results)]
                state.unsent[row] += 1
                state.sent[row] -= 1
                results.append(0)
        state.sent[rows] += 1
        state.sequence[rows] += 1
        state.timestamp[rows] += FRAME

    def _advance(self, rows: Ints, play: Flags) -> None:
        """Move the playbacks on and report what has begun and ended."""
        legs, state = self._legs, self._legs.outgoing
        if not play.any():
            return
        rows = rows[play]
        for row in rows[~state.announced[rows]].tolist():
            state.announced[row] = True
            self._emit(PlaybackStarted(legs.numbers[row].item(), state.token[row].item()))
        state.position[rows] += 1
        for row in rows[state.position[rows] >= state.frames[rows]].tolist():
            state.position[row] = 0
            if not state.loop[row]:
                state.playing[row] = False
                self._emit(PlaybackFinished(legs.numbers[row].item(), state.token[row].item()))

    def _event(self, row: int, dialling: Dialling) -> bytes:
        """Write the next packet of a key over the leg's packet; empty when silence is due."""
        legs, state = self._legs, self._legs.outgoing
        digit = dialling.queue[0][0][dialling.at]
        if dialling.quiet or digit not in TONES:
            return b""
        packet = state.packets[row]
        if not dialling.duration:
            dialling.timestamp = state.timestamp[row].item() & 0xFFFFFFFF
        marker = 0 if dialling.duration else 0x80
        dialling.duration = min(dialling.duration + FRAME, TONE)
        if dialling.duration == TONE:
            dialling.ends += 1
        payload = TelephoneEvent(
            TONES.index(digit), end=dialling.ends > 0, duration=dialling.duration
        ).build()
        packet["type"] = legs.event_type[row].item() | marker
        packet["timestamp"] = dialling.timestamp
        packet["payload"][: len(payload)] = np.frombuffer(payload, np.uint8)
        return payload

    def _after(self, row: int, dialling: Dialling) -> None:
        """Move the digits on after a packet."""
        digits, token = dialling.queue[0]
        if dialling.quiet:
            dialling.quiet -= 1
            if not dialling.quiet:
                dialling.at += 1
        elif digits[dialling.at] not in TONES:
            dialling.quiet = PAUSE - 1
        elif dialling.ends == ENDS:
            dialling.duration = dialling.ends = 0
            dialling.quiet = GAP
        if dialling.at == len(digits):
            dialling.at = 0
            dialling.queue.pop(0)
            if not dialling.queue:
                del self._legs.outgoing.dialling[row]
            self._emit(DigitsSent(self._legs.numbers[row].item(), token))
