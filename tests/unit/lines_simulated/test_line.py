import inspect
import typing
from typing import Any

import pytest

from dtmflow.clock import VirtualClock
from dtmflow.errors import CallError
from dtmflow.lines.simulated import SimulatedCall, SimulatedLine, far
from dtmflow.lines.simulated.call import simulated
from dtmflow_schema.base import CallState, Command, Event, MethodKind
from dtmflow_schema.catalogue import EVENTS, METHODS, build

pytestmark = pytest.mark.unit


class Listener:
    def __init__(self) -> None:
        self.calls: list[SimulatedCall] = []
        self.events: list[Event] = []

    def incoming(self, call: Any, headers: Any) -> None:
        self.calls.append(call)
        self.headers = headers

    def event(self, call: Any, event: Event) -> None:
        assert call in self.calls
        self.events.append(event)

    @property
    def names(self) -> list[str]:
        return [event.event_name for event in self.events]


class Phone:
    """A call on a simulated line with a listener."""

    def __init__(self, **kwargs: Any) -> None:
        self.clock = VirtualClock()
        self.listener = Listener()
        self.line = SimulatedLine(self.clock, listener=self.listener, **kwargs)
        self.call = self.line.call(callerid="+49301", number="100", headers={"X-A": "b"})
        self.clock.settle()

    def do(self, method: str, **arguments: Any) -> Any:
        result = self.call.do(build(method, arguments))
        self.clock.settle()
        return result

    def fire(self, event: str, **fields: Any) -> None:
        far.fire(self.call, EVENTS[event], fields)
        self.clock.settle()

    def connected(self) -> "Phone":
        self.do("answer")
        self.fire("Connected")
        self.listener.events.clear()
        return self

    def names(self) -> list[str]:
        return self.listener.names


@pytest.fixture
def ringing() -> Phone:
    return Phone()


@pytest.fixture
def connected() -> Phone:
    return Phone().connected()


def test_every_action_and_getter_has_a_handler() -> None:
    assert simulated.missing() == ()


@pytest.mark.parametrize(
    "command",
    [m for m in METHODS.values() if m.kind is not MethodKind.LISTENER],
    ids=lambda command: command.method_name,
)
def test_a_handler_takes_the_command_that_it_is_registered_for(
    command: type[Command[Any]],
) -> None:
    handler = simulated.handler(command)
    assert handler is not None
    first, second = inspect.signature(handler).parameters.values()
    hints = typing.get_type_hints(handler)
    assert hints[first.name] is SimulatedCall
    assert hints[second.name] is command


def test_capabilities_are_those_of_the_table() -> None:
    line = SimulatedLine(VirtualClock())
    assert line.capabilities.commands == simulated.commands
    assert len(line.capabilities.commands) == 36
    assert len(line.capabilities.events) == 41
    assert not line.capabilities.outgoing


def test_a_call_comes_in_with_its_headers_and_getters(ringing: Phone) -> None:
    assert ringing.listener.headers == {"X-A": "b"}
    assert ringing.do("callerid") == "+49301"
    assert ringing.do("number") == "100"
    assert ringing.do("state") == "ALERTING"
    assert ringing.do("incoming") is True
    assert ringing.do("id") == ringing.call.id
    assert "+49301" in ringing.do("toString")


def test_two_calls_have_different_ids() -> None:
    line = SimulatedLine(VirtualClock(), listener=Listener())
    assert line.call().id != line.call().id


def test_connected_comes_when_the_far_side_acknowledges(ringing: Phone) -> None:
    ringing.do("answer")
    assert ringing.names() == []
    assert ringing.do("state") == "ALERTING"
    ringing.fire("Connected")
    assert ringing.names() == ["StateChanged", "Connected"]
    assert ringing.do("state") == "CONNECTED"


def test_events_never_come_from_inside_a_method(connected: Phone) -> None:
    connected.call.do(build("say", {"text": "Hi"}))
    connected.call.do(build("hangup", {}))
    assert connected.names() == []


