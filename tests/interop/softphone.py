"""baresip as a caller: started with a configuration of its own, told what to do over TCP."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from support.hearing import Samples
from support.peers import PATIENCE

MODULES = Path("/usr/lib/baresip/modules")
CONFIGURATION = """\
poll_method epoll
sip_listen 127.0.0.1:{sip}
audio_player aubridge,a
audio_source aufile,{folder}/silence.wav
audio_alert aubridge,b
ausrc_srate 8000
auplay_srate 8000
rtp_ports {rtp}-{rtp_end}
module_path {modules}
module g711.so
module aubridge.so
module aufile.so
module sndfile.so
module ctrl_tcp.so
module_tmp account.so
module_app menu.so
ctrl_tcp_listen 127.0.0.1:{control}
snd_path {folder}
"""
ACCOUNT = "<sip:tester@127.0.0.1>;regint=0;audio_codecs={codec}\n"


class Softphone:
    """A running baresip."""

    def __init__(
        self, folder: Path, control: socket.socket, process: subprocess.Popen[bytes]
    ) -> None:
        self._folder, self._control, self._process = folder, control, process

    def command(self, name: str, parameters: str = "") -> None:
        """Give an order (a netstring of JSON); its answer is passed over."""
        order = json.dumps({"command": name, "params": parameters, "token": "t"}).encode()
        self._control.sendall(b"%d:%s," % (len(order), order))

    def says(self, words: str) -> None:
        """Wait until it has printed the words."""
        end = time.monotonic() + PATIENCE
        while words not in (text := (self._folder / "baresip.txt").read_text(errors="replace")):
            assert self._process.poll() is None, f"baresip has ended: {text}"
            assert time.monotonic() < end, f"baresip never said {words!r}: {text}"
            time.sleep(0.02)  # noqa: TID251 - another process, in real time

    def heard(self) -> Samples:
        """Return what came out of its decoder, 8 kHz; complete when the call has ended."""
        (dump,) = self._folder.glob("dump-*-dec.wav")
        with wave.open(str(dump)) as file:
            assert (file.getframerate(), file.getnchannels()) == (8000, 1)
            return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype("f8")


@contextlib.contextmanager
def softphone(folder: Path, *, port: int, codec: str = "pcmu") -> Iterator[Softphone]:
    """Run baresip until the block ends; it takes UDP `port` to `port` + 99 and TCP `port` + 2."""
    with wave.open(str(folder / "silence.wav"), "wb") as silence:
        silence.setnchannels(1)
        silence.setsampwidth(2)
        silence.setframerate(8000)
        silence.writeframes(bytes(2 * 8000 * 60))
    places = {"sip": port, "control": port + 2, "rtp": port + 10, "rtp_end": port + 99}
    text = CONFIGURATION.format(folder=folder, modules=MODULES, **places)
    (folder / "config").write_text(text)
    (folder / "accounts").write_text(ACCOUNT.format(codec=codec))
    (folder / "contacts").touch()
    executable = shutil.which("baresip")
    assert executable is not None
    with (folder / "baresip.txt").open("wb") as output:
        process = subprocess.Popen(
            [executable, "-4", "-f", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        with _connect(port + 2, process) as control:
            phone = Softphone(folder, control, process)
            phone.says("baresip is ready")
            yield phone
            phone.command("quit")
            process.wait(PATIENCE)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _connect(port: int, process: subprocess.Popen[bytes]) -> socket.socket:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            assert process.poll() is None, "baresip did not start"
            assert time.monotonic() < end, "baresip never listened"
            time.sleep(0.02)  # noqa: TID251 - another process, in real time
