"""Ten seconds of loudness."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..playing import RATE, encoder, hearing, tone

SIZE = (128, 200)


def burst(start: float, stop: float, *, hertz: float = 440.0) -> NDArray[Any]:
    """A tone between two times, silence around it."""
    samples = tone(hertz, 12.0)
    time = np.arange(len(samples)) / RATE
    samples[(time < start) | (time >= stop)] = 0
    return samples


def test_each_picture_depends_on_the_ten_seconds_before_it() -> None:
    draw = encoder("timeline", SIZE)
    silent = draw(hearing(np.zeros((12 * RATE, 2))).at(12 * RATE))
    old = draw(hearing(burst(2.2, 2.6)).at(12 * RATE))
    older = draw(hearing(burst(1.0, 1.8)).at(12 * RATE))
    assert np.abs(old - silent).max() > 0.2
    assert np.array_equal(older, silent)


def test_a_burst_stands_where_its_time_is() -> None:
    draw = encoder("timeline", SIZE)
    silent = draw(hearing(np.zeros((12 * RATE, 2))).at(12 * RATE))
    picture = draw(hearing(burst(7.0, 8.0)).at(12 * RATE))
    touched = np.flatnonzero(np.abs(picture - silent).max((0, 1)) > 0.05)
    # 20 columns a second, the newest at the right: from 100 to 120.
    assert abs(touched[0] - 100) <= 3
    assert abs(touched[-1] - 119) <= 3


def test_louder_reaches_farther() -> None:
    draw = encoder("timeline", SIZE)
    silent = draw(hearing(np.zeros((12 * RATE, 2))).at(12 * RATE))

    def height(amplitude: float) -> int:
        picture = draw(hearing(2 * amplitude * burst(2.0, 12.0)).at(12 * RATE))
        body = np.abs(picture - silent)[:, :, 100].max(0) > 0.3
        return int(body.sum())

    assert height(0.1) < height(0.3) < height(0.9) < 128


def test_left_is_above_and_right_below_the_middle() -> None:
    draw = encoder("timeline", SIZE)
    samples = burst(2.0, 12.0)
    samples[:, 1] *= 0.05
    column = draw(hearing(samples).at(12 * RATE))[:, :, 100]
    core = np.flatnonzero(column[0] - column[2] > 0.25)  # red outweighs blue: rms and low peaks
    assert core.min() < 50
    assert core.max() < 72


def test_low_sound_is_red_and_high_sound_blue() -> None:
    draw = encoder("timeline", SIZE)

    def toned(hertz: float) -> NDArray[Any]:
        picture: NDArray[Any] = draw(hearing(burst(2.0, 12.0, hertz=hertz)).at(12 * RATE))
        # Just within the peaks and beyond the rms of a tone of amplitude 0.5.
        column: NDArray[Any] = picture[:, 33, 60:140].mean(1)
        return column

    low, high = toned(110), toned(6000)
    assert low[0] > low[2] + 0.3
    assert high[2] > high[0] + 0.3
