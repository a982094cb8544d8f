"""The blackout fades, and neither a stall nor a clock that steps makes it jump."""

from __future__ import annotations

import numpy as np

from livegan.stage.streams.blackout import LONGEST_STEP, SECONDS, Blackout, darkened


def faded(black: bool, seconds: float, start: Blackout, step: float = 0.02) -> Blackout:
    now = start.now
    for _ in range(round(seconds / step)):
        now += step
        start = start.look(now, black)
    return start


def test_it_is_black_after_its_time_and_back_after_as_much() -> None:
    half = faded(True, SECONDS / 2, Blackout(now=5.0))
    assert 0.4 < half.darkness < 0.6
    black = faded(True, SECONDS, half)
    assert black.darkness == 1.0
    assert faded(False, SECONDS + 0.1, black).darkness == 0.0


def test_a_stall_and_a_clock_that_goes_back_do_not_jump() -> None:
    begun = Blackout(now=5.0).look(65.0, True)
    assert 0 < begun.darkness <= LONGEST_STEP / SECONDS + 1e-9
    assert begun.look(3.0, True).darkness == begun.darkness


def test_a_picture_is_darkened_evenly_and_left_alone_where_there_is_nothing_to_do() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (6, 8, 3), np.uint8)
    assert darkened(pixels, 0.0) is pixels
    assert darkened(pixels, 1.0).max() == 0
    half = darkened(pixels, 0.5).astype(int)
    assert abs(half - pixels / 2).max() <= 1
