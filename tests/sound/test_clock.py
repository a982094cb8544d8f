"""Show time never goes back, whatever the clock says."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.sound import RATE
from livegan.sound.clock import ASLEEP, UNSEEN, Lull, ShowClock

any_clock = st.one_of(st.floats(-1e9, 1e9), st.sampled_from([math.nan, math.inf, -math.inf]))


@given(st.lists(any_clock, max_size=40))
def test_no_clock_makes_it_go_back_or_leap(readings: list[float]) -> None:
    clocks = [ShowClock()]
    for now in readings:
        clocks.append(clocks[-1].at(now))
    for before, after in pairwise(clocks):
        assert 0.0 <= after.time - before.time <= ASLEEP
        assert after.due >= before.due


@given(
    st.floats(-1e6, 1e6),
    st.lists(st.tuples(st.floats(0.001, 1.0), st.floats(-1e5, 1e5)), min_size=1, max_size=40),
)
def test_only_what_passed_between_steps_counts(
    start: float, parts: list[tuple[float, float]]
) -> None:
    clock, now, whole = ShowClock().at(start), start, 0.0
    for passed, step in parts:
        now += passed
        clock, whole = clock.at(now), whole + passed
        if not 0.0 <= step <= ASLEEP:
            now += step
            clock = clock.at(now)
    assert clock.time == pytest.approx(whole, abs=1e-6)


def test_it_is_exact_after_a_night() -> None:
    clock, looks = ShowClock().at(0.0), 8 * 3600 * 10
    for i in range(1, looks + 1):
        clock = clock.at(i / 10)
    assert clock.due == 8 * 3600 * RATE


def test_silence_is_counted_from_the_last_word() -> None:
    lull = Lull(100.0)
    assert [lull.seconds(100.0 + i / 2) for i in range(5)] == [0.0, 0.5, 1.0, 1.5, 2.0]
    lull.heard(102.25)
    assert lull.seconds(102.5) == 0.25


@given(st.lists(st.floats(0, UNSEEN), max_size=20), st.floats(UNSEEN * 1.01, 1e6))
def test_what_was_missed_while_nobody_looked_is_no_silence(looks: list[float], away: float) -> None:
    lull, now = Lull(0.0), 0.0
    for step in looks:
        now += step
        lull.seconds(now)
    for step in (away, -away):
        now += step
        assert lull.seconds(now) == 0.0
