from __future__ import annotations

import struct

import numpy as np
import pytest

from dtmflow.media.codecs import Law
from dtmflow.media.engine.messages import (
    Close,
    Closed,
    Connect,
    Dial,
    DigitsSent,
    Direct,
    FirstAudio,
    Heard,
    Listen,
    Measure,
    PlaybackFinished,
    PlaybackStarted,
    PlaybackStopped,
    Statistics,
    Stop,
    Tone,
)
from dtmflow.media.packets import FRAME, RtpPacket, TelephoneEvent
from unit.media.virtual import EVENTS, MemoryPort, Studio, melody

pytestmark = pytest.mark.unit


def statistics(studio: Studio, leg: int = 1) -> Statistics:
    studio.engine.apply(Measure(leg, 5))
    found = studio.events.pop()
    assert isinstance(found, Statistics)
    return found


def test_a_connected_leg_sends_silence_every_20_ms() -> None:
    studio = Studio()
    caller = studio.call()
    studio.run(1.0)
    packets = caller.packets()
    assert len(packets) == 50
    assert {packet.payload for packet in packets} == {b"\xff" * FRAME}
    assert not any(packet.marker for packet in packets)
    times = [now for now, source, _, _ in studio.network.log if source == ("10.0.0.1", 20002)]
    assert np.allclose(np.diff(times), 0.02)


def test_sequence_and_timestamp_run_on_over_their_wrap_and_over_changes_of_source() -> None:
    studio = Studio()
    caller = studio.call(sequence=65530, timestamp=2**32 - 800)
    studio.run(0.1)
    studio.play(1, melody(5))
    studio.run(0.06)
    studio.engine.apply(Stop(1))
    studio.run(0.1)
    packets = caller.packets()
    assert [p.sequence for p in packets] == [(65530 + n) % 65536 for n in range(len(packets))]
    assert [p.timestamp for p in packets] == [
        (2**32 - 800 + 160 * n) % 2**32 for n in range(len(packets))
    ]
    assert {p.ssrc for p in packets} == {7001}


@pytest.mark.parametrize("law", Law)
def test_a_prompt_is_heard_bit_for_bit_between_silences(law: Law) -> None:
    studio = Studio()
    caller = studio.call(law=law)
    clip = melody(20, law)
    studio.run(0.1)
    studio.play(1, clip, token=9)
    studio.run(1.0)
    heard = b"".join(packet.payload for packet in caller.packets())
    quiet = bytes([law.silence]) * FRAME
    begin = heard.index(clip.payload)
    assert heard[:begin] == quiet * 5
    assert heard[begin + len(clip.payload) :] == quiet * 30
    assert studio.events == [PlaybackStarted(1, 9), PlaybackFinished(1, 9)]


def test_the_marker_bit_stands_at_the_first_packet_of_a_prompt_only() -> None:
    studio = Studio()
    caller = studio.call()
    studio.run(0.1)
    studio.play(1, melody(3))
    studio.run(0.2)
    assert [p.marker for p in caller.packets()] == [False] * 5 + [True] + [False] * 9


def test_a_looped_prompt_begins_again_without_a_word_and_stops_when_told() -> None:
    studio = Studio()
    caller = studio.call()
    clip = melody(4)
    studio.play(1, clip, loop=True)
    studio.run(0.24)
    studio.engine.apply(Stop(1))
    studio.run(0.02)
    heard = b"".join(packet.payload for packet in caller.packets())
    assert heard == clip.payload * 3 + b"\xff" * FRAME
    assert studio.events == [PlaybackStarted(1, 1), PlaybackStopped(1, 1)]


def test_a_second_prompt_replaces_the_first_at_the_next_packet() -> None:
    studio = Studio()
    caller = studio.call()
    one, two = melody(10, seed=1), melody(10, seed=2)
    studio.play(1, one, token=1)
    studio.run(0.06)
    studio.play(1, two, token=2)
    studio.run(0.06)
    heard = b"".join(packet.payload for packet in caller.packets())
    assert heard == one.payload[: 3 * FRAME] + two.payload[: 3 * FRAME]
    assert studio.events == [
        PlaybackStarted(1, 1),
        PlaybackStopped(1, 1),
        PlaybackStarted(1, 2),
    ]


