from __future__ import annotations

import os
import socket

import pytest

from dtmflow.media.engine.channel import Channel
from dtmflow.media.engine.messages import (
    Connect,
    DigitsSent,
    Heard,
    Message,
    Open,
    Statistics,
    Stop,
    pack,
    unpack,
)

pytestmark = pytest.mark.unit


End = Channel[Message, Message]


def pair() -> tuple[End, End]:
    one, two = socket.socketpair()
    return Channel(one), Channel(two)


@pytest.mark.parametrize(
    "message",
    [
        Open(1, 2**32 - 1, 5, 6),
        Connect(1, "::1", 9, "PCMA", 8, -1),
        Heard(4, bytes(range(160))),
        Statistics(1, 2, 3, 4, 5, -6, 7.5, -8.5, 9, 10, 11, 12),
    ],
)
def test_a_message_survives_the_way(message: Open | Connect | Heard | Statistics) -> None:
    assert unpack(pack(message)[4:]) == message


def test_messages_come_in_order_and_descriptors_with_theirs() -> None:
    ours, theirs = pair()
    files = [os.memfd_create(name) for name in "abc"]
    names = [os.fstat(file).st_ino for file in files]
    for number, file in enumerate(files):
        ours.send(Stop(number))
        ours.send(Open(number, 0, 0, 0), file)
    assert ours.flush()
    messages = theirs.receive()
    assert messages == [
        item for number in range(3) for item in (Stop(number), Open(number, 0, 0, 0))
    ]
    for name in names:
        received = theirs.descriptor()
        assert os.fstat(received).st_ino == name
        os.close(received)
    for file in files:
        with pytest.raises(OSError, match="Bad file"):
            os.fstat(file)
    ours.close()
    theirs.close()


def test_what_the_peer_does_not_take_yet_waits_and_nothing_is_lost() -> None:
    ours, theirs = pair()
    sound = [Heard(number, bytes(160)) for number in range(20000)]
    for message in sound:
        ours.send(message)
    assert not ours.flush()
    received = theirs.receive()
    while not ours.flush():
        received += theirs.receive(10)
    received += theirs.receive()
    assert received == sound
    ours.close()
    theirs.close()


def test_the_end_of_the_peer_is_an_error() -> None:
    ours, theirs = pair()
    theirs.close()
    with pytest.raises(ConnectionError):
        ours.receive()
    ours.send(DigitsSent(1, 1))
    with pytest.raises(ConnectionError):
        ours.flush()
    ours.close()


def test_what_was_said_before_the_end_is_received_first() -> None:
    ours, theirs = pair()
    ours.send(Stop(1))
    ours.flush()
    ours.end()
    theirs.send(DigitsSent(1, 1))
    assert theirs.receive() == [Stop(1)]
    with pytest.raises(ConnectionError):
        theirs.receive()
    theirs.flush()
    theirs.close()
    assert ours.receive() == [DigitsSent(1, 1)]
    ours.close()


def test_closing_closes_descriptors_that_were_not_taken() -> None:
    ours, theirs = pair()
    sent, kept = os.memfd_create("sent"), os.memfd_create("kept")
    ours.send(Open(1, 0, 0, 0), sent)
    ours.flush()
    theirs.receive()
    ours.send(Open(2, 0, 0, 0), kept)
    ours.close()
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(kept)
    theirs.close()
