"""Two traces on a ground made of the sound."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..playing import encoder, hearing, tone

draw = encoder("waveform", (128, 128))


def shown(samples: NDArray[Any], position: int = 96000, **values: float) -> np.ndarray:
    picture: NDArray[Any] = draw(hearing(samples).at(position), **values)
    return picture


def test_the_ground_is_black_for_low_and_white_for_high() -> None:
    dark, middle, bright = (
        np.median(shown(tone(f, amplitude=0.02))) for f in (90.0, 900.0, 8000.0)
    )
    assert dark < 0.1
    assert 0.3 < middle < 0.8
    assert bright > 0.95


def test_left_is_above_in_orange_and_right_below_in_blue() -> None:
    picture = shown(np.zeros((144000, 2)))
    upper, lower = picture[:, 32, 64], picture[:, 96, 64]
    assert upper[0] > upper[1] > upper[2]
    assert lower[2] > lower[1] > lower[0]


def test_sound_on_one_side_moves_only_its_half() -> None:
    still = shown(np.zeros((144000, 2)), thick=2.0)
    for side, rows in enumerate((slice(0, 32), slice(96, 128))):
        other = slice(96, 128) if side == 0 else slice(0, 32)
        samples = np.zeros((144000, 2))
        samples[:, side] = tone(100)[:, side]
        picture = shown(samples, thick=2.0)
        assert np.abs(picture[:, rows] - still[:, rows]).mean() > 0.02
        assert np.array_equal(picture[:, other], still[:, other])


def test_mono_sound_draws_the_same_trace_twice() -> None:
    picture = shown(tone(100))
    upper, lower = picture[:, :64], picture[:, 64:]
    line = (upper[0] > 0.99) & (upper[2] < 0.2)
    same = (lower[2] > 0.99) & (lower[0] < 0.2)
    assert line.sum() > 100
    assert (line != same).sum() < 0.05 * line.sum()


def test_a_held_note_stands_still() -> None:
    samples = tone(220)
    first, second = shown(samples, 96000), shown(samples, 96480)
    assert np.abs(first - second).mean() < 0.02
    drifting = np.abs(shown(samples, 96000, steady=False) - shown(samples, 96480, steady=False))
    assert drifting.mean() > 0.04


def test_a_steep_wave_is_one_line_without_gaps() -> None:
    square = np.sign(tone(100))
    picture = shown(square, thick=12.0)[:, :64]
    orange = (picture[0] - picture[2] > 0.5).any(axis=0)
    assert orange.all()
    # A rise fills its column from foot to head.
    assert (picture[0] - picture[2] > 0.5).sum(axis=0).max() > 40
