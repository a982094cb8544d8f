"""A show with edits, a knob and a killed engine is played again in another process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from livegan.demo.composer import compose
from livegan.ipc.remote.address import shows_in
from livegan.ipc.remote.client import ShowClient
from livegan.ipc.remote.schema import SetKnob
from tests.display import xvfb
from tests.engine.playing import make_models
from tests.rehearsal.test_rehearsing import write_wav
from tests.test_show import Show

SET = """from livegan.live import *
settings(bpm=240, swap="beat", dissolve=0.2)
sound = listen()
a = model("stone", encode.waveform(sound))
b = encode.levels(sound).hue(knob("hue", 0.2, 0, 1))
show(grid(a, b, encode.timeline(sound), prev().scale(0.97).mix(b, 0.4)))
"""


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    make_models(tmp_path / "models")
    write_wav(tmp_path / "song.wav", compose("techno", 1, 20.0).samples)
    with xvfb((512, 512)) as display:
        more = "--audio song.wav --no-audible --seconds 280"
        show = Show(tmp_path, {**os.environ, "DISPLAY": display}, SET, more)
        try:
            yield show
        finally:
            show.process.kill()
            show.process.wait()
            show.terminal.close()


@pytest.mark.display
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb")
def test_each_frame_is_drawn_again_with_the_same_bits(show: Show, tmp_path: Path) -> None:
    show.on_air(1)
    (address,) = shows_in(tmp_path)
    with ShowClient(address) as client:
        show.wait("the knob", lambda: client.state().knobs)
        client.ask(SetKnob("hue", 0.8))
    show.set.write_text(SET.replace("0.97", "0.9"))
    show.on_air(2)
    os.kill(show.messages(type="hello")[-1]["pid"], signal.SIGKILL)
    show.wait("the engine is back", lambda: show.messages(type="engine", kind="recovery"))
    show.set.write_text(SET.replace("0.97", "0.8"))
    show.on_air(3)
    show.quit()

    command = [sys.executable, "-m", "livegan", "replay", "show", "--out", "film.mp4"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    frames, equal = (int(n) for n in done.stdout.split() if n.isdigit())
    assert frames == equal > 10, done.stdout
    assert (tmp_path / "film.mp4").stat().st_size > 10_000
    listed = [sys.executable, "-m", "livegan", "shows", "show", "--json"]
    (row,) = json.loads(subprocess.run(listed, cwd=tmp_path, capture_output=True).stdout)
    assert (row["frames"], row["engines"]) == (frames, 2)