def test_sixty_legs_hear_each_its_own_prompt_spread_over_the_20_ms() -> None:
    studio = Studio(capacity=60)
    callers = [studio.call(leg) for leg in range(1, 61)]
    clips = [melody(10, seed=leg) for leg in range(1, 61)]
    for leg, clip in enumerate(clips, 1):
        studio.play(leg, clip, token=leg)
    studio.run(0.3)
    for caller, clip in zip(callers, clips, strict=True):
        assert clip.payload in b"".join(packet.payload for packet in caller.packets())
    at_once = [
        sum(now == other for other, *_ in studio.network.log) for now, *_ in studio.network.log
    ]
    assert set(at_once) == {15}


def test_a_row_freed_by_a_leg_serves_the_next_one_afresh() -> None:
    studio = Studio(capacity=1)
    caller = studio.call(1)
    caller.say()
    studio.play(1, melody(10))
    studio.engine.apply(Listen(1, on=True))
    studio.run(0.04)
    studio.engine.apply(Close(1))
    assert ("10.0.0.1", 20002) not in studio.network.ports
    studio.events.clear()
    other = studio.call(2)
    other.say()
    studio.run(0.1)
    assert studio.events == [FirstAudio(2)]
    assert {packet.payload for packet in other.packets()} == {b"\xff" * FRAME}
    assert statistics(studio, 2).received == 1


def test_closing_a_leg_ends_its_playback_and_later_commands_are_passed_over() -> None:
    studio = Studio()
    studio.call()
    studio.play(1, melody(10), token=4)
    studio.run(0.02)
    studio.engine.apply(Close(1))
    studio.engine.apply(Stop(1))
    assert studio.events == [
        PlaybackStarted(1, 4),
        PlaybackStopped(1, 4),
        Closed(1, sent=1, unsent=0, received=0, lost=0),
    ]
    assert studio.engine.idle


def test_first_audio_is_reported_once_and_not_for_keys() -> None:
    studio = Studio()
    caller = studio.call()
    caller.press(5)
    studio.run(0.1)
    assert studio.events == [Tone(1, "5")]
    for _ in range(3):
        caller.say()
        studio.run(0.02)
    assert studio.events == [Tone(1, "5"), FirstAudio(1)]


def test_each_key_is_reported_once_in_order() -> None:
    studio = Studio()
    caller = studio.call()
    for code in range(12):
        caller.press(code)
        studio.run(0.1)
    assert studio.events == [Tone(1, digit) for digit in "0123456789*#"]


def test_the_same_key_twice_is_two_keys() -> None:
    studio = Studio()
    caller = studio.call()
    caller.press(7)
    caller.press(7)
    studio.run(0.2)
    assert studio.events == [Tone(1, "7"), Tone(1, "7")]


def test_a_key_is_reported_at_its_first_packet_and_when_only_its_end_comes() -> None:
    studio = Studio()
    caller = studio.call()
    caller.key(3, 160)
    studio.run(0.01)
    assert studio.events == [Tone(1, "3")]
    caller.timestamp = caller.timestamp + 1600 & 0xFFFFFFFF
    for duration in (160, 320):
        caller.key(4, duration, lose=True)
    caller.key(4, 480, end=True)
    studio.run(0.02)
    assert studio.events == [Tone(1, "3"), Tone(1, "4")]


def test_a_late_packet_of_an_earlier_key_is_no_new_key() -> None:
    studio = Studio()
    caller = studio.call()
    caller.press(1)
    studio.run(0.1)
    before = caller.timestamp - 1600
    caller.press(2)
    studio.run(0.1)
    late = TelephoneEvent(1, end=True, duration=800).build()
    packet = RtpPacket(EVENTS, caller.sequence & 0xFFFF, before & 0xFFFFFFFF, caller.ssrc, late)
    caller.port.sendto(packet.build(), caller.peer)
    studio.run(0.1)
    assert studio.events == [Tone(1, "1"), Tone(1, "2")]


