"""Pacing by an injected clock: even, never in bursts, whatever the clock does."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.sound import RATE
from livegan.sound.inputs.pace import SoundPace
from livegan.stage.window.pacing import FramePace

periods = st.sampled_from([1 / 144, 1 / 60, 1 / 30, 1 / 25])
SLACK = 0.4  # of a period


class Loop:
    """A loop as the presenter's, on a clock of its own. ``real`` is what has truly passed."""

    def __init__(self, period: float) -> None:
        self.period, self.slack = period, SLACK * period
        self.real, self.offset = 0.0, 1000.0
        self.pace = FramePace()
        self.began: list[float] = []

    def frame(self, late: float = 0.0, takes: float = 0.0) -> None:
        """Wait until a frame is due, in short sleeps; come ``late``; draw for so long."""
        for _ in range(10_000):
            self.pace = self.pace.at(self.real + self.offset)
            if not self.pace.wait:
                break
            self.real += min(self.period / 7, self.pace.wait)
        else:
            pytest.fail("a frame is never due")
        self.real += late
        self.pace = self.pace.at(self.real + self.offset)
        self.began.append(self.real)
        self.pace = self.pace.presented(self.period, self.slack)
        self.real += takes
        self.pace = self.pace.at(self.real + self.offset)

    @property
    def gaps(self) -> list[float]:
        return [b - a for a, b in pairwise(self.began)]


@given(periods, st.lists(st.tuples(st.floats(0, 3), st.floats(0, 5)), min_size=2, max_size=60))
def test_frames_are_never_closer_than_allowed(
    period: float, frames: list[tuple[float, float]]
) -> None:
    loop = Loop(period)
    for late, takes in frames:
        loop.frame(late * period, takes * period)
    assert min(loop.gaps) >= period - loop.slack - 1e-9


@given(periods, st.floats(0.5, 4000), st.integers(1, 20))
def test_a_stall_is_followed_by_one_frame_and_not_by_a_burst(
    period: float, stall: float, before: int
) -> None:
    loop = Loop(period)
    for _ in range(before):
        loop.frame()
    loop.frame(takes=stall)
    back = loop.real
    for _ in range(20):
        loop.frame()
    shown = [t for t in loop.began if back <= t < back + 10 * period]
    assert len(shown) <= 11
    assert loop.began[-1] - back == pytest.approx(19 * period, abs=period)


@given(periods, st.lists(st.floats(-5000, 5000), min_size=1, max_size=5))
def test_a_clock_that_steps_neither_stops_frames_nor_hurries_them(
    period: float, steps: list[float]
) -> None:
    loop = Loop(period)
    for step in steps:
        for _ in range(5):
            loop.frame()
        loop.offset += step  # a machine that slept, a clock that was set
    for _ in range(5):
        loop.frame()
    short = [gap for gap in loop.gaps if gap < period - loop.slack - 1e-9]
    # The frame that waits while the clock goes on by itself comes at once: one for each step.
    assert len(short) <= sum(step > 0 for step in steps)
    assert max(loop.gaps) <= period + period / 7 + 1e-6


@given(periods, st.lists(st.floats(0, SLACK * 0.99), min_size=200, max_size=300))
def test_the_rate_does_not_drift(period: float, late: list[float]) -> None:
    loop = Loop(period)
    for share in late:
        loop.frame(late=share * period)
    whole = (len(late) - 1) * period
    assert loop.began[-1] - loop.began[0] == pytest.approx(whole, abs=period)


readings_of_clocks = st.one_of(
    st.floats(-1e9, 1e9), st.sampled_from([math.nan, math.inf, -math.inf])
)


@given(st.lists(readings_of_clocks, max_size=20), periods)
def test_no_clock_makes_it_wait_for_longer_than_a_period(
    readings: list[float], period: float
) -> None:
    pace = FramePace()
    for now in readings:
        pace = pace.at(now)
        if not pace.wait:
            pace = pace.presented(period, period / 2)
        assert 0 <= pace.wait <= period + 1e-6


@given(st.lists(st.tuples(st.integers(-90_000, 90_000), st.integers(0, 3000)), max_size=60))
def test_show_time_never_goes_back(steps: list[tuple[int, int]]) -> None:
    pace, due, position = SoundPace(), 0, 0
    for step, came in steps:
        due += step + 480
        heard = pace.fit(np.zeros((came, 2), np.float32), due)
        assert pace.position == position + len(heard)
        assert pace.position >= position
        position = pace.position
    assert position / RATE >= 0
