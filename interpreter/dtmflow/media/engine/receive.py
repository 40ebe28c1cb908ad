"""Received datagrams: classify, check the source, count, keep the sound, report keys.

In comes a batch and the time, out go events; a leg's columns change. Sources: RFC 3550 A.1, A.3,
A.8; RFC 4733 2.5; RFC 5761 4.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import eq

import numpy as np

from dtmflow.media import codecs, dsp
from dtmflow.media.engine.messages import FirstAudio, Heard, MediaEvent, Statistics, Tone
from dtmflow.media.engine.ports import Address, Batch
from dtmflow.media.engine.table import RING, Candidate, Legs
from dtmflow.media.packets import FRAME, STRIDE, TONES, Bytes, Flags, Headers, Ints, parse_headers

LEARNING = 4
"""Packets in sequence that a new source must send, as many as Asterisk's strict RTP asks for."""
MOVED_AFTER = 0.5
"""Seconds of silence from the old source before the same stream may come from a new one."""
_DROPOUT, _MISORDER = 3000, 100
_DELAY = 3 * FRAME
_EPOCH = RING << 12
"""Where in its ring's endless tape a stream begins: packets before its first have room."""
_LAWS = {0: codecs.Law.PCMU, 1: codecs.Law.PCMA}


def _signed(difference: Ints, bits: int) -> Ints:
    """Return a difference of counters that wrap as the nearest signed number."""
    half = 1 << bits - 1
    return (difference + half & (1 << bits) - 1) - half