def test_a_key_held_beyond_the_longest_duration_is_one_key() -> None:
    studio = Studio()
    caller = studio.call()
    caller.key(6, 160)
    caller.key(6, 0xFFFF)
    caller.timestamp = caller.timestamp + 0xFFFF & 0xFFFFFFFF
    caller.key(6, 160)
    caller.key(6, 320, end=True)
    studio.run(0.1)
    assert studio.events == [Tone(1, "6")]


def test_events_that_are_no_keys_are_not_reported() -> None:
    studio = Studio()
    caller = studio.call()
    caller.press(12)
    caller.press(36)
    caller.key(3, 160)
    studio.run(0.2)
    assert studio.events == [Tone(1, "3")]


def test_digits_go_out_as_events_with_three_ends_and_a_gap() -> None:
    studio = Studio()
    caller = studio.call()
    studio.engine.apply(Dial(1, 8, "2#"))
    studio.run(0.5)
    packets = caller.packets()
    keys = [p for p in packets if p.payload_type == EVENTS]
    events = [TelephoneEvent.parse(p.payload) for p in keys]
    assert [e.event for e in events] == [2] * 7 + [11] * 7
    assert [e.duration for e in events] == [160, 320, 480, 640, 800, 800, 800] * 2
    assert [e.end for e in events] == ([False] * 4 + [True] * 3) * 2
    assert [p.marker for p in keys] == ([True] + [False] * 6) * 2
    assert len({p.timestamp for p in keys[:7]}) == len({p.timestamp for p in keys[7:]}) == 1
    gap = [p.payload_type for p in packets].index(0)
    assert [p.payload_type for p in packets[gap : gap + 4]] == [0, 0, 0, EVENTS]
    assert [p.sequence for p in packets] == [(65530 + n) % 65536 for n in range(len(packets))]
    audio = [p for p in packets if p.payload_type == 0]
    assert (audio[0].timestamp - keys[0].timestamp) % 2**32 == 7 * FRAME
    assert studio.events == [DigitsSent(1, 8)]


def test_digits_are_understood_by_another_leg() -> None:
    studio = Studio()
    near, far = studio.call(1), studio.call(2)
    studio.engine.apply(Dial(1, 1, "159"))
    for _ in range(60):
        studio.run(0.02)
        for packet in near.packets():
            far.port.sendto(packet.build(), far.peer)
    tones = [event for event in studio.events if isinstance(event, Tone)]
    assert tones == [Tone(2, "1"), Tone(2, "5"), Tone(2, "9")]


def test_a_prompt_is_held_back_while_digits_are_sent_and_loses_nothing() -> None:
    studio = Studio()
    caller = studio.call()
    clip = melody(20)
    studio.play(1, clip)
    studio.run(0.1)
    studio.engine.apply(Dial(1, 1, "5"))
    studio.run(0.8)
    packets = caller.packets()
    spoken = [p for p in packets if p.payload_type == 0 and p.payload != b"\xff" * FRAME]
    assert b"".join(p.payload for p in spoken) == clip.payload
    assert [index for index, p in enumerate(spoken) if p.marker] == [0, 5]


def test_a_pause_among_digits_lasts_three_seconds() -> None:
    studio = Studio()
    caller = studio.call()
    studio.engine.apply(Dial(1, 1, "1p2"))
    studio.run(4.0)
    packets = caller.packets()
    kinds = [packet.payload_type for packet in packets]
    end_of_first = max(index for index in range(20) if kinds[index] == EVENTS)
    second = kinds.index(EVENTS, end_of_first + 1)
    gap_after_a_key = 3
    assert second - end_of_first - 1 == gap_after_a_key + 3 * 50
    assert {p.payload for p in packets[end_of_first + 1 : second]} == {b"\xff" * FRAME}
    assert studio.events == [DigitsSent(1, 1)]


def test_digits_asked_for_twice_are_sent_one_after_the_other() -> None:
    studio = Studio()
    caller = studio.call()
    studio.engine.apply(Dial(1, 1, "1"))
    studio.engine.apply(Dial(1, 2, "2"))
    studio.run(1.0)
    keys = [p for p in caller.packets() if p.marker]
    assert [TelephoneEvent.parse(p.payload).event for p in keys] == [1, 2]
    assert studio.events == [DigitsSent(1, 1), DigitsSent(1, 2)]


