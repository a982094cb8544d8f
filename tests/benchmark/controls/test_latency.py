"""The benchmark of controls moves a knob in three ways and waits for its picture."""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from livegan.benchmark.controls import bench_show as module
from livegan.benchmark.controls.bench_show import BenchShow, ControlsBenchError
from livegan.benchmark.controls.latency import latency_row, latency_rows
from livegan.benchmark.controls.watched_show import Turns
from livegan.stage.hands.osc_packet import messages
from tests.stage.panel.fake_show import TOKEN, FakeShow, PanelHost, knob


class FakeMidi:
    """A port whose controller turns the knob of a fake show."""

    def __init__(self, show: FakeShow) -> None:
        self._show = show

    def send(self, message: list[int]) -> None:
        assert message[:2] == [0xB0, 20]
        self._show.turn("light", 1.0 if message[2] else -1.0)


@contextlib.contextmanager
def played(folder: Path, *, paints: bool) -> Iterator[tuple[BenchShow, FakeShow]]:
    """A show whose picture is as light as its knob says, a moment later; or never."""
    show = FakeShow(folder)
    show.now = replace(show.now, knobs=[knob("light", -1.0, -1.0, 1.0)], fps=50.0)
    panel = PanelHost(show)
    over = threading.Event()
    read, write = os.pipe()
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    wire.bind(("127.0.0.1", 0))
    wire.settimeout(0.02)

    def paint() -> None:
        before = None
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                (message,) = messages(wire.recv(100))
                assert message.address == "/knob/light"
                show.turn("light", message.arguments[0])
            light = paints and show.value("light") > 0
            panel.paint(255 if light else 0)
            if light != before:
                before = light
                os.write(write, json.dumps([time.monotonic(), light]).encode() + b"\n")

    painting = threading.Thread(target=paint)
    painting.start()
    lines = os.fdopen(read, "rb")
    try:
        yield BenchShow(lines, wire.getsockname()[1], panel.port, TOKEN), show
    finally:
        over.set()
        painting.join()
        os.close(write)
        wire.close()
        panel.stop()
        show.stop()


def test_the_time_to_the_picture_is_measured_for_each_way_in_ms_and_in_frames(
    tmp_path: Path,
) -> None:
    with played(tmp_path, paints=True) as (bench, show):
        rows = latency_rows(bench, 4, FakeMidi(show))  # type: ignore[arg-type]
    assert [each["name"] for each in rows] == [
        "MIDI to window",
        "OSC to window",
        "phone panel to window",
        "phone panel to phone",
    ]
    for each in rows:
        assert 0 < each["median ms"] <= each["p99 ms"] and each["fps of the show"] == 50.0
        assert each["frames"] == pytest.approx(each["median ms"] / 20, abs=0.1)


def test_a_picture_that_never_changes_ends_it_with_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWERS", 0.05)
    with (
        played(tmp_path, paints=False) as (bench, _),
        pytest.raises(ControlsBenchError, match="did not answer in time"),
    ):
        latency_rows(bench, 4, None)


def test_the_99th_percentile_is_that_of_all_moves() -> None:
    assert latency_row("x", [float(n) for n in range(101)], 25.0, 2) == {
        "name": "x", "median ms": 50.0, "p99 ms": 99.0, "frames": 2.0, "lost": 2,
        "fps of the show": 40.0,
    }  # fmt: skip


def test_a_window_that_turns_light_or_dark_is_told_with_its_time() -> None:
    out = io.StringIO()
    turns = Turns(out)

    def show(at: float, serial: int, level: int) -> None:
        frame: Any = SimpleNamespace(at=at, serial=serial, pixels=np.full((16, 16, 3), level, "u1"))
        turns.presented(frame)

    show(0.5, 0, 255)  # a still, before there is an engine
    for at, level in ((1.0, 0), (2.0, 10), (3.0, 250), (4.0, 200), (5.0, 0)):
        show(at, 7, level)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert told == [[1.0, False], [3.0, True], [5.0, False]]


def test_the_osc_of_the_benchmark_is_that_of_the_specification() -> None:
    packet = b"/knob/light\0,f\0\0" + struct.pack(">f", 0.5)
    (message,) = messages(packet)
    assert (message.address, list(message.arguments)) == ("/knob/light", [0.5])