def test_early_media_moves_to_progressing(ringing: Phone) -> None:
    ringing.do("startEarlyMedia")
    assert ringing.do("state") == "PROGRESSING"
    changed = ringing.listener.events[0].wire()
    assert (changed["oldState"], changed["newState"]) == ("ALERTING", "PROGRESSING")
    ringing.do("say", text="Music while you wait.")
    assert ringing.call.playback is not None


def test_an_unanswered_call_ends_after_60_seconds_with_408(ringing: Phone) -> None:
    ringing.clock.advance(59.9)
    assert ringing.names() == []
    ringing.clock.advance(0.1)
    assert ringing.names() == ["StateChanged", "Disconnected"]
    assert ringing.listener.events[-1].wire()["internalCode"] == 408


def test_early_media_ends_after_60_seconds_with_408(ringing: Phone) -> None:
    ringing.clock.advance(30)
    ringing.do("startEarlyMedia")
    ringing.clock.advance(59)
    assert "Disconnected" not in ringing.names()
    ringing.clock.advance(1)
    assert ringing.names()[-1] == "Disconnected"


@pytest.mark.parametrize("method", ["reject", "decline"])
def test_a_refused_call_is_disconnected_with_its_code(ringing: Phone, method: str) -> None:
    ringing.do(method, code=486)
    assert ringing.names() == ["StateChanged", "Disconnected"]
    assert ringing.listener.events[-1].wire()["internalCode"] == 486


def test_hanging_up_before_the_answer_is_603(ringing: Phone) -> None:
    ringing.do("hangup")
    assert ringing.listener.events[-1].wire()["internalCode"] == 603


def test_hanging_up_counts_whole_seconds_from_connected(connected: Phone) -> None:
    connected.clock.advance(2.9)
    connected.do("hangup")
    end = connected.listener.events[-1].wire()
    assert (end["internalCode"], end["duration"]) == (200, 2)
    assert end["direction"] == "incoming_sip"
    assert connected.do("state") == "TERMINATED"


def test_hanging_up_twice_has_no_effect(connected: Phone) -> None:
    connected.do("hangup")
    connected.do("hangup")
    assert connected.names() == ["StateChanged", "Disconnected"]


def test_answering_twice_has_no_effect(connected: Phone) -> None:
    connected.do("answer")
    assert connected.names() == []


@pytest.mark.parametrize("method", ["say", "sendMessage"])
def test_a_method_out_of_its_phase_is_refused(ringing: Phone, method: str) -> None:
    with pytest.raises(CallError, match=f"{method} needs a leg that is connected"):
        ringing.do(method, text="Hi")


def test_an_ended_leg_does_nothing_more(connected: Phone) -> None:
    connected.do("hangup")
    with pytest.raises(CallError, match="ended"):
        connected.do("say", text="Hi")


def test_a_text_that_is_too_long_is_not_spoken_and_says_so(connected: Phone) -> None:
    connected.do("say", text="Hello.")
    connected.do("say", text="a" * 1501)
    assert connected.names()[-1] == "PlaybackFinished"
    assert "longer than 1500" in connected.listener.events[-1].wire()["error"]
    assert connected.call.playback is None
    assert connected.call.heard == ["Hello."]


def test_a_text_plays_for_as_long_as_it_takes_to_say_it(connected: Phone) -> None:
    connected.do("say", text="x" * 28)
    assert connected.names() == ["PlaybackReady", "PlaybackStarted"]
    assert connected.listener.events[-1].wire()["duration"] == 2000
    connected.clock.advance(1.9)
    assert connected.names()[-1] == "PlaybackStarted"
    connected.clock.advance(0.1)
    assert connected.names()[-1] == "PlaybackFinished"
    assert connected.listener.events[-1].error == ""  # type: ignore[attr-defined]
    assert connected.call.playback is None


