"""What ``livegan bench panel`` measures: from a knob that is moved to the picture on the panel.

A show of its own is played in a process of its own, without a window and without a sound card. The
phone is a websocket here: what a wireless network and a browser add is not measured.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from livegan.ipc.remote.address import kept_token
from livegan.ipc.remote.schema import Enter, SetKnob, line_of

SET = """from livegan.live import *

settings(swap="now", dissolve=0)
show(encode.waveform(listen()).brightness(knob("light", -1, -1, 1)))
"""
OPENS = 120.0
"""Seconds that the show has to come on the air."""
ANSWERS = 10.0
"""Seconds that a picture may take; then the measurement is given up."""
WIDTH = 512


class PanelBenchError(RuntimeError):
    """The show did not play, or did not answer; one line."""


class BenchPhone:
    """A phone that turns the knob and looks at the picture."""

    def __init__(self, socket: Any, token: str) -> None:
        self._socket = socket
        self.fps = 0.0
        """What the show says of itself."""
        self._send(line_of(Enter(token)))

    def _send(self, line: bytes) -> None:
        self._socket.send(line.decode())

    def until_it_plays(self) -> None:
        """Wait for the knob, and for the first pictures."""
        end = time.monotonic() + OPENS
        knob = False
        while not knob:
            knob = "light" in str(self._state(end).get("knobs", ""))
        for _ in range(5):
            self._level(end)

    def move(self, value: float) -> float:
        """Turn the knob to -1 or 1: seconds until a picture of it has come."""
        began = time.monotonic()
        self._send(line_of(SetKnob("light", value)))
        while (self._level(began + ANSWERS) > 0.5) != (value > 0):
            pass
        return time.monotonic() - began

    def _level(self, end: float) -> float:
        """The mean of the next picture, 0..1."""
        from PIL import Image, ImageStat

        self._socket.send("shown")
        while not isinstance(data := self._next(end), bytes):
            pass
        return float(ImageStat.Stat(Image.open(io.BytesIO(data)).convert("L")).mean[0] / 255)

    def _state(self, end: float) -> dict[str, Any]:
        while True:
            said = self._next(end)
            if isinstance(said, dict) and said["type"] == "state":
                return said

    def _next(self, end: float) -> dict[str, Any] | bytes:
        try:
            data = self._socket.recv(max(0.0, end - time.monotonic()))
        except TimeoutError:
            raise PanelBenchError("the show of the benchmark did not answer in time") from None
        if isinstance(data, bytes):
            return data
        said: dict[str, Any] = json.loads(data)
        self.fps = said.get("fps", self.fps)
        return said


def bench_panel(moves: int) -> dict[str, Any]:
    """Turn a knob so many times. Raises PanelBenchError."""
    with _show() as (port, token):
        from websockets.sync.client import connect

        with connect(f"ws://127.0.0.1:{port}/show", compression=None, max_queue=None) as socket:
            phone = BenchPhone(socket, token)
            phone.until_it_plays()
            times = []
            for number in range(moves):
                times.append(1000 * phone.move(1.0 if number % 2 == 0 else -1.0))
                time.sleep(0.013 * (number % 7))  # not always at the same moment of a frame
    median, period = statistics.median(times), 1000 / max(1e-3, phone.fps)
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    row = {
        "name": "knob to picture",
        "median ms": round(median, 1),
        "p99 ms": round(statistics.quantiles(times, n=100, method="inclusive")[98], 1),
        "fps of the show": round(phone.fps, 1),
        "frames": round(median / period, 1),
    }
    machine = f"{os.cpu_count()} cores, load {load}; {moves} moves, set of {WIDTH} pixels"
    return {"machine": machine, "tables": {"panel": [row]}}


@contextlib.contextmanager
def _show() -> Iterator[tuple[int, str]]:
    """A show with a panel: its port and its token."""
    from livegan.stage.panel.panel_guest import bound

    with tempfile.TemporaryDirectory(prefix="livegan-bench-") as folder:
        (Path(folder) / "bench.py").write_text(SET, encoding="utf-8")
        with bound("127.0.0.1", 0) as found:
            port = int(found.getsockname()[1])
        words = f"perform bench.py --audio silence --size {WIDTH} --no-hud --flash-guard off"
        command = [sys.executable, "-m", "livegan", *words.split(), "--panel-at", str(port)]
        environment = {**os.environ, "SDL_VIDEODRIVER": "dummy"}
        environment.setdefault("DISPLAY", ":")  # or it would be rehearsed to a film
        with tempfile.TemporaryFile() as said:
            show = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=said, stderr=subprocess.STDOUT
            )
            try:
                _wait(show, port, said)
                yield port, kept_token(Path(folder))
            finally:
                show.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    show.wait(10)
                show.kill()
                show.wait()


def _wait(show: subprocess.Popen[bytes], port: int, said: Any) -> None:
    """Wait until the panel listens."""
    import socket

    end = time.monotonic() + OPENS
    while time.monotonic() < end and show.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    said.seek(0)
    last = said.read().decode(errors="replace").strip().splitlines()[-1:]
    raise PanelBenchError(f"the show of the benchmark did not start: {''.join(last)}")