def test_packets_from_another_source_are_dropped_and_counted() -> None:
    studio = Studio()
    caller = studio.call()
    caller.say()
    studio.run(0.02)
    stranger = MemoryPort(studio.network, ("10.6.6.6", 666))
    for number in range(10):
        packet = RtpPacket(0, number, number * FRAME, 1, b"\x00" * FRAME)
        stranger.sendto(packet.build(), caller.peer)
    key = TelephoneEvent(1, end=False, duration=160).build()
    stranger.sendto(RtpPacket(EVENTS, 10, 0, 1, key).build(), caller.peer)
    studio.run(0.2)
    found = statistics(studio)
    assert (found.received, found.foreign, found.ssrc) == (1, 11, caller.ssrc)
    assert studio.events == [FirstAudio(1)]
    assert not stranger.waiting


def test_before_the_first_packet_a_source_behind_a_nat_is_learnt_and_sent_to() -> None:
    studio = Studio()
    caller = studio.call()
    mapped = MemoryPort(studio.network, ("192.0.2.7", 4711))
    for _ in range(6):
        caller.say(source=mapped)
        studio.run(0.02)
    assert studio.events == [FirstAudio(1)]
    found = statistics(studio)
    assert (found.foreign, found.received) == (3, 3)
    assert mapped.waiting
    caller.packets()
    studio.run(0.1)
    assert not caller.packets()


def test_a_source_that_does_not_count_on_is_not_learnt() -> None:
    studio = Studio()
    caller = studio.call()
    noise = MemoryPort(studio.network, ("192.0.2.7", 4711))
    for _ in range(10):
        caller.sequence += 2
        caller.say(source=noise)
        studio.run(0.02)
    assert not studio.events
    assert statistics(studio).foreign == 10


def test_a_stream_that_moves_is_followed_only_after_silence_and_with_its_ssrc() -> None:
    studio = Studio()
    caller = studio.call()
    caller.say()
    studio.run(0.02)
    moved = MemoryPort(studio.network, ("192.0.2.7", 4711))
    for _ in range(5):
        caller.say(source=moved)
        studio.run(0.02)
    assert statistics(studio).received == 1
    studio.run(0.6)
    for _ in range(5):
        caller.say(source=moved)
        studio.run(0.02)
    assert statistics(studio).received == 3
    studio.run(0.6)
    thief = MemoryPort(studio.network, ("10.6.6.6", 666))
    caller.ssrc += 1
    for _ in range(9):
        caller.say(source=thief)
        studio.run(0.02)
    assert statistics(studio).received == 3


def test_a_new_session_description_moves_both_directions_at_once() -> None:
    studio = Studio()
    caller = studio.call()
    caller.say()
    studio.run(0.02)
    elsewhere = MemoryPort(studio.network, ("10.0.0.9", 5000))
    studio.engine.apply(Connect(1, "10.0.0.9", 5000, "PCMU", 0, EVENTS))
    caller.packets()
    caller.say()
    caller.say(source=elsewhere)
    studio.run(0.04)
    assert not caller.packets()
    assert elsewhere.waiting
    found = statistics(studio)
    assert (found.received, found.foreign) == (2, 1)


def test_payload_types_that_were_not_negotiated_are_dropped_and_counted() -> None:
    studio = Studio()
    caller = studio.call()
    caller.say(payload_type=8)
    caller.say(payload_type=13)
    caller.port.sendto(b"hello", caller.peer)
    caller.port.sendto(b"\x80\xc8" + bytes(26), caller.peer)
    studio.run(0.1)
    found = statistics(studio)
    assert (found.received, found.unwanted, found.rtcp) == (0, 3, 1)
    assert not studio.events


