"""One call with a line that only takes notes: order of events, durations, what is ignored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dtmflow.errors import CallError, CallFailed, MediaError
from dtmflow.lines.sip import lifecycle  # noqa: F401 - registers its handlers
from dtmflow.lines.sip.call import SipCall
from dtmflow.media.codecs import Clip, Law
from dtmflow.media.engine import messages as media
from dtmflow.sip import events as sip
from dtmflow.sip.offer_answer import Codec, Direction, MediaSession
from dtmflow.sip.sdp import parse_sdp
from dtmflow_schema.base import CallId, CallState, Event
from dtmflow_schema.catalogue import build
from support.sip_wire import OFFER

pytestmark = pytest.mark.unit

LEG = sip.LegId("leg")
SESSION = MediaSession("192.0.2.9", 30000, Codec.PCMU, 0, 101, 20, Direction.SENDRECV, held=False)


class Leg:
    """Stands for the audio leg: notes its orders."""

    host, port = "192.0.2.1", 40000

    def __init__(self) -> None:
        self.orders: list[str] = []
        self.lost = False

    def __getattr__(self, name: str) -> Callable[..., None]:
        def order(*_positional: object, **_named: object) -> None:
            if self.lost:
                raise MediaError("the media process of this leg does not run any more")
            self.orders.append(name)

        return order


class Agent:
    """Stands for the user agent: agrees to everything."""

    def __init__(self) -> None:
        self.orders: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def order(*arguments: object, **_named: object) -> Any:
            self.orders.append(" ".join([name, *(str(a) for a in arguments if type(a) is int)]))
            return SESSION if name in {"answer", "progress"} else None

        return order


class Line:
    """Stands for the line."""

    host = "192.0.2.1"

    def __init__(self) -> None:
        self.time = 0.0
        self.events: list[Event] = []
        self.leg, self.agent = Leg(), Agent()
        self.forgotten = False
        self.full = False
        facts = sip.IncomingCall(
            LEG,
            "+4930",
            "",
            "100",
            "sip:a@b",
            "sip:c@d",
            "id",
            ("192.0.2.9", 5060),
            {},
            parse_sdp(OFFER.encode()),
        )
        self.call = SipCall(self, CallId("call"), facts)  # type: ignore[arg-type]

    def now(self) -> float:
        return self.time

    def signal(self, order: Callable[[Any, float], Any]) -> Any:
        return order(self.agent, self.time)

    def open_media(self, _on_event: object) -> Leg:
        if self.full:
            raise MediaError("no RTP port is free")
        return self.leg

    def post(self, _call: SipCall, event: Event) -> None:
        self.events.append(event)

    def forget(self, _call: SipCall) -> None:
        self.forgotten = True

    def do(self, method: str, **arguments: object) -> None:
        self.call.do(build(method, arguments))

    def names(self) -> list[str]:
        return [event.event_name for event in self.events]

    def connect(self) -> None:
        self.do("answer")
        self.call.on_signal(sip.Acked(LEG, SESSION))

    def end(self, code: int = 200, reason: str = "Normal call clearing") -> dict[str, Any]:
        self.call.on_signal(sip.Ended(LEG, code, reason, sip.EndedBy.PEER, {"X-A": "b"}))
        return self.events[-1].wire()


@pytest.mark.parametrize(("seconds", "duration"), [(0.9, 0), (1.0, 1), (61.99, 61)])
def test_the_duration_counts_whole_seconds_from_connected(seconds: float, duration: int) -> None:
    line = Line()
    line.time = 100.0  # it rang for so long
    line.connect()
    line.time += seconds
    end = line.end()
    assert (end["duration"], end["internalCode"]) == (duration, 200)
    assert (end["direction"], end["headers"]) == ("incoming_sip", {"X-A": "b"})
    assert end["cost"] == 0


def test_a_call_that_nobody_acknowledged_ends_with_408_and_without_duration() -> None:
    line = Line()
    line.do("answer")
    line.time = 32.0
    end = line.end(408, "No ACK")
    assert (end["duration"], end["internalCode"], end["reason"]) == (0, 408, "No ACK")
    states = [(e.wire()["oldState"], e.wire()["newState"]) for e in line.events[:-1]]
    assert states == [("ALERTING", "TERMINATED")]


def test_every_state_change_comes_just_before_the_event_of_its_cause() -> None:
    line = Line()
    line.do("startEarlyMedia")
    line.connect()
    line.end()
    changes = [
        (e.wire()["oldState"], e.wire()["newState"])
        for e in line.events
        if e.event_name == "StateChanged"
    ]
    assert changes == [
        ("ALERTING", "PROGRESSING"),
        ("PROGRESSING", "CONNECTED"),
        ("CONNECTED", "TERMINATED"),
    ]
    named = ["StateChanged", "StateChanged", "Connected", "StateChanged", "Disconnected"]
    assert line.names() == named


def test_nothing_comes_after_disconnected() -> None:
    line = Line()
    line.connect()
    line.end()
    before = len(line.events)
    for late in (media.FirstAudio(1), media.Tone(1, "5"), media.PlaybackFinished(1, 1)):
        line.call.on_media(late)
    line.end()
    assert len(line.events) == before
    assert line.forgotten
    assert line.leg.orders[-1] == "close"
    line.do("hangup")  # no effect
    assert "hangup" not in line.agent.orders


@pytest.mark.parametrize("method", ["answer", "ring", "reject", "startEarlyMedia"])
def test_what_is_too_late_is_refused_with_the_reason(method: str) -> None:
    line = Line()
    arguments = {"code": 486} if method == "reject" else {}
    line.connect()
    with pytest.raises(CallError, match=f"{method}: the call is answered already"):
        line.do(method, **arguments)
    line.end()
    with pytest.raises(CallError, match=f"{method}: the call has ended"):
        line.do(method, **arguments)


def test_a_caller_for_whom_no_audio_can_be_opened_is_told_503() -> None:
    line = Line()
    line.full = True
    with pytest.raises(CallFailed, match="503 no RTP port is free"):
        line.do("answer")
    assert line.agent.orders == ["reject 503"]


def test_a_media_process_that_is_lost_between_200_and_ack_does_not_raise() -> None:
    line = Line()
    line.do("answer")
    line.leg.lost = True
    line.call.on_signal(sip.Acked(LEG, SESSION))
    assert line.names() == ["StateChanged", "Connected"]
    assert line.call.state is CallState.CONNECTED


def test_of_two_sounds_the_first_finishes_nothing_even_while_the_second_is_prepared() -> None:
    line = Line()
    line.connect()
    first, second = line.call.sounds.next(), 2
    clip = Clip("sound", Law.PCMU, bytes(160), 20)
    line.call.play(first, clip)
    assert line.call.sounds.next() == second
    line.call.on_media(media.PlaybackStarted(1, first))
    line.call.on_media(media.PlaybackFinished(1, first))
    line.call.play(first, clip)  # ready too late
    line.call.play(second, CallError("no such file"))
    sounds = [event for event in line.events if event.event_name.startswith("Playback")]
    assert [event.event_name for event in sounds] == ["PlaybackReady", "PlaybackFinished"]
    assert sounds[-1].wire()["error"] == "no such file"
    assert line.leg.orders[-1] == "stop"


def test_a_session_description_that_says_the_same_moves_no_audio() -> None:
    line = Line()
    line.connect()
    orders = line.leg.orders.count("connect")
    line.call.on_signal(sip.MediaChanged(LEG, SESSION, body="", changed=False, headers={}))
    assert line.leg.orders.count("connect") == orders
    assert line.leg.orders[-1] == "direct"
