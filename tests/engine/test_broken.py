"""A thousand saves of broken sets: each is refused in a line or plays, and no frame is missed."""

from __future__ import annotations

import itertools
import random
import warnings
from pathlib import Path

import pytest
import torch

from livegan.gremlins.saves import broken
from tests.engine.playing import Show

SET = """
from livegan.live import *

settings(swap="now", dissolve=0.1)
sound = listen()

@encoder
def bars(sound, *, now, size, sharp=param(2.0, 1, 8, "exponent")):
    x = sound.peaks(columns=size[1], seconds=4.0)
    return skyline(x ** sharp, size)

@signal
def pump(sound, *, now):
    return 0.5 + 0.5 * sound.kick

a = model("stone", bars(sound, sharp=1 + pump(sound)))
b = encode.levels(sound).blur(2 * sound.low).blend(prev("a"), 0.3)
show(grid(a, b))
"""


def settle(show: Show) -> None:
    """Play until what waits is on the air, and what fails has given way."""
    show.play(0.2)


def test_hundreds_of_broken_saves_leave_the_show_as_it_was(tmp_path: Path) -> None:
    show = Show(tmp_path, SET, size=32)
    show.save()
    settle(show)
    saves = itertools.chain(
        ((f"cut after {n} letters", SET[:n]) for n in range(0, len(SET), 3)),
        ((s.does, s.text) for s in broken(SET, random.Random(4))),
    )
    refused = 0
    for does, text in itertools.islice(saves, 400):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "invalid decimal literal" and the like
            commit = show.pipeline.propose(text)
        (frame,) = show.play(0.04)
        assert bool(torch.isfinite(frame.picture).all()), does
        assert frame.picture.min() >= 0 and frame.picture.max() <= 1, does
        if commit is not None and commit.status == "refused":
            refused += 1
            assert commit.reason and "\n" not in commit.reason, does
            assert len(commit.reason) < 400, (does, commit.reason)
            assert commit.where.rpartition(":")[2].isdigit(), (does, commit.reason)
    assert refused > 240
    commit = show.save(SET + "\n# mended\n")
    assert commit is not None and commit.status == "cued", commit.reason
    settle(show)
    show.history.position = 4 * 48000  # the recording was over long ago
    show.faults.clear()
    frames = show.play(1.0)
    assert not show.faults and frames[-1].version == commit.version
    assert not torch.equal(frames[0].picture, frames[-1].picture)


LEAF = """
from livegan.live import *
import numpy as np
settings(swap="now", dissolve=0)

@encoder
class Bars:
    def __init__(self):
        self.frames = 0

    def draw(self, sound, *, now, size):
        self.frames += 1
        {body}
        return skyline(sound.peaks(size[1], 4.0), size)

a = Bars(listen())
show(a.blur(1))
"""
BAD = {
    "raises": "raise ValueError('no')",
    "nan": "return np.full(size, np.nan)",
    "shape": "return np.zeros((2, 3, 4, 5))",
    "type": "return 'a picture'",
    "nothing": "return None",
    "objects": "return np.array([[None, 1], [2, 3]])",
    "recursion": "self.draw(sound, now=now, size=size)",
    "exits": "raise SystemExit(3)",
    "memory": "return np.ones((10**7, 10**7))",
    "interrupt": "raise GeneratorExit",
}
RETURNED = ("nan", "shape", "type", "nothing", "objects")


@pytest.mark.parametrize("when", ["the first frame", "a later frame", "silence"])
@pytest.mark.parametrize("kind", BAD)
def test_a_leaf_that_fails_is_refused_or_rolled_back_or_held(
    tmp_path: Path, kind: str, when: str
) -> None:
    if kind == "recursion" and when == "a later frame":
        pytest.skip("every frame inside is a later one")
    condition = {
        "the first frame": "True",
        "a later frame": "self.frames == 20",
        "silence": "sound.time > 7 and sound.rms(1, 0.1)[0] > 0",
    }[when]
    show = Show(tmp_path, LEAF.format(body="pass"), size=32)
    show.save()
    show.play(0.2)
    commit = show.save(LEAF.format(body=f"if {condition}: {BAD[kind]}"))
    assert commit is not None
    frames = show.play(6.0)
    assert len(frames) == 150
    assert all(bool(torch.isfinite(f.picture).all()) for f in frames)
    if when == "the first frame":
        assert commit.status == "refused" and not show.faults
        assert {f.version for f in frames} == {1}
    elif when == "a later frame":  # soon after its swap: the program before is back
        assert commit.status == "refused" and frames[-1].version == 1
        assert len(show.faults) == 1
    else:  # long after it: the node holds its last good picture
        assert commit.status == "on_air" and frames[-1].version == 2
        assert len(show.faults) == 1 and show.faults[0]["node"] == "a"
        assert torch.equal(frames[-1].picture, frames[-2].picture)
    if commit.status == "refused":
        assert "\n" not in commit.reason
        # The line that raises; for what is returned and is no picture, the node's.
        assert commit.where.rpartition(":")[2] == ("16" if kind in RETURNED else "13")
    mended = show.save(LEAF.format(body="size = size"))
    assert mended is not None and mended.status == "cued"
    show.history.position = 4 * 48000
    later = show.play(0.4)
    assert not torch.equal(later[0].picture, later[-1].picture)