def test_rtcp_on_the_audio_port_is_counted_and_harms_nothing() -> None:
    studio = Studio()
    caller = studio.call()
    report = struct.pack(">BBHLQLLL", 0x80, 200, 6, caller.ssrc, 0, 0, 50, 8000)
    chunk = struct.pack(">LBB", caller.ssrc, 1, 6) + b"caller" + bytes(4)
    description = struct.pack(">BBH", 0x81, 202, len(chunk) // 4) + chunk
    goodbye = struct.pack(">BBHL", 0x81, 203, 1, caller.ssrc)
    for number in range(20):
        caller.say()
        if number % 5 == 0:
            caller.port.sendto(report + description, caller.peer)
        if number == 12:
            caller.port.sendto(report + goodbye, caller.peer)
            caller.port.sendto((report + description)[:9], caller.peer)
        studio.run(0.02)
    found = statistics(studio)
    assert (found.received, found.lost) == (20, 0)
    assert (found.rtcp, found.unwanted) == (5, 1)
    assert studio.events == [FirstAudio(1)]
    assert len(caller.packets()) == 20


def test_lost_packets_are_counted_over_the_wrap_of_the_sequence() -> None:
    studio = Studio()
    caller = studio.call()
    for number in range(100):
        caller.say(lose=number % 10 == 5)
        studio.run(0.02)
    found = statistics(studio)
    assert (found.received, found.lost) == (90, 10)
    assert found.jitter_ms < 0.5


def test_two_packets_of_a_leg_in_one_tick_both_count() -> None:
    studio = Studio()
    caller = studio.call()
    for _ in range(10):
        caller.say()
        caller.say()
        studio.run(0.04)
    found = statistics(studio)
    assert (found.received, found.lost) == (20, 0)


def test_packets_out_of_order_are_not_lost() -> None:
    studio = Studio()
    caller = studio.call()
    for _ in range(5):
        caller.say(lose=True)
        caller.say()
        later = caller.sequence, caller.timestamp
        caller.sequence -= 2
        caller.timestamp = caller.timestamp - 2 * FRAME & 0xFFFFFFFF
        caller.say()
        caller.sequence, caller.timestamp = later
        studio.run(0.04)
    found = statistics(studio)
    assert found.received == 10
    assert found.lost in {0, -1}  # RFC 3550 A.1 counts from the first packet that came


def test_jitter_follows_the_formula_of_rfc_3550() -> None:
    studio = Studio()
    caller = studio.call()
    expected, before = 0.0, None
    for number in range(40):
        delay = 0.01 * (number % 2)
        studio.run(0.02 + delay)
        caller.say()
        studio.run(0.005)
        transit = studio.network.now * 8000 - (2**32 - 160 + 160 * number) % 2**32
        if before is not None and abs(transit - before) < 2**31:
            expected += (abs(transit - before) - expected) / 16
        before = transit
    assert statistics(studio).jitter_ms == pytest.approx(expected / 8, rel=0.01)


def test_a_lone_jump_of_the_sequence_is_not_believed_and_a_repeated_one_restarts() -> None:
    studio = Studio()
    caller = studio.call()
    for _ in range(3):
        caller.say()
        studio.run(0.02)
    caller.sequence += 20000
    caller.say()
    studio.run(0.02)
    assert statistics(studio).received == 3
    caller.say()
    studio.run(0.02)
    found = statistics(studio)
    assert (found.received, found.lost) == (1, 0)


def test_a_new_ssrc_from_the_right_source_starts_new_counters() -> None:
    studio = Studio()
    caller = studio.call()
    for _ in range(3):
        caller.say()
        studio.run(0.02)
    caller.ssrc, caller.sequence, caller.timestamp = 99, 5, 5
    caller.say()
    studio.run(0.02)
    found = statistics(studio)
    assert (found.ssrc, found.received, found.lost) == (99, 1, 0)
    assert studio.events == [FirstAudio(1)]


def test_what_is_heard_is_reported_in_order_with_silence_for_what_is_lost() -> None:
    studio = Studio()
    caller = studio.call()
    studio.engine.apply(Listen(1, on=True))
    frames = [melody(1, seed=number).payload for number in range(30)]
    for number, frame in enumerate(frames):
        caller.say(frame, lose=number == 12)
        studio.run(0.02)
    studio.run(0.1)
    heard = b"".join(event.payload for event in studio.events if isinstance(event, Heard))
    frames[12] = b"\xff" * FRAME
    assert b"".join(frames) in heard


@pytest.mark.parametrize("size", [80, 240, 320, 480])
def test_other_packet_times_are_heard_as_well(size: int) -> None:
    studio = Studio()
    caller = studio.call()
    studio.engine.apply(Listen(1, on=True))
    sound = melody(24).payload
    for begin in range(0, len(sound), size):
        caller.say(sound[begin : begin + size])
        studio.run(size / 8000)
    studio.run(0.2)
    heard = b"".join(event.payload for event in studio.events if isinstance(event, Heard))
    assert sound in heard


def test_header_extension_csrc_and_padding_are_skipped() -> None:
    studio = Studio()
    caller = studio.call()
    studio.engine.apply(Listen(1, on=True))
    sound = melody(8).payload
    for number in range(8):
        frame = sound[number * FRAME : (number + 1) * FRAME]
        plain = RtpPacket(0, number, number * FRAME, 5, frame).build()
        extended = (
            bytes([plain[0] | 0x30 | 2])
            + plain[1:12]
            + bytes(8)
            + b"\xbe\xde\x00\x01abcd"
            + frame
            + b"\0\0\0\x04"
        )
        caller.port.sendto(extended, caller.peer)
        studio.run(0.02)
    studio.run(0.1)
    heard = b"".join(event.payload for event in studio.events if isinstance(event, Heard))
    assert sound in heard


def test_the_level_of_what_is_heard_is_measured() -> None:
    studio = Studio()
    caller = studio.call()
    assert statistics(studio).level_dbov == -127
    caller.say(b"\x80" * FRAME)
    studio.run(0.02)
    assert statistics(studio).level_dbov == pytest.approx(-0.17, abs=0.01)


def test_a_leg_on_hold_sends_and_hears_nothing_until_it_is_taken_back() -> None:
    studio = Studio()
    caller = studio.call()
    clip = melody(10)
    studio.play(1, clip)
    studio.run(0.1)
    studio.engine.apply(Direct(1, send=False, receive=False))
    before = caller.packets()
    caller.say()
    studio.run(0.5)
    assert not caller.packets()
    assert statistics(studio).unwanted == 1
    studio.engine.apply(Direct(1, send=True, receive=True))
    studio.run(0.1)
    after = caller.packets()
    assert b"".join(p.payload for p in before + after) == clip.payload


def test_after_a_short_delay_every_packet_still_goes_out() -> None:
    studio = Studio()
    caller = studio.call()
    studio.run(0.1)
    studio.oversleep = 0.033
    studio.run(0.2)
    assert studio.wheel.skipped == 0
    packets = caller.packets()
    assert len(packets) == round((studio.network.now - 100) / 0.02)
    assert len({p.timestamp for p in packets}) == len(packets)


def test_after_a_long_delay_no_more_than_two_frames_burst_and_the_timestamp_shows_the_hole() -> (
    None
):
    studio = Studio()
    caller = studio.call()
    studio.run(0.1)
    caller.packets()
    studio.oversleep = 1.0
    studio.wheel.turn()
    burst = caller.packets()
    assert 1 <= len(burst) <= 2
    assert studio.wheel.skipped in {48, 49}
    studio.run(0.1)
    assert len(caller.packets()) == 5
    missing = (burst[0].timestamp - (2**32 - 800 + 5 * FRAME)) % 2**32
    assert missing == studio.wheel.skipped * FRAME


def test_a_network_that_refuses_costs_packets_not_the_engine() -> None:
    studio = Studio()
    first, second = studio.call(1), studio.call(5)
    port = studio.network.ports["10.0.0.1", 20002]
    port.broken = True
    studio.run(0.1)
    port.broken = False
    studio.run(0.1)
    assert len(first.packets()) == 5
    assert len(second.packets()) == 10
    found = statistics(studio)
    assert (found.sent, found.unsent) == (5, 5)


def test_a_flood_is_read_at_one_datagram_a_tick() -> None:
    studio = Studio()
    caller = studio.call()
    for _ in range(100):
        caller.say()
    studio.run(0.05)
    assert statistics(studio).received == 10
