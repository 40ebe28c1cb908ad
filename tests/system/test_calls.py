from __future__ import annotations

import asyncio
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from aiohttp import web

from dtmflow.errors import CallError
from dtmflow.media.codecs import Law, decode
from dtmflow.ports import Utterance
from dtmflow.sip.events import Ended, Failed, Progress
from dtmflow.sip.offer_answer import Codec
from dtmflow_schema.base import CallState, Event
from dtmflow_schema.events.lifecycle import Disconnected
from dtmflow_schema.events.playback import PlaybackFinished
from support.hearing import likeness
from system.scene import Scene, Studio, answer

pytestmark = pytest.mark.system

TEXT = "Press one."


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    made = Studio()
    yield made
    made.close()


def connected_then(
    *actions: tuple[str, dict[str, object]],
) -> Callable[[Scene, Event], None]:
    """Return a listener that answers and does something once the call is up."""

    def listen(scene: Scene, event: Event) -> None:
        if event.event_name == "Connected":
            for method, arguments in actions:
                scene.do(method, **arguments)

    return listen


async def connect(scene: Scene, *actions: tuple[str, dict[str, object]], **options: Codec) -> None:
    scene.on_incoming = answer
    scene.on_event = connected_then(*actions)
    await scene.dial(*options.values())
    await scene.until_event("Connected")