def test_the_shortest_word_takes_half_a_second(connected: Phone) -> None:
    connected.do("say", text="x")
    connected.clock.advance(0.5)
    assert connected.names()[-1] == "PlaybackFinished"


def test_a_second_sound_replaces_the_first_without_finishing_it(connected: Phone) -> None:
    connected.do("say", text="x" * 28)
    connected.clock.advance(1)
    connected.do("startPlayback", url="media/a.wav")
    connected.clock.advance(10)
    assert connected.names().count("PlaybackFinished") == 1
    assert connected.call.heard == ["x" * 28, "media/a.wav"]


def test_stop_playback_suppresses_the_end(connected: Phone) -> None:
    connected.do("say", text="x" * 28)
    connected.do("stopPlayback")
    connected.clock.advance(10)
    assert "PlaybackFinished" not in connected.names()


def test_a_loop_never_finishes(connected: Phone) -> None:
    connected.do("startPlayback", url="media/a.wav", loop=True)
    connected.clock.advance(3600)
    assert "PlaybackFinished" not in connected.names()


def test_a_file_that_is_not_there_ends_in_an_error() -> None:
    phone = Phone(file_seconds=lambda url: 7.0 if url == "there.wav" else None).connected()
    phone.do("startPlayback", url="gone.wav")
    assert phone.names() == ["PlaybackFinished"]
    assert "gone.wav" in phone.listener.events[0].wire()["error"]
    phone.do("startPlayback", url="there.wav")
    assert phone.listener.events[-1].wire()["duration"] == 7000


def test_the_end_of_a_call_during_a_prompt_finishes_nothing(connected: Phone) -> None:
    connected.do("say", text="x" * 28)
    far.drop(connected.call)
    connected.clock.advance(60)
    assert connected.names()[-2:] == ["StateChanged", "Disconnected"]
    assert "PlaybackFinished" not in connected.names()


def test_keys_are_reported_only_when_tones_are_handled(connected: Phone) -> None:
    far.press(connected.call, "12")
    connected.clock.settle()
    assert connected.names() == []
    connected.do("handleTones", doHandle=True)
    far.press(connected.call, "1#")
    connected.clock.settle()
    tones = [event.wire() for event in connected.listener.events]
    assert [(tone["tone"], tone["type"]) for tone in tones] == [("1", "1"), ("#", "1")]


def test_what_is_no_key_cannot_be_pressed(connected: Phone) -> None:
    with pytest.raises(CallError, match="'A' is no key"):
        far.press(connected.call, "A")


def test_record_stopped_comes_after_disconnected(connected: Phone) -> None:
    connected.do("record")
    assert connected.names() == ["RecordStarted"]
    url = connected.listener.events[0].wire()["url"]
    connected.clock.advance(3.5)
    far.drop(connected.call)
    connected.clock.settle()
    assert connected.names()[-2:] == ["Disconnected", "RecordStopped"]
    stopped = connected.listener.events[-1].wire()
    assert (stopped["url"], stopped["duration"], stopped["cost"]) == (url, 3, "0")


def test_a_second_recording_is_an_error(connected: Phone) -> None:
    connected.do("record", lossless=True)
    assert connected.listener.events[0].wire()["url"].endswith(".flac")
    connected.do("record")
    assert connected.names()[-1] == "RecordError"


def test_beep_detection_times_out(connected: Phone) -> None:
    connected.do("enableBeepDetection", timeout=1500)
    connected.clock.advance(1.4)
    assert connected.names() == []
    connected.clock.advance(0.1)
    assert connected.names() == ["BeepDetectionComplete"]
    assert connected.listener.events[0].timeout is True  # type: ignore[attr-defined]


def test_beep_detection_can_be_disabled(connected: Phone) -> None:
    connected.do("disableBeepDetection")
    assert connected.names() == []
    connected.do("enableBeepDetection")
    connected.do("disableBeepDetection")
    connected.clock.advance(60)
    assert connected.names() == ["BeepDetectionComplete"]


