"""A musician plays over JackTrip, and livegan hears them as an input of JACK.

Each side has a sound server of its own, as two machines do; the packets go through loopback.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.device,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="uses JACK's dummy driver"),
]
MUSICIAN = """
import sys, numpy, sounddevice
rate, at = 48000, 0
def play(out, frames, time, status):
    global at
    t = (numpy.arange(frames) + at) / rate
    at += frames
    out[:] = 0.5 * numpy.sin(2 * numpy.pi * 440 * t)[:, None]
device = [d["name"] for d in sounddevice.query_devices()].index("far")
with sounddevice.OutputStream(rate, device=device, channels=2, callback=play):
    sys.stdin.read()
"""
PERFORMER = """
import sys, time
import numpy as np
from livegan.ipc.sound_ring import SoundRing
from livegan.sound import RATE
from livegan.sound.hearing.analysis import Analyzer
from livegan.sound.inputs.capture import Capture
from livegan.sound.inputs.listening import Listening
with SoundRing.create() as ring:
    listening = Listening(Capture("near"), ring, Analyzer(), print)
    end = time.monotonic() + 60
    heard = 0
    while time.monotonic() < end and not heard:
        time.sleep(0.2)
        if ring.position < RATE:
            continue
        sound = ring.samples(ring.position - RATE // 2, ring.position)[:, 0]
        power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
        if sound.std() > 0.1 and power[218:223].sum() > 0.98 * power.sum():
            heard = 2 * int(power.argmax())
    listening.stop()
print("heard", heard)
"""


def until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], server: str, log: Path) -> Iterator[Callable[[str], bool]]:
    """A program with that sound server; gives whether it has said something within a while."""
    env = {**os.environ, "JACK_DEFAULT_SERVER": server, "QT_QPA_PLATFORM": "offscreen"}
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=file, stderr=subprocess.STDOUT
        )
    try:
        yield lambda word: until(lambda: word in log.read_text(errors="replace"))
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_what_a_musician_plays_over_jacktrip_is_heard(tmp_path: Path) -> None:
    for program in ("jackd", "jacktrip"):
        if shutil.which(program) is None and not os.environ.get("CI"):
            pytest.skip("needs JACK and JackTrip: apt-get install jackd2 jacktrip")
    there, here = f"far{os.getpid()}", f"near{os.getpid()}"
    ports = [str(free_port()), str(free_port())]
    with ExitStack() as stack:

        def start(name: str, server: str, *command: str) -> Callable[[str], bool]:
            return stack.enter_context(running([*command], server, tmp_path / name))

        for server in (there, here):
            options = ["-r", "-t", "10000", "-d", "dummy", "-r", "48000", "-p", "512"]
            assert start(f"jack-{server}", server, "jackd", "-n", server, *options)("self-connect")
        bind = [["-B", ports[0], "-P", ports[1]], ["-B", ports[1], "-P", ports[0]]]
        trip = ("jacktrip", "-n", "2")
        start("far", there, *trip, "-s", *bind[0], "-J", "far")
        said = start("near", here, *trip, "-c", "127.0.0.1", *bind[1], "-J", "near")
        assert said("Received Connection"), (tmp_path / "near").read_text()
        start("musician", there, sys.executable, "-c", MUSICIAN)
        hears = start("performer", here, sys.executable, "-c", PERFORMER)
        assert hears("heard"), (tmp_path / "performer").read_text()
        assert "heard 440" in (tmp_path / "performer").read_text()
