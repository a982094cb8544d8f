"""Swaps come on the bar, whatever the tempo does."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.engine.program.quantise import next_beat, still_ahead

grids = st.sampled_from([0.5, 1.0, 3.0, 4.0, 7.0, 16.0, 128.0])
beats = st.floats(0, 1e6)


@given(beats, grids)
def test_the_next_beat_is_on_the_grid_and_no_further_than_a_step(now: float, grid: float) -> None:
    target = next_beat(now, grid)
    assert target / grid == math.floor(target / grid)
    assert now - 1e-6 * grid <= target <= now + grid


@given(st.integers(0, 10**6), grids)
def test_a_save_on_the_bar_is_on_time_and_one_just_before_it_too(bar: int, grid: float) -> None:
    assert next_beat(bar * grid, grid) == bar * grid
    assert next_beat(bar * grid + 0.01, grid) == (bar + 1) * grid
    assert next_beat((bar + 1) * grid - 0.01, grid) == (bar + 1) * grid


@pytest.mark.parametrize("count", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_not_waited_for(count: float) -> None:
    assert next_beat(count, 4.0) == -math.inf


frames = st.lists(
    st.one_of(
        # Seconds at a tempo; or the count is put to somewhere else: an undo, another tempo.
        st.tuples(st.floats(0.001, 2.0), st.floats(20, 400)),
        st.floats(0, 5000),
    ),
    max_size=60,
)


@given(beats, grids, frames)
def test_what_is_cued_goes_on_the_air_on_the_bar_and_never_waits_for_more_than_a_step(
    cued: float, grid: float, frames: list[tuple[float, float] | float]
) -> None:
    count, target = cued, next_beat(cued, grid)
    waited = 0.0
    for frame in frames:
        before = count
        if isinstance(frame, float):
            count, waited = frame, 0.0
        else:
            seconds, bpm = frame
            count += seconds * bpm / 60.0
            waited += seconds * bpm / 60.0
        target = still_ahead(target, count, grid)
        if count >= target:
            if not isinstance(frame, float):
                # The first frame at or after a beat of the grid: one lies in between.
                assert before <= target + 1e-6 * grid and target / grid == round(target / grid)
            return
        assert count < target <= count + grid * (1 + 1e-5)
        assert waited < grid * (1 + 1e-5)


@given(beats, grids, st.integers(1, 40), st.floats(20, 400))
def test_without_jumps_the_beat_that_was_aimed_at_stays(
    now: float, grid: float, count: int, bpm: float
) -> None:
    target = next_beat(now, grid)
    for i in range(count):
        assert still_ahead(target, now + i * bpm / 1800, grid) == target