def test_a_call_that_is_answered_and_hung_up_raises_its_events_in_order(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        await connect(scene)
        await scene.until_event("FirstAudioPacketReceived")
        assert scene.phone is not None
        scene.phone.hangup()
        end = await scene.until_event("Disconnected")
        states = [event for event in scene.names() if event != "AudioQualityDetected"]
        assert states == [
            "StateChanged",
            "Connected",
            "FirstAudioPacketReceived",
            "StateChanged",
            "Disconnected",
        ]
        assert isinstance(end, Disconnected)
        assert (end.internal_code, end.reason) == (200, "Normal call clearing")
        assert end.direction == "incoming_sip"
        assert scene.do("state") is CallState.TERMINATED

    studio.play(body)


def test_the_getters_tell_who_called_whom(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        await connect(scene)
        assert scene.do("callerid") == "+4930"
        assert scene.do("number") == "shop"
        assert scene.do("incoming") is True
        assert scene.do("clientType") == "sip"
        assert scene.do("state") is CallState.CONNECTED
        assert scene.do("customData", customData="gold") == "gold"
        assert scene.do("customData") == "gold"

    studio.play(body)


@pytest.mark.parametrize("codec", [Codec.PCMU, Codec.PCMA])
def test_the_caller_hears_the_words_of_say_to_the_last_sample(
    studio: Studio, codec: Codec
) -> None:
    async def body(scene: Scene) -> None:
        await connect(scene, ("say", {"text": TEXT}), codec=codec)
        await scene.until_event("PlaybackFinished")
        law = Law(codec.value)
        said = await scene.clip(lambda done: scene.library.speak(Utterance(TEXT), law, done))
        await asyncio.sleep(0.06)
        assert scene.phone is not None
        expected = decode(said.payload, law)
        score, at = likeness(scene.phone.heard().astype("f8"), expected.astype("f8"))
        assert score > 0.999999
        assert (scene.phone.heard()[at : at + len(expected)] == expected).all()

    studio.play(body)


def test_a_playback_is_ready_then_started_then_finished(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        await connect(scene, ("say", {"text": "Yes."}))
        await scene.until_event("PlaybackFinished")
        names = [name for name in scene.names() if name.startswith("Playback")]
        assert names == ["PlaybackReady", "PlaybackStarted", "PlaybackFinished"]

    studio.play(body)


def test_a_key_is_reported_only_while_tones_are_handled(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        await connect(scene)
        await scene.until_event("FirstAudioPacketReceived")
        assert scene.phone is not None
        scene.phone.press("4")
        await asyncio.sleep(0.3)
        assert "ToneReceived" not in scene.names()
        scene.do("handleTones", doHandle=True)
        scene.phone.press("5")
        scene.phone.press("#")
        await scene.until_event("ToneReceived", 2)
        tones = [event.wire() for event in scene.events if event.event_name == "ToneReceived"]
        assert [(tone["tone"], tone["type"]) for tone in tones] == [("5", "1"), ("#", "1")]

    studio.play(body)


def test_after_stop_playback_the_caller_hears_silence_and_nothing_finishes(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        await connect(scene, ("say", {"text": TEXT * 5}))
        await scene.until_event("PlaybackStarted")
        await asyncio.sleep(0.3)
        scene.do("stopPlayback")
        await asyncio.sleep(0.4)
        assert "PlaybackFinished" not in scene.names()
        assert scene.phone is not None
        assert np.abs(scene.phone.heard()[-1600:].astype(int)).max() < 10

    studio.play(body)


def test_a_second_say_replaces_the_first_which_never_finishes(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        await connect(scene, ("say", {"text": TEXT * 9}), ("say", {"text": "Yes."}))
        await scene.until_event("PlaybackFinished")
        assert scene.names().count("PlaybackStarted") == 1

    studio.play(body)


def test_digits_that_are_sent_arrive_as_telephone_events(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        await connect(scene, ("sendDigits", {"digits": "12#"}))
        assert scene.phone is not None
        for _ in range(200):
            if len(scene.phone.keys_heard) == 3:
                break
            await asyncio.sleep(0.01)
        assert scene.phone.keys_heard == "12#"

    studio.play(body)


@pytest.mark.parametrize(("method", "code"), [("reject", 486), ("decline", 603)])
def test_a_rejected_call_fails_with_the_code_and_ends(
    studio: Studio, method: str, code: int
) -> None:
    async def body(scene: Scene) -> None:
        scene.on_incoming = lambda s: s.do(method, code=code)
        await scene.dial()
        end = await scene.until_event("Disconnected")
        assert isinstance(end, Disconnected)
        assert end.internal_code == code
        await scene.until(lambda: any(isinstance(e, Failed) for e in scene.phone_events))
        failed = next(event for event in scene.phone_events if isinstance(event, Failed))
        assert failed.code == code

    studio.play(body)


def test_hanging_up_an_unanswered_call_declines_it(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        scene.on_incoming = lambda s: s.do("hangup")
        await scene.dial()
        end = await scene.until_event("Disconnected")
        assert isinstance(end, Disconnected)
        assert end.internal_code == 603

    studio.play(body)


def test_a_caller_that_gives_up_while_it_rings_is_487(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        scene.on_incoming = lambda s: s.do("ring")
        phone = await scene.dial()
        await scene.until(lambda: len(scene.phone_events) > 0)
        phone.hangup()
        end = await scene.until_event("Disconnected")
        assert isinstance(end, Disconnected)
        assert end.internal_code == 487

    studio.play(body)


def test_the_called_side_ends_a_call(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        await connect(scene, ("hangup", {}))
        await scene.until_event("Disconnected")
        await scene.until(lambda: any(isinstance(e, Ended) for e in scene.phone_events))
        scene.do("hangup")  # no effect on an ended call

    studio.play(body)


def test_early_media_is_heard_before_the_answer(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        def early(s: Scene) -> None:
            s.do("startEarlyMedia")
            s.do("say", text="Please hold.")

        scene.on_incoming = early
        phone = await scene.dial()
        await scene.until_event("PlaybackFinished")
        assert any(isinstance(event, Progress) for event in scene.phone_events)
        assert scene.do("state") is CallState.PROGRESSING
        await asyncio.sleep(0.06)
        assert np.abs(phone.heard().astype(int)).max() > 1000
        scene.do("answer")
        await scene.until_event("Connected")

    studio.play(body)


@pytest.mark.parametrize(
    ("method", "arguments"),
    [("say", {"text": "x"}), ("startPlayback", {"url": "a.wav"}), ("sendDigits", {"digits": "1"})],
)
def test_sound_before_the_call_is_up_is_refused(
    studio: Studio, method: str, arguments: dict[str, object]
) -> None:
    async def body(scene: Scene) -> None:
        await scene.dial()
        await scene.until(lambda: scene.call is not None)
        with pytest.raises(CallError, match="not connected"):
            scene.do(method, **arguments)
        scene.do("reject", code=486)

    studio.play(body)


def test_answering_twice_is_refused(studio: Studio) -> None:
    async def body(scene: Scene) -> None:
        await connect(scene)
        with pytest.raises(CallError, match="answered already"):
            scene.do("answer")

    studio.play(body)


def write_tone(path: Path) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    samples = (np.sin(np.arange(8000) * 2 * np.pi * 440 / 8000) * 8000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples.tobytes())
    return samples


def test_a_file_below_the_folder_of_the_flow_is_played(studio: Studio, tmp_path: Path) -> None:
    samples = write_tone(tmp_path / "tone.wav")

    async def body(scene: Scene) -> None:
        await connect(scene)
        assert scene.call is not None
        scene.call.files_below(tmp_path)
        scene.do("startPlayback", url="tone.wav")
        await scene.until_event("PlaybackFinished")
        await asyncio.sleep(0.06)
        assert scene.phone is not None
        score, _ = likeness(scene.phone.heard().astype("f8"), samples.astype("f8"))
        assert score > 0.99

    studio.play(body)


def test_a_file_from_a_web_server_is_played_and_a_missing_one_finishes_with_an_error(
    studio: Studio, tmp_path: Path
) -> None:
    samples = write_tone(tmp_path / "tone.wav")

    async def body(scene: Scene) -> None:
        application = web.Application()
        application.router.add_static("/", tmp_path)
        server = web.AppRunner(application)
        await server.setup()
        await web.TCPSite(server, "127.0.0.1", 0).start()
        address = f"http://127.0.0.1:{server.addresses[0][1]}"
        try:
            await connect(scene)
            scene.do("startPlayback", url=f"{address}/tone.wav")
            await scene.until_event("PlaybackFinished")
            await asyncio.sleep(0.06)
            assert scene.phone is not None
            score, _ = likeness(scene.phone.heard().astype("f8"), samples.astype("f8"))
            assert score > 0.99
            scene.do("startPlayback", url=f"{address}/absent.wav")
            broken = await scene.until_event("PlaybackFinished", 2)
            assert isinstance(broken, PlaybackFinished)
            assert "404" in broken.error
        finally:
            await server.cleanup()

    studio.play(body)


@pytest.mark.parametrize("url", ["../tone.wav", "/etc/passwd", "absent.wav", "text.wav"])
def test_a_file_that_cannot_be_played_finishes_with_an_error(
    studio: Studio, url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "flow"
    folder.mkdir()
    write_tone(tmp_path / "tone.wav")
    (folder / "text.wav").write_text("no sound at all")

    async def body(scene: Scene) -> None:
        await connect(scene)
        assert scene.call is not None
        scene.call.files_below(folder)
        scene.do("startPlayback", url=url)
        finished = await scene.until_event("PlaybackFinished")
        assert isinstance(finished, PlaybackFinished)
        assert finished.error
        assert "PlaybackStarted" not in scene.names()

    studio.play(body)


@pytest.mark.parametrize("text", ["x" * 1501, "\U0001f600" * 751])
def test_a_text_that_is_too_long_is_not_spoken_and_finishes_with_an_error(
    studio: Studio, text: str
) -> None:
    async def body(scene: Scene) -> None:
        await connect(scene, ("say", {"text": text}))
        finished = await scene.until_event("PlaybackFinished")
        assert isinstance(finished, PlaybackFinished)
        assert finished.error is not None
        assert "1500" in finished.error
        assert "PlaybackStarted" not in scene.names()

    studio.play(body)


def test_a_looped_file_begins_again_and_never_finishes(studio: Studio, tmp_path: Path) -> None:
    samples = write_tone(tmp_path / "tone.wav")

    async def body(scene: Scene) -> None:
        await connect(scene)
        assert scene.call is not None
        scene.call.files_below(tmp_path)
        scene.do("startPlayback", url="tone.wav", parameters={"loop": True})
        await scene.until_event("PlaybackStarted")
        await asyncio.sleep(len(samples) / 8000 + 0.3)
        assert scene.names().count("PlaybackStarted") == 1
        assert "PlaybackFinished" not in scene.names()
        assert scene.phone is not None
        assert np.abs(scene.phone.heard()[-800:].astype(int)).max() > 1000

    studio.play(body)
