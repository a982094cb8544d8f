"""From a message to the picture: MIDI, OSC and the phone panel move one knob in turn."""

from __future__ import annotations

import io
import json
import socket
import statistics
import struct
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from livegan.benchmark.controls.bench_show import (
    ANSWERS,
    CONTROLLER,
    OPENS,
    BenchShow,
    ControlsBenchError,
)
from livegan.benchmark.controls.midi_port import MidiPort
from livegan.ipc.remote.schema import Enter, SetKnob, line_of

MOST_LOST = 3
"""Messages of one way that may be lost; after that the measurement is given up."""
STEPS, STEP = 7, 0.013  # pauses between moves: not always at the same moment of a frame


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
        while "light" not in str(self._state(end).get("knobs", "")):
            pass
        for _ in range(5):
            self._level(end)

    def turn(self, value: float) -> None:
        """Turn the knob to -1 or 1."""
        self._send(line_of(SetKnob("light", value)))

    def sees(self, light: bool) -> float:
        """When the next picture that is light or dark has come, on the monotonic clock."""
        end = time.monotonic() + ANSWERS
        while (self._level(end) > 0.5) != light:
            pass
        return time.monotonic()

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
            raise ControlsBenchError("the show of the benchmark did not answer in time") from None
        if isinstance(data, bytes):
            return data
        said: dict[str, Any] = json.loads(data)
        self.fps = said.get("fps", self.fps)
        return said


def latency_rows(show: BenchShow, moves: int, midi: MidiPort | None) -> list[dict[str, Any]]:
    """A row for each way to the knob; that to the phone's own picture comes last."""
    from websockets.sync.client import connect

    def by_osc(value: float) -> None:  # written out: it must not share a mistake with the receiver
        packet = b"/knob/light\0,f\0\0" + struct.pack(">f", value)
        wire.sendto(packet, ("127.0.0.1", show.osc))

    where = f"ws://127.0.0.1:{show.panel}/show"
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire,
        connect(where, compression=None, max_queue=None) as websocket,
    ):
        phone = BenchPhone(websocket, show.token)
        phone.until_it_plays()
        ways: dict[str, Callable[[float], None]] = {"OSC": by_osc, "phone panel": phone.turn}
        if midi is not None:
            ways["MIDI"] = lambda value: midi.send([0xB0, CONTROLLER, 127 if value > 0 else 0])
        times: dict[str, list[float]] = {f"{name} to window": [] for name in sorted(ways)}
        seen = times["phone panel to phone"] = []
        lost, light = Counter[str](), False
        for number in range(moves):
            for name, move in ways.items():
                light, row = not light, f"{name} to window"
                while True:
                    began = time.monotonic()
                    move(1.0 if light else -1.0)
                    at = show.turned(light)
                    if at is not None:
                        break
                    lost[row] += 1  # JACK drops messages when it has no time for them
                    if lost[row] > MOST_LOST:
                        raise ControlsBenchError(f"{name}: the show did not answer in time")
                times[row].append(1000 * (at - began))
                if name == "phone panel":
                    seen.append(1000 * (phone.sees(light) - began))
                time.sleep(STEP * (number % STEPS))
        period = 1000 / max(1e-3, phone.fps)
    return [latency_row(name, found, period, lost[name]) for name, found in times.items()]


def latency_row(name: str, times: list[float], period: float, lost: int) -> dict[str, Any]:
    """Median and 99th percentile of times in ms; ``period`` is that of the show's frames, ``lost``
    how many messages changed no picture."""
    median = statistics.median(times)
    return {
        "name": name,
        "median ms": round(median, 1),
        "p99 ms": round(statistics.quantiles(times, n=100, method="inclusive")[98], 1),
        "frames": round(median / period, 1),
        "lost": lost,
        "fps of the show": round(1000 / period, 1),
    }
