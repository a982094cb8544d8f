"""Whether shape and colour follow the sound, in numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from livegan.dataset import drawing
from livegan.plugin import declare
from livegan.training import places
from livegan.training.scores import cross_fed, over_sound, right_sound
from tests.training.test_scores import Copy, struck


def bar(at: int, light: float = 1.0) -> Tensor:
    """A picture with an upright bar at a column."""
    picture = torch.zeros(3, 64, 64)
    picture[:, :, at : at + 8] = light
    return picture


def test_what_only_gets_lighter_has_one_structure_and_what_moves_has_another() -> None:
    lit = [bar(20, 0.3), bar(20, 0.6), bar(20, 0.9)]
    moved = [bar(4), bar(28), bar(52)]
    assert places.structure(lit) == pytest.approx(0, abs=1e-5)
    assert places.structure(moved) > 0.9
    assert places.colour(lit) == pytest.approx(8 / 64 * 0.4, abs=0.001)
    assert places.structure([lit[0], torch.full((3, 64, 64), 0.5)]) == pytest.approx(1)
    assert places.structure([torch.zeros(3, 64, 64)] * 2) == 0
    assert places.apart(lit, moved) > places.apart(lit, lit) == pytest.approx(0, abs=1e-5)


def test_moments_are_four_seconds_apart_and_of_the_first_minute() -> None:
    assert places.moments(300.0) == [4.0 * n for n in range(1, 16)]
    assert places.moments(9.9) == [4.0, 8.0]
    assert places.moments(3.0) == [1.0, 2.0, 3.0]


def test_motion_at_onsets_aligns_and_motion_elsewhere_does_not() -> None:
    onsets = np.array([10.0, 25, 40, 61, 77, 90])
    change = np.full(100, 0.01)
    change[[10, 26, 40, 60, 77, 90]] = 0.2
    assert places.av_align(change, onsets) == 1
    assert places.shuffled_align(change, onsets) < 0.4
    assert places.av_align(change, onsets + 5) == 0
    assert places.av_align(np.zeros(100), onsets) == 0
    # Of two onsets one is answered, and one motion has no onset: 1 of 3.
    change = np.zeros(100)
    change[[10, 80]] = 1
    assert places.av_align(change, np.array([10.0, 50.0])) == pytest.approx(1 / 3)


def test_a_scene_that_sound_lights_is_told_from_one_that_sound_builds() -> None:
    def lit(sound, *, size):  # type: ignore[no-untyped-def]
        return bar(20).numpy()[:, : size[0], : size[1]] * (0.2 + 0.8 * sound.onset)

    def built(sound, *, size):  # type: ignore[no-untyped-def]
        return bar(int(sound.time * 3.7) % 56).numpy()[:, : size[0], : size[1]]

    sound = struck(20)
    how = {"size": 64, "stretches": 1, "seconds": 2.0}
    light, build = (drawing(declare("encoder", each)) for each in (lit, built))
    static = over_sound(Copy(), light, sound, **how)
    moving = over_sound(Copy(), build, sound, **how)
    assert static.structure < 0.05 < 0.8 < moving.structure
    assert static.align > static.by_chance + 0.3
    assert cross_fed(Copy(), light, build, sound, size=64) > 0.5
    assert cross_fed(Copy(), light, light, sound, size=64) == pytest.approx(0, abs=1e-5)


def test_the_right_sound_is_nearer_to_the_film_than_another() -> None:
    true = [torch.full((1, 3, 8, 8), float(level)) for level in (0, 0, 1, 1)]
    assert right_sound(true, true) == 1
    assert right_sound([torch.full((1, 3, 8, 8), 0.5)] * 4, true) == pytest.approx(0)
    assert right_sound([t * 0.8 + 0.1 for t in true], true) == pytest.approx(8 / 9, abs=0.001)
    assert right_sound(true[:1], true[:1]) == 0
