"""A whole show made of plugins, which are edited, broken and killed while it plays."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.display import xvfb
from tests.test_show import Show

pytestmark = [
    pytest.mark.display,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb"),
]

PLUGIN = '''
"""A source that hums, an encoder of its level, an output that keeps, and a command."""

import os

import numpy as np

from livegan.plugin import hookimpl


class Hum:
    name, rate = "hum", 44100

    def __init__(self, argument):
        self.pitch, self.at = float(argument), 0

    def open(self, note):
        pass

    def pull(self, frames):
        at = np.arange(self.at, self.at + frames)
        self.at += frames
        tone = 0.5 * np.sin(2 * np.pi * self.pitch * at / self.rate)
        return tone[:, None].astype(np.float32)

    def close(self):
        pass


class Glow:
    """As bright as the sound is loud."""

    def draw(self, sound, *, size):
        height, width = size
        loud = np.abs(sound.last(0.2)).max()
        picture = np.zeros((height, width, 3), np.float32)
        picture[..., {channel}] = min(1.0, 2 * loud)
        return picture


class Keep:
    def __init__(self, name, *, folder):
        self.file = folder / name

    def send(self, pixels):
        if (self.file.parent / "die").exists():
            (self.file.parent / "die").unlink()
            os.abort()
        self.file.write_bytes(pixels[0, 0].tobytes())

    def close(self):
        pass


def wave(times: int = 1):
    """Waves."""
    print("wave " * times)


@hookimpl
def register_sources(register):
    register(Hum, "hum", "a steady tone: hum:HERTZ")


@hookimpl
def register_encoders(register):
    register(Glow, name="glow")


@hookimpl
def register_outputs(register):
    register(Keep, "keep", "name of a file for the colour of a corner")


@hookimpl
def register_commands(register):
    register(wave)
'''
SET = """
from livegan.live import *

settings(bpm=240, swap="beat", dissolve=0)
picture = encode.glow(listen())
show(picture)
show(picture, keep="corner")
"""


def plugin(channel: int) -> str:
    return PLUGIN.replace("{channel}", str(channel))


@pytest.fixture
def show(tmp_path: Path) -> Iterator[tuple[Show, str]]:
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "lamp.py").write_text(plugin(0))
    (folder / "broken.py").write_text("import nothing_so_called\n")
    with xvfb((512, 512)) as display:
        env = {**os.environ, "DISPLAY": display}
        show = Show(tmp_path, env, SET, "--audio hum:220 --flash-guard off --seconds 600")
        try:
            yield show, display
        finally:
            show.process.kill()
            show.process.wait()
            show.terminal.close()


def test_plugins_are_edited_broken_and_killed_in_a_show(show: tuple[Show, str]) -> None:
    stage, display = show
    lamp = stage.folder / "plugins" / "lamp.py"
    corner = stage.folder / "corner"

    def shown(channel: int) -> bool:
        """Whether screen and output show the sound in that colour, and in no other."""
        screen = stage.screen(display).mean(axis=(0, 1))
        kept = corner.read_bytes() if corner.exists() else b""
        others = [c for c in range(3) if c != channel]
        return bool(
            screen[channel] > 150
            and screen[others].max() < 20
            and len(kept) == 3
            and kept[channel] > 150
            and max(kept[c] for c in others) < 20
        )

    stage.on_air(1)
    stage.wait("the source is seen and sent", lambda: shown(0), 120)
    notes = " ".join(str(m.get("text")) for m in stage.messages(type="note"))
    assert "broken.py:1: plugin broken: ModuleNotFoundError" in notes

    # An edit goes on the air by itself; nothing else is made anew.
    lamp.write_text(plugin(1))
    second = stage.on_air(2)
    assert (second["plugins"], second["built"]) == (["lamp"], ["picture"])
    stage.wait("the edit is seen", lambda: shown(1), 120)

    # One that cannot draw is refused at its line; the picture stays as it was.
    lamp.write_text(plugin(3))
    refused = stage.wait("the refusal", lambda: stage.messages(status="refused"))[0]
    assert "IndexError" in refused["reason"] and "(plugin lamp)" in refused["reason"]
    line = 1 + plugin(3).splitlines().index("        picture[..., 3] = min(1.0, 2 * loud)")
    assert refused["where"] == f"{lamp}:{line}"
    assert shown(1)

    # The engine dies while the file is broken: what comes back is the old code.
    hello = stage.messages(type="hello")[-1]
    os.kill(hello["pid"], signal.SIGKILL)
    again = stage.wait(
        "the program comes back",
        lambda: stage.messages(type="commit", status="on_air", version=2)[1:],
        120,
    )
    assert again[0]["built"] == ["picture"]
    stage.wait("the old code is seen", lambda: shown(1), 120)

    # An output that dies is started again, and the window does not notice.
    (stage.folder / "die").touch()
    stage.wait(
        "the output is restarted",
        lambda: [m for m in stage.messages(type="note") if "restarting" in str(m["text"])],
        120,
    )
    corner.unlink(missing_ok=True)
    stage.wait("it sends again", lambda: shown(1), 120)
    assert np.ptp(stage.screen(display)) > 100

    # Mended, it goes on the air.
    lamp.write_text(plugin(2))
    stage.wait("the mended one is seen", lambda: shown(2), 120)
    report = stage.quit()
    assert report["engine_deaths"] == 1
    assert report["faults"] == 0