def test_a_beep_ends_its_detection(connected: Phone) -> None:
    with pytest.raises(CallError, match="beep detection is off"):
        connected.fire("BeepDetectionComplete")
    connected.do("enableBeepDetection")
    connected.fire("BeepDetectionComplete", frequencies=(440,))
    connected.clock.advance(60)
    assert connected.names() == ["BeepDetectionComplete"]


def test_statistics_come_at_their_interval_until_switched_off(connected: Phone) -> None:
    connected.do("monitorMediaStatistics", interval=3, monitor=True)
    connected.clock.advance(9.5)
    assert connected.names() == ["MediaStatisticsReceived"] * 3
    connected.do("monitorMediaStatistics", interval=3, monitor=False)
    connected.clock.advance(60)
    assert len(connected.names()) == 3


def test_a_transfer_that_succeeds_ends_the_leg(connected: Phone) -> None:
    connected.do("transferTo", to="sip:a@example.org")
    assert connected.call.transfer == "sip:a@example.org"
    connected.fire("TransferComplete")
    assert connected.names() == ["TransferComplete", "StateChanged", "Disconnected"]


def test_a_transfer_that_fails_leaves_the_call_up(connected: Phone) -> None:
    with pytest.raises(CallError, match="no transfer"):
        connected.fire("TransferFailed")
    connected.do("transferTo", to="sip:a@example.org")
    connected.fire("TransferFailed", code=486)
    assert connected.do("state") == "CONNECTED"


def test_a_blind_transfer_needs_its_switch_and_is_settled_once(connected: Phone) -> None:
    with pytest.raises(CallError, match="handleBlindTransfer is off"):
        connected.fire("BlindTransferRequested")
    connected.do("handleBlindTransfer", handle=True)
    connected.fire("BlindTransferRequested", transfer_to="17")
    connected.do("notifyBlindTransferFailed", code=486, reason="Busy")
    with pytest.raises(CallError, match="no blind transfer"):
        connected.do("notifyBlindTransferSuccess")
    connected.fire("BlindTransferRequested", transfer_to="17")
    connected.do("notifyBlindTransferSuccess")
    assert connected.names()[-1] == "Disconnected"


def test_digits_messages_and_custom_data_are_kept(connected: Phone) -> None:
    connected.do("sendDigits", digits="12p3")
    connected.do("sendMessage", text="Hello")
    connected.do("sendInfo", mimeType="text/plain", body="x")
    connected.do("customData", customData="abc")
    assert connected.call.digits_sent == "12p3"
    assert connected.call.messages_sent == ["Hello"]
    assert connected.call.infos_sent == [("text/plain", "x")]
    assert connected.do("customData") == "abc"


def test_media_go_to_another_unit_and_stop(connected: Phone) -> None:
    connected.do("sendMediaTo", mediaUnit="simulated-2")
    assert connected.call.sends_to == {"simulated-2"}
    connected.do("stopMediaTo", mediaUnit="simulated-2")
    assert connected.call.sends_to == set()


def test_hold_is_remembered(connected: Phone) -> None:
    held = []
    for event in ("OnHold", "OffHold"):
        connected.fire(event)
        held.append(connected.call.on_hold)
    assert held == [True, False]
    assert connected.do("state") == "CONNECTED"


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("Connected", "has not answered"),
        ("PlaybackFinished", "nothing is playing"),
        ("Failed", "incoming leg"),
    ],
)
def test_what_cannot_happen_is_refused(ringing: Phone, event: str, reason: str) -> None:
    with pytest.raises(CallError, match=reason):
        ringing.fire(event)


def test_nothing_but_record_events_comes_after_the_end(connected: Phone) -> None:
    connected.do("hangup")
    with pytest.raises(CallError, match="has ended"):
        connected.fire("OnHold")
    connected.fire("RecordError", error="disk full")
    assert connected.names()[-1] == "RecordError"


def test_states_are_the_four_of_the_reference(connected: Phone) -> None:
    assert connected.call.state is CallState.CONNECTED
