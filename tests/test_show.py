"""A whole show as a performer plays it: a window, music in a sound input, saves while it runs."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageGrab

from livegan.demo.composer import compose
from tests.display import xvfb
from tests.engine.playing import make_models
from tests.pulse import null_sink
from tests.rehearsal.test_rehearsing import write_wav

pytestmark = [
    pytest.mark.display,
    pytest.mark.device,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb and PulseAudio"),
]

SET = """
from livegan.live import *

settings(bpm=120, swap="beat", dissolve=0.1)
sound = listen()
a = model("stone", encode.waveform(sound))
b = model("water", encode.levels(sound))
show(grid(a, b, encode.levels(sound), encode.timeline(sound)))
"""


class Show:
    """`livegan perform` in a process of its own, its log, and its screen."""

    def __init__(
        self,
        folder: Path,
        env: dict[str, str],
        text: str = SET,
        more: str = "--seconds 120",
        python: str = sys.executable,
    ) -> None:
        self.folder = folder
        self.set = folder / "set.py"
        self.set.write_text(text)
        self.log = folder / "show.jsonl"
        command = f"perform set.py --size 128 --window 512x512 --no-hud --log show.jsonl {more}"
        self.terminal = (folder / "terminal.txt").open("wb")
        self.process = subprocess.Popen(
            [python, "-m", "livegan", *command.split()],
            cwd=folder,
            env={
                **env,
                "PYTHONPATH": str(Path(__file__).parent.parent),
                "SDL_AUDIODRIVER": "dummy",
            },
            stdout=self.terminal,
            stderr=subprocess.STDOUT,
        )

    def messages(self, **wanted: Any) -> list[dict[str, Any]]:
        """What the log has so far, where every given field is as given."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        found = [json.loads(line) for line in lines if line.endswith("}")]
        return [m for m in found if all(m.get(k) == v for k, v in wanted.items())]

    def wait(self, what: str, ready: Callable[[], Any], seconds: float = 60.0) -> Any:
        """Wait for something that must happen; fails with the log if it does not."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = ready()
            if found:
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        output = (self.folder / "terminal.txt").read_text()
        pytest.fail(f"{what} did not happen\n{output}\n{self.messages()[-12:]}")

    def on_air(self, version: int) -> dict[str, Any]:
        return self.wait(
            f"version {version} on air",
            lambda: self.messages(type="commit", status="on_air", version=version),
        )[0]

    def screen(self, display: str) -> np.ndarray:
        """What the window shows: (H, W, 3) float."""
        return np.asarray(ImageGrab.grab(xdisplay=display).convert("RGB")).astype(float)

    def quit(self) -> dict[str, Any]:
        """End it as a performer does with Ctrl-C; gives the report."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        return self.messages(type="report")[-1]


@pytest.fixture
def show(tmp_path: Path) -> Iterator[tuple[Show, str, Any]]:
    make_models(tmp_path / "models")
    write_wav(tmp_path / "song.wav", compose("techno", 1, 60.0).samples)
    with xvfb((512, 512)) as display, null_sink() as sink:
        player = sink.play(tmp_path / "song.wav")
        show = Show(tmp_path, {**sink.env, "DISPLAY": display})
        try:
            yield show, display, player
        finally:
            show.process.kill()
            show.process.wait()
            show.terminal.close()


def abandoned_memory() -> set[str]:
    """Shared memory that no process has mapped: other tests may run beside this one."""
    names = {n for n in os.listdir("/dev/shm") if n.startswith("livegan-")}
    for maps in Path("/proc").glob("[0-9]*/maps"):
        with contextlib.suppress(OSError):
            text = maps.read_text()
            names -= {n for n in names if n in text}
    return names


def test_a_show_is_edited_while_music_plays(show: tuple[Show, str, Any], tmp_path: Path) -> None:
    stage, display, _ = show
    before = abandoned_memory()
    first = stage.on_air(1)
    assert "a" in first["built"]
    time.sleep(3)

    # It moves with the music, and no quarter is flat.
    pictures = []
    for _ in range(6):
        pictures.append(stage.screen(display))
        time.sleep(0.3)
    assert all(p.std() > 5 for p in pictures)
    moved = np.mean([np.abs(a - b).mean() for a, b in pairwise(pictures)])
    assert moved > 0.5

    # A number changes: nothing is built anew, and the screen shows it.
    stage.set.write_text(
        SET.replace("encode.levels(sound), encode", "encode.levels(sound).invert(), encode")
    )
    second = stage.on_air(2)
    assert "a" in second["kept"] and "b" in second["kept"]
    assert second["built"] == ["show.invert"]
    time.sleep(1)
    quarter = stage.screen(display)[256:, :256]
    assert quarter.mean() > pictures[-1][256:, :256].mean() + 20

    # A mistake: refused in one line, and the picture goes on.
    stage.set.write_text(SET.replace("show(grid(", "show(gird("))
    refused = stage.wait("a refusal", lambda: stage.messages(type="commit", status="refused"))[0]
    assert "did you mean 'grid'" in refused["reason"]
    assert refused["where"].endswith("set.py:8")
    still = stage.screen(display)
    time.sleep(0.5)
    assert np.abs(stage.screen(display) - still).mean() > 0.1

    # By rename, as most editors save; the window follows.
    (tmp_path / "next.py").write_text(SET.replace("show(grid(a, b,", "show(grid(b, a,"))
    os.replace(tmp_path / "next.py", stage.set)
    third = stage.on_air(3)
    assert "a" in third["kept"] and "b" in third["kept"]

    # The safe set, at one key, and back by the same.
    stage.wait("a safe set", lambda: stage.messages(type="safe", ready=True))
    subprocess.run(["xdotool", "key", "p"], check=True)
    stage.wait("the safe set on air", lambda: stage.messages(status="on_air", safe=True))
    subprocess.run(["xdotool", "key", "p"], check=True)
    stage.wait("the set back on air", lambda: stage.messages(status="on_air", reason="undo"))
    aired = len(stage.messages(type="commit", status="on_air"))

    # The engine is killed: the last picture stays, and the last good set comes back by itself.
    engine = stage.messages(type="hello")[-1]["pid"]
    os.kill(engine, signal.SIGKILL)
    time.sleep(0.3)
    assert stage.screen(display).std() > 5
    stage.wait("an engine that comes back", lambda: len(stage.messages(type="hello")) == 2)
    stage.wait(
        "the set back on air",
        lambda: len(stage.messages(type="commit", status="on_air")) > aired,
    )
    time.sleep(1)
    a, b = stage.screen(display), None
    time.sleep(0.5)
    b = stage.screen(display)
    assert np.abs(a - b).mean() > 0.1

    report = stage.quit()
    assert report["engine_deaths"] == 1
    assert report["presented"] > 100
    assert report["picture_age"]["sound to screen"]["median_ms"] > 0
    assert stage.process.returncode in (0, 130)
    assert abandoned_memory() <= before, "shared memory is left behind"
    Image.fromarray(pictures[-1].astype(np.uint8)).save(tmp_path / "screen.png")


def test_a_set_that_is_wrong_at_the_start_waits_for_its_mending(
    show: tuple[Show, str, Any],
) -> None:
    stage, display, _ = show
    stage.set.write_text(SET.replace("waveform", "wavefrom"))
    stage.wait("a refusal or the set", lambda: stage.messages(type="commit"))
    stage.set.write_text(SET)
    stage.wait("the set", lambda: stage.messages(type="commit", status="on_air"))
    time.sleep(1)
    assert stage.screen(display).std() > 5
    assert stage.quit()["engine_deaths"] == 0
