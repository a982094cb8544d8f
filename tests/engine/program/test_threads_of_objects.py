"""Objects that belong to the thread which made them play in a show, several of them, over saves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from livegan.plugin import source
from tests.engine import gate
from tests.engine.playing import Show

PLUGIN = '''
"""As a context of OpenGL: whoever made one last on a thread has it, and nobody elsewhere."""
import threading
import tests.engine.gate as gate
from livegan.plugin import hookimpl, param, static

HERE = threading.local()


class Bound:
    """A mixer, an encoder and a signal that draw with what belongs to their thread."""

    def __init__(self, *, shade=static(0.5, 0, 1, "brightness")):
        self.shade = shade
        HERE.context = self

    def mix(self, picture):
        assert HERE.context is self
        return picture * 0 + self.shade

    def feed(self, block):
        assert HERE.context is self

    def draw(self, sound, *, size, gain=param(1.0, 0, 1, "brightness")):
        import numpy as np
        assert HERE.context is self
        return np.full(size, gain * self.shade)

    def value(self):
        assert HERE.context is self
        return self.shade

    def close(self):
        assert HERE.context is self
        gate.GONE.append(self.shade)


@hookimpl
def register_mixers(register):
    register(Bound, name="bound")


@hookimpl
def register_encoders(register):
    register(Bound, name="bound")


@hookimpl
def register_signals(register):
    register(Bound, name="bound_signal")
'''

SET = """
from livegan.live import *
settings(swap="now", dissolve=0)
sound = listen()
a = encode.bound(sound, shade={a}, gain=bound_signal(shade=0.5))
b = a.bound(shade=0.25)
c = b.bound(shade=0.75)
show(grid(a, b, c, a))
"""


PLACES = ((16, 16), (16, 48), (48, 16), (48, 48))
"""(y, x) in the four pictures of 32 x 32."""


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    gate.GONE = []
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "bound.py").write_text(PLUGIN)
    show = Show(tmp_path, SET.format(a=0.5), size=32)
    yield show
    show.player.close()
    source.forget(source.modules_of(source.FOLDER))


def test_what_belongs_to_a_thread_plays_as_it_does_in_a_rehearsal(show: Show) -> None:
    def shades() -> list[float]:
        picture = show.play(0.2)[-1].picture
        return [round(float(picture[0, y, x]), 3) for y, x in PLACES]

    first = show.save()
    assert first is not None and first.status == "cued", first.reason
    assert shades() == [0.25, 0.25, 0.75, 0.25], show.faults
    assert show.faults == []
    with ThreadPoolExecutor(1, "save") as pool:  # where a show proves what is saved
        commit = pool.submit(show.save, SET.format(a=1.0)).result()
    assert commit is not None and commit.status == "cued", commit.reason
    assert shades() == [0.5, 0.25, 0.75, 0.5]
    assert show.faults == []
    names = [t.name for t in threading.enumerate()]
    assert {"encoder bound", "mixer bound", "signal bound_signal"} <= set(names)
