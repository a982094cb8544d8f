"""A whole show follows a model that is written anew while it plays."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from livegan.generators import Card, save_checkpoint
from tests.display import xvfb
from tests.engine.playing import weights
from tests.test_show import Show

pytestmark = [
    pytest.mark.display,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb"),
]

SET = """
from livegan.live import *
import numpy as np

settings(bpm=120, swap="bar", dissolve=0.1)

@encoder
def still(sound, *, size):
    return np.linspace(0, 1, size[0] * size[1]).reshape(size)

show(grid(model("mine", still(listen())), encode.waveform(listen())))
"""


def train(folder: Path, name: str, steps: int) -> None:
    """What a training writes at a save."""
    card = Card(name="mine", encoder="levels", size=128, norm="running", other={"steps": steps})
    save_checkpoint(folder, weights(name), card)


@pytest.fixture
def show(tmp_path: Path) -> Iterator[tuple[Show, str, Path]]:
    """A show, its display, and the model that it follows."""
    model = tmp_path / "far away" / "mine"
    train(model, "stone", 100)
    (tmp_path / "link").symlink_to(tmp_path / "far away")
    # The guard would dim the flashes of the waveform beside the slot, and the slot with them.
    more = "--audio demo --no-audible --watch-model link/mine --seconds 300 --flash-guard off"
    with xvfb((512, 512)) as display:
        show = Show(tmp_path, {**os.environ, "DISPLAY": display}, SET, more)
        try:
            yield show, display, model
        finally:
            show.process.kill()
            show.process.wait()
            show.terminal.close()


def slot(show: Show, display: str) -> np.ndarray:
    """The slot's half of the window, which stands still as long as its weights do; without its
    edge, where enlarging mixes in what moves beside it."""
    return show.screen(display)[128:384, :240]


class Look:
    """Looks at the slot again and again; it must never be black."""

    def __init__(self, show: Show, display: str) -> None:
        self.show, self.display = show, display

    def rest(self) -> np.ndarray:
        """What it shows when nothing dissolves any more."""
        found: list[np.ndarray] = []

        def stays_the_same() -> bool:
            found.append(slot(self.show, self.display))
            time.sleep(0.2)
            same = len(found) > 4 and all((one == found[-1]).all() for one in found[-5:])
            return same and found[-1].std() > 2

        self.show.wait("a picture at rest", stays_the_same)
        return found[-1]

    def leaves(self, before: np.ndarray) -> None:
        """Wait until it shows something else."""

        def other() -> bool:
            now = slot(self.show, self.display)
            assert now.std() > 2, "black"
            return bool(np.abs(now - before).mean() > 2)

        self.show.wait("another picture", other)


def test_a_show_follows_a_training_and_not_what_is_broken(show: tuple[Show, str, Path]) -> None:
    stage, display, model = show
    look = Look(stage, display)
    stage.on_air(1)
    first = look.rest()

    # Written anew: it plays from the next bar, and a line says how far it is.
    train(model, "water", 200)
    look.leaves(first)
    assert stage.on_air(2)["built"] == ["show.mine"]
    stage.wait("a line", lambda: stage.messages(text="the file of mine has changed: 200 steps"))
    second = look.rest()

    # Cut off: a line, and nothing changes.
    file = model / "model.safetensors"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    refused = stage.wait("a refusal", lambda: stage.messages(type="commit", status="refused"))[0]
    assert "model.safetensors: damaged or cut off" in refused["reason"]
    assert refused["where"].endswith("set.py:11")
    assert np.abs(look.rest() - second).mean() < 0.1

    # Mended.
    train(model, "fire", 300)
    look.leaves(second)
    stage.on_air(3)
    assert stage.messages(type="fault") == []
    assert stage.quit()["engine_deaths"] == 0