class Receiver:
    """The receiving half of the engine."""

    def __init__(self, legs: Legs, emit: Callable[[MediaEvent], None]) -> None:
        self._legs, self._emit = legs, emit

    def take(self, batch: Batch, now: float) -> None:
        """Work on a batch that came by `now`."""
        legs, state = self._legs, self._legs.incoming
        headers = parse_headers(batch.data, batch.lengths)
        rows = batch.rows
        sources = legs.source
        known = np.fromiter(
            map(eq, batch.addresses, map(sources.__getitem__, rows.tolist())), bool, len(rows)
        )
        wanted = headers.valid & legs.connected[rows] & legs.receive_open[rows]
        audio = wanted & (headers.payload_type == legs.payload_type[rows]) & (headers.size > 0)
        event = wanted & (headers.payload_type == legs.event_type[rows]) & (headers.size >= 4)
        for index in np.flatnonzero((audio | event) & ~known).tolist():
            known[index] = self._learn(rows[index].item(), headers, index, batch.addresses, now)
        state.rtcp[rows] += headers.rtcp & known
        state.foreign[rows] += (audio | event | headers.rtcp) & ~known
        state.unwanted[rows] += ~(audio | event | headers.rtcp)
        audio &= known
        event &= known
        if audio.any():
            every = bool(audio.all())
            chosen = slice(None) if every else audio
            some = headers if every else headers.some(audio)
            self._hear(rows[chosen], batch.data[chosen], some, now)
        if event.any():
            self._keys(batch, headers, event, now)

    def _learn(
        self, row: int, headers: Headers, index: int, addresses: tuple[Address, ...], now: float
    ) -> bool:
        """Judge a packet from an unexpected source; true when that is the leg's source now.

        Before the first packet from the address in the session description, and again when a
        stream falls silent, another source is taken if it proves itself (NAT): several packets
        in sequence, and in the second case with the SSRC of the stream.
        """
        legs, state = self._legs, self._legs.incoming
        address, ssrc = addresses[index], int(headers.ssrc[index])
        if not address[0]:
            return False
        if state.latched[row] and (
            ssrc != state.ssrc[row] or now - state.heard_at[row] < MOVED_AFTER
        ):
            return False
        sequence = int(headers.sequence[index])
        before = state.candidates.get(row)
        if before is None or (before.address, before.ssrc, before.sequence) != (
            address,
            ssrc,
            sequence,
        ):
            before = Candidate(address, ssrc, sequence, 0)
        before.count += 1
        before.sequence = sequence + 1 & 0xFFFF
        state.candidates[row] = before
        if before.count < LEARNING:
            return False
        del state.candidates[row]
        legs.source[row] = legs.remote[row] = address
        return True

    def _hear(self, rows: Ints, data: Bytes, headers: Headers, now: float) -> None:
        """Count and keep audio packets, one of each leg."""
        legs, state = self._legs, self._legs.incoming
        other = headers.ssrc != state.ssrc[rows]
        if other.any():
            self._begin(rows[other], headers.ssrc[other], headers.sequence[other])
        counted = self._count(rows, headers.sequence)
        if not counted.all():
            rows, data = rows[counted], data[counted]
            headers = headers.some(counted)
            if not len(rows):
                return
        state.latched[rows] = True
        state.heard_at[rows] = now
        self._time(rows, headers.timestamp, now)
        self._store(rows, data, headers)
        for row in rows[~state.greeted[rows]].tolist():
            state.greeted[row] = True
            self._emit(FirstAudio(legs.numbers[row].item()))

    def _begin(self, rows: Ints, ssrc: Ints, sequence: Ints) -> None:
        """Start the counters of a new stream."""
        state = self._legs.incoming
        state.ssrc[rows] = ssrc
        state.base[rows] = sequence
        state.highest[rows] = sequence - 1
        state.received[rows] = 0
        state.suspect[rows] = -1
        state.jitter[rows] = 0.0
        state.heard[rows] = False
        state.event_seen[rows] = False

    def _count(self, rows: Ints, sequence: Ints) -> Flags:
        """Extend the sequence numbers; false where a lone jump is not believed (RFC 3550 A.1)."""
        state = self._legs.incoming
        highest = state.highest[rows]
        step = _signed(sequence - highest, 16)
        jump = (step > _DROPOUT) | (step < -_MISORDER)
        if jump.any():
            again = jump & (sequence == state.suspect[rows])
            state.suspect[rows] = np.where(jump, sequence + 1 & 0xFFFF, state.suspect[rows])
            moved = rows[again]
            state.base[moved] = sequence[again]
            state.received[moved] = 0
            state.heard[moved] = False
            highest = np.where(again, sequence - 1, highest)
            step = np.where(again, 1, step)
            jump &= ~again
        believed = ~jump
        state.highest[rows] = np.where(believed, highest + np.maximum(step, 0), highest)
        state.received[rows] += believed
        return believed

    def _time(self, rows: Ints, timestamp: Ints, now: float) -> None:
        """Follow the jitter (RFC 3550 A.8)."""
        state = self._legs.incoming
        transit = now * codecs.RATE - timestamp
        change = np.abs(transit - state.transit[rows])
        known = state.heard[rows] & (change < 1 << 31)
        state.jitter[rows] += np.where(known, (change - state.jitter[rows]) / 16, 0.0)
        state.transit[rows] = transit

    def _store(self, rows: Ints, data: Bytes, headers: Headers) -> None:
        """Write the payloads into the rings, each at its place in the stream."""
        state = self._legs.incoming
        fresh = ~state.heard[rows]
        if fresh.any():
            begun = rows[fresh]
            state.origin[begun] = headers.timestamp[fresh] - _EPOCH
            state.newest[begun] = 0
            state.heard[begun] = True
            for row in set(begun.tolist()) & state.listening.keys():
                state.listening[row] = -1
        place = headers.timestamp - state.origin[rows] & 0xFFFFFFFF
        end = place + headers.size
        state.newest[rows] = np.maximum(state.newest[rows], end)
        keep = place > state.newest[rows] - RING + STRIDE
        for row, due in state.listening.items():
            keep &= (rows != row) | (place >= due)
        usual = keep & (headers.size == FRAME) & (headers.start == 12) & (place % FRAME == 0)
        every = bool(usual.all())
        some = slice(None) if every else usual
        frames = state.ring.reshape(-1, FRAME)
        frames[(rows[some] * RING + place[some] % RING) // FRAME] = data[some, 12 : 12 + FRAME]
        if every:
            return
        flat = state.ring.reshape(-1)
        for index in np.flatnonzero(keep & ~usual).tolist():
            start, size = headers.start[index], headers.size[index]
            where = (place[index] + np.arange(size)) % RING
            flat[rows[index] * RING + where] = data[index, start : start + size]

    def _keys(self, batch: Batch, headers: Headers, chosen: Flags, now: float) -> None:
        """Report each telephone event once, at its first packet, whichever that is.

        An event is told from the next one by its timestamp (RFC 4733 2.3.5); late packets of
        an earlier one and segments of a long one (2.5.1.3) are no new events.
        """
        legs, state = self._legs, self._legs.incoming
        for index in np.flatnonzero(chosen).tolist():
            row = batch.rows[index].item()
            timestamp = headers.timestamp[index].item()
            start = headers.start[index].item()
            code = batch.data[index, start].item()
            state.latched[row] = True
            state.heard_at[row] = now
            if headers.ssrc[index] == state.ssrc[row]:
                self._count(batch.rows[index : index + 1], headers.sequence[index : index + 1])
            ahead = timestamp - state.event_timestamp[row].item()
            if state.event_seen[row] and not 0 < (ahead & 0xFFFFFFFF) < 1 << 31:
                continue
            segment = state.event_seen[row] and ahead & 0xFFFFFFFF == 0xFFFF
            state.event_seen[row] = True
            state.event_timestamp[row] = timestamp
            if code < len(TONES) and not segment:
                self._emit(Tone(legs.numbers[row].item(), TONES[code]))

    def report(self, spoke: int, spokes: int) -> None:
        """Report 20 ms of sound of every leg of a spoke that is listened to."""
        legs, state = self._legs, self._legs.incoming
        for row, expected in state.listening.items():
            if row % spokes != spoke or not state.heard[row]:
                continue
            newest, ring = state.newest[row].item(), state.ring[row]
            silence = _LAWS[legs.silence[row].item()].silence
            due = expected
            if due < 0 or not -RING // 2 < newest - due <= RING // 2:
                due = newest - _DELAY
                ring[np.arange(newest, due + RING) % RING] = silence
            place = np.arange(due, due + FRAME) % RING
            self._emit(Heard(legs.numbers[row].item(), ring[place].tobytes()))
            ring[place] = silence
            state.listening[row] = due + FRAME

    def statistics(self, row: int, token: int) -> Statistics:
        """Return a leg's counters."""
        legs, state = self._legs, self._legs.incoming
        level = dsp.SILENT_DBOV
        if state.heard[row]:
            newest = state.newest[row].item()
            latest = state.ring[row, np.arange(newest - FRAME, newest) % RING]
            level = dsp.level_dbov(codecs.decode(latest, _LAWS[legs.silence[row].item()]))
        started = state.ssrc[row] >= 0
        expected = (state.highest[row] - state.base[row] + 1).item() if started else 0
        received = state.received[row].item()
        return Statistics(
            leg=legs.numbers[row].item(),
            token=token,
            sent=legs.outgoing.sent[row].item(),
            unsent=legs.outgoing.unsent[row].item(),
            received=received,
            lost=expected - received,
            jitter_ms=state.jitter[row].item() * 1000 / codecs.RATE,
            level_dbov=level,
            ssrc=state.ssrc[row].item(),
            foreign=state.foreign[row].item(),
            unwanted=state.unwanted[row].item(),
            rtcp=state.rtcp[row].item(),
        )
