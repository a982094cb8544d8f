"""Sound from the network: senders come, go, change, and send rubbish."""

from __future__ import annotations

import http.server
import io
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import av
import numpy as np
import pytest

from livegan.ipc.sound_ring import SoundRing
from livegan.sound import RATE
from livegan.sound.inputs.capture import Capture
from livegan.sound.inputs.listening import Listening
from tests.sound.test_listening import Counting, until

PACKET = 1316  # bytes: seven of MPEG-TS


def stream(rate: int, seconds: float) -> bytes:
    """A tone of 440 Hz as MPEG-TS."""
    out = io.BytesIO()
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate)
    with av.open(out, "w", format="mpegts") as container:
        track: Any = container.add_stream("mp2", rate=rate, layout="mono")
        for begin in range(0, len(tone) - 1152, 1152):
            block = (tone[None, begin : begin + 1152] * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate, frame.pts = rate, begin
            container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return out.getvalue()


def port() -> int:
    """A free one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def sending(to: int, data: Callable[[], bytes], seconds: float = 4.0) -> Iterator[None]:
    """Sends ``data()``, which plays for so long, to a port over and over."""
    stop = threading.Event()

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            while not stop.is_set():
                whole = data()
                pause = seconds * PACKET / len(whole)
                for begin in range(0, len(whole), PACKET):
                    out.sendto(whole[begin : begin + PACKET], ("127.0.0.1", to))
                    if stop.wait(pause):
                        return

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def ring() -> Iterator[SoundRing]:
    with SoundRing.create() as ring:
        yield ring


def tone_heard(ring: SoundRing) -> bool:
    part = ring.samples(ring.position - RATE // 4, ring.position)[:, 0]
    loudest = int(np.argmax(np.abs(np.fft.rfft(part * np.hanning(len(part))))))
    return bool(np.abs(part).max() > 0.3 and abs(loudest * 4 - 440) < 6)


def test_senders_come_and_go_change_their_rate_and_send_rubbish(ring: SoundRing) -> None:
    to = port()
    notes: list[str] = []
    before = threading.active_count()
    address = f"udp://127.0.0.1:{to}"
    source = Capture(address, kind="network")
    listening = Listening(source, ring, Counting(), notes.append)
    try:
        assert notes == [f"no sound has come from {address} yet; silence until it is there"]
        whole = stream(48000, 4.0)
        with sending(to, lambda: whole):
            until(lambda: tone_heard(ring))
            assert notes[1:] == [f"{address} is back"]
        until(lambda: bool(listening.waiting))
        assert notes[2].startswith(f"no more sound comes from {address} (")
        with sending(to, lambda: os.urandom(200 * PACKET), 2.0):
            position = ring.position
            until(lambda: ring.position > position + 2 * RATE)
            assert listening.waiting
            assert not ring.samples(ring.position - RATE, ring.position).any()
        damage, slower = np.random.default_rng(1), stream(44100, 4.0)

        def damaged() -> bytes:
            data = bytearray(slower)
            for at in damage.integers(0, len(data), 12):
                data[at : at + 20] = damage.bytes(20)
            return bytes(data)

        with sending(to, damaged):
            until(lambda: not listening.waiting)
            until(lambda: tone_heard(ring))
        pid = source.pid
    finally:
        listening.stop()
    assert pid is None or not os.path.exists(f"/proc/{pid}")
    assert threading.active_count() == before


def test_a_file_on_a_server_is_played_over_and_over(ring: SoundRing) -> None:
    asked: list[float] = []
    whole = stream(48000, 3.0)

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(time.monotonic())
            self.send_response(200)
            self.send_header("Content-Type", "video/mp2t")
            self.end_headers()
            self.wfile.write(whole)

        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    notes: list[str] = []
    source = Capture(f"http://127.0.0.1:{server.server_port}/live.ts", kind="network")
    listening = Listening(source, ring, Counting(), notes.append)
    try:
        until(lambda: tone_heard(ring))
        # At its end the sender is gone, and is asked anew.
        until(lambda: len(asked) >= 2)
        until(lambda: any(n.startswith("no more sound comes from http://127.0.0.1") for n in notes))
    finally:
        listening.stop()
        server.shutdown()
        serving.join()
        server.server_close()


def test_a_recorder_that_is_killed_or_stopped_is_replaced(ring: SoundRing) -> None:
    notes: list[str] = []
    to, whole = port(), stream(48000, 4.0)
    source = Capture(f"udp://127.0.0.1:{to}", kind="network")
    listening = Listening(source, ring, Counting(), notes.append)
    try:
        with sending(to, lambda: whole):
            for way in (signal.SIGKILL, signal.SIGSTOP):
                until(lambda: tone_heard(ring))
                notes.clear()
                pid = source.pid
                assert pid is not None
                os.kill(pid, way)
                until(lambda: f"{source.name} is back" in notes)
                assert "silence until it is back" in notes[0]
                assert source.pid != pid
    finally:
        listening.stop()
