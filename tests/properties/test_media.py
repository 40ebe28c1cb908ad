from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtmflow.errors import RemoteProtocolError
from dtmflow.media.bank import PromptBank
from dtmflow.media.codecs import Clip, Law
from dtmflow.media.engine.messages import FirstAudio, Heard, Listen, Measure, Statistics, Tone
from dtmflow.media.packets import STRIDE, RtpPacket, TelephoneEvent, parse_headers
from support.thoroughness import examples
from unit.media.virtual import Studio

pytestmark = pytest.mark.properties

words = st.integers(0, 2**32 - 1)
packets = st.builds(
    RtpPacket,
    payload_type=st.integers(0, 63),
    sequence=st.integers(0, 2**16 - 1),
    timestamp=words,
    ssrc=words,
    payload=st.binary(max_size=400),
    marker=st.booleans(),
)
nearly_packets = st.builds(
    lambda first, rest: bytes([first]) + rest, st.integers(0x80, 0xBF), st.binary(max_size=60)
)


@given(packets)
def test_a_packet_survives_building_and_parsing(packet: RtpPacket) -> None:
    assert RtpPacket.parse(packet.build()) == packet


@given(
    st.builds(
        TelephoneEvent,
        event=st.integers(0, 255),
        end=st.booleans(),
        duration=st.integers(0, 2**16 - 1),
        volume=st.integers(0, 63),
    )
)
def test_an_event_survives_building_and_parsing(event: TelephoneEvent) -> None:
    assert TelephoneEvent.parse(event.build()) == event


@given(
    st.lists(packets.map(RtpPacket.build) | nearly_packets | st.binary(max_size=40), min_size=1)
)
def test_many_at_once_are_read_as_one_at_a_time(datagrams: list[bytes]) -> None:
    rows = np.full((len(datagrams), STRIDE), 0xA5, np.uint8)
    for row, data in zip(rows, datagrams, strict=True):
        row[: len(data)] = np.frombuffer(data, np.uint8)
    headers = parse_headers(rows, np.array([len(data) for data in datagrams]))
    for index, data in enumerate(datagrams):
        try:
            packet = RtpPacket.parse(data)
        except RemoteProtocolError:
            assert not headers.valid[index]
            continue
        assert headers.valid[index]
        start = headers.start[index]
        assert packet == RtpPacket(
            int(headers.payload_type[index]),
            int(headers.sequence[index]),
            int(headers.timestamp[index]),
            int(headers.ssrc[index]),
            rows[index, start : start + headers.size[index]].tobytes(),
            marker=data[1] > 127,
        )


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(packets.map(RtpPacket.build) | nearly_packets | st.binary(max_size=1400), max_size=30)
)
def test_no_datagram_harms_the_engine(datagrams: list[bytes]) -> None:
    studio = Studio(capacity=2)
    caller = studio.call()
    studio.engine.apply(Listen(1, on=True))
    for data in datagrams:
        caller.port.sendto(data, caller.peer)
        studio.run(0.01)
    studio.engine.apply(Measure(1, 0))
    allowed = (FirstAudio, Tone, Heard, Statistics)
    assert all(isinstance(event, allowed) for event in studio.events)


@settings(max_examples=examples(60), deadline=None)
@given(
    st.integers(0, 65535),
    words,
    st.lists(st.booleans(), min_size=2, max_size=60).filter(lambda kept: kept[0] and kept[-1]),
)
def test_every_loss_is_counted_wherever_the_counters_wrap(
    sequence: int, timestamp: int, kept: list[bool]
) -> None:
    studio = Studio(capacity=1)
    caller = studio.call()
    caller.sequence, caller.timestamp = sequence, timestamp
    for keep in kept:
        caller.say(lose=not keep)
        studio.run(0.02)
    studio.engine.apply(Measure(1, 0))
    found = studio.events[-1]
    assert isinstance(found, Statistics)
    assert (found.received, found.lost) == (sum(kept), len(kept) - sum(kept))


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 11), st.lists(st.booleans(), min_size=7, max_size=7)), max_size=8
    )
)
def test_each_key_is_reported_once_if_any_of_its_packets_comes(
    keys: list[tuple[int, list[bool]]],
) -> None:
    studio = Studio(capacity=1)
    caller = studio.call()
    expected = []
    for code, kept in keys:
        steps = [(160, False), (320, False), (480, False), (640, False)] + [(800, True)] * 3
        for (duration, end), keep in zip(steps, kept, strict=True):
            caller.key(code, duration, end=end, lose=not keep)
            studio.run(0.02)
        caller.timestamp = caller.timestamp + 1600 & 0xFFFFFFFF
        if any(kept):
            expected.append(Tone(1, "0123456789*#"[code]))
    assert studio.events == expected


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 5)), max_size=40))
def test_prompt_memory_never_overwrites_a_clip_that_plays(steps: list[tuple[int, int]]) -> None:
    bank = PromptBank(20 * 160)
    playing: list[tuple[Clip, int]] = []
    for number, (frames, release) in enumerate(steps):
        if release < len(playing):
            bank.release(playing.pop(release)[0].key)
        if sum(clip.frames for clip, _ in playing) + frames > 10:
            continue
        clip = Clip(number, Law.PCMU, bytes([number]) * (160 * frames), frames * 20)
        try:
            playing.append((clip, bank.acquire(clip)[0]))
        except Exception as error:  # noqa: BLE001 - holes may be too small, nothing else may fail
            assert "prompt memory" in str(error)  # noqa: PT017
        for kept, first in playing:
            assert bank.frames[first : first + kept.frames].tobytes() == kept.payload
