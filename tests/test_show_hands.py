"""A knob moves the picture of a show, stays where it is, and is played again in a rehearsal."""

from __future__ import annotations

import os
import signal
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from livegan.ipc.recorded_controls import RecordedControls
from livegan.ipc.remote.address import shows_in
from livegan.ipc.remote.client import ShowClient
from livegan.rehearsal import Rehearsal, rehearse
from livegan.take import read_take
from tests.display import xvfb
from tests.test_show import Show

SET = """from livegan.live import *
settings(swap="now", dissolve=0)
show(encode.waveform(listen()).brightness(knob("light", -0.8, -0.8, 1)))
"""


@pytest.fixture
def port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def show(tmp_path: Path, port: int) -> Iterator[tuple[Show, str]]:
    with xvfb((512, 512)) as display:
        more = f"--audio silence --osc {port} --seconds 280"
        show = Show(tmp_path, {**os.environ, "DISPLAY": display}, SET, more)
        try:
            yield show, display
        finally:
            show.process.kill()
            show.process.wait()
            show.terminal.close()


@pytest.mark.display
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb")
def test_a_knob_is_turned_in_a_show_outlives_the_engine_and_an_edit_and_is_rehearsed(
    show: tuple[Show, str], port: int, tmp_path: Path
) -> None:
    stage, display = show
    stage.on_air(1)
    said = f"OSC: listening on 127.0.0.1:{port}"
    stage.wait("OSC", lambda: stage.messages(type="note", text=said))
    stage.wait("a dark picture", lambda: 0 < stage.screen(display).mean() < 100)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.sendto(b"\xff" * 900, ("127.0.0.1", port))
        turned = b"/knob/light\0,f\0\0" + struct.pack(">f", 1.0)
        wire.sendto(turned, ("127.0.0.1", port))
    stage.wait("a bright picture", lambda: stage.screen(display).mean() > 150)

    os.kill(stage.messages(type="hello")[-1]["pid"], signal.SIGKILL)
    stage.wait("the engine is back", lambda: stage.messages(type="engine", kind="recovery"))
    (address,) = shows_in(tmp_path)
    with ShowClient(address) as client:  # what an editor shows beside the line
        seen = next(s for s in client.states(0.1, values=True) if s.signals and s.nodes)
    (row,) = seen.signals
    assert (row["line"], row["name"], row["value"]) == (3, "knob light", 1.0)
    assert all(each["ms"] > 0 for each in seen.nodes) and seen.on_air_at is not None
    stage.set.write_text(SET.replace("-0.8, -0.8, 1", "0, -0.9, 1"))
    stage.wait("the edit", lambda: stage.messages(type="commit", status="on_air", version=2))
    assert stage.screen(display).mean() > 150
    stage.quit()

    take = read_take(tmp_path / "show.take.jsonl")
    assert list(take) == ["knob/light"] and take["knob/light"][0][1] == 1.0
    take["knob/light"] = [(0.5, value) for _, value in take["knob/light"]]
    bright: list[float] = []
    what = Rehearsal(
        set=stage.set, seconds=1, fps=4, size=32, folder=tmp_path, controls=RecordedControls(take)
    )
    rehearse(what, on_frame=lambda frame, _: bright.append(float(frame.picture.mean())))
    assert bright[0] == bright[1] < bright[2] == bright[3]
