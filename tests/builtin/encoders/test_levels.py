"""Four levels as a picture, now and over time."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from livegan.builtin.encoders.levels import LANES
from livegan.sound.features import FEATURES
from livegan.sound.history import Hearing, RecordedHistory

from ..playing import encoder, hearing

SILENCE = np.zeros((48000 * 11, 2))


def shown(name: str, **levels: float) -> NDArray[Any]:
    picture: NDArray[Any] = encoder(name, (128, 128))(hearing(SILENCE, **levels).at(48000 * 11))
    return picture


@pytest.mark.parametrize("name", ["levels", "levels_timeline"])
@pytest.mark.parametrize("lane", ["high", "mid", "low"])
def test_a_level_lights_its_own_lane_and_no_other(name: str, lane: str) -> None:
    change = np.abs(shown(name, **{lane: 1.0}) - shown(name)).mean((0, 2)).reshape(4, 32).mean(1)
    index = LANES.index(lane)
    assert change[index] > 0.2
    assert np.delete(change, index).max() < 1e-6


def test_the_kick_lights_its_lane_and_a_disc_in_the_middle() -> None:
    change = np.abs(shown("levels", kick=1.0) - shown("levels")).max(0)
    assert change[100:, :].mean() > 0.2
    assert change[64, 64] > 0.4
    assert change[64, 2] == 0
    lanes = np.abs(shown("levels_timeline", kick=1.0) - shown("levels_timeline")).max(0)
    assert lanes[:96].max() == 0
    assert lanes[96:].mean() > 0.2


@pytest.mark.parametrize("name", ["levels", "levels_timeline"])
@pytest.mark.parametrize("lane", LANES)
def test_small_changes_of_a_level_are_small_changes_of_the_picture(name: str, lane: str) -> None:
    steps = [shown(name, **{lane: value}) for value in np.linspace(0, 1, 41)]
    changes = [np.abs(b - a).mean() for a, b in pairwise(steps)]
    assert min(changes) > 1e-4
    assert max(changes) < 0.03


def test_louder_is_wider_and_brighter() -> None:
    means = [shown("levels", low=value)[:, 64:96].mean() for value in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert means == sorted(means)
    assert means[-1] > 2 * means[0]


def test_gain_and_levels_beyond_one_are_held() -> None:
    draw = encoder("levels", (64, 64))
    sound = hearing(SILENCE, low=0.5, mid=0.5).at(48000)
    assert np.array_equal(draw(sound, gain=4.0), draw(hearing(SILENCE, low=1.0, mid=1.0).at(48000)))


def test_the_past_of_a_level_stands_where_its_time_is() -> None:
    rows = np.zeros((1100, len(FEATURES)), np.float32)
    rows[600:700, FEATURES.index("mid")] = 1  # five to four seconds ago
    sound = Hearing(RecordedHistory(SILENCE.astype(np.float32), rows)).at(48000 * 11)
    draw = encoder("levels_timeline", (64, 200))
    change = np.abs(draw(sound) - draw(hearing(SILENCE).at(48000 * 11))).max((0, 1))
    touched = np.flatnonzero(change > 0.1)
    assert abs(touched[0] - 100) <= 2
    assert abs(touched[-1] - 119) <= 2
