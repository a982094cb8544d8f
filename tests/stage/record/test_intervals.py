"""Intervals between frames are counted, however long the show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.stage.record.intervals import Intervals


def counted(intervals_ms: list[float]) -> Intervals:
    intervals, now = Intervals(), 5.0
    intervals.presented(now)
    for ms in intervals_ms:
        now += ms / 1000
        intervals.presented(now)
    return intervals


def test_nothing_presented_reports_zeros() -> None:
    assert set(Intervals().report().values()) == {0}


def test_one_long_interval_among_many_is_the_longest_and_not_the_median() -> None:
    report = counted([16.7] * 99 + [250]).report()
    assert report["presented"] == 101
    assert report["median_ms"] == pytest.approx(16.7, abs=0.11)
    assert report["longest_ms"] == pytest.approx(250, abs=0.01)


@given(st.lists(st.floats(1, 1900), min_size=1, max_size=200), st.floats(0.01, 1))
def test_quantiles_are_those_of_the_intervals(times: list[float], share: float) -> None:
    found = counted(times).quantile(share)
    exact = np.quantile(times, share, method="inverted_cdf")
    assert found == pytest.approx(exact, abs=0.11)


@given(st.lists(st.floats(1, 5000), min_size=1, max_size=200))
def test_the_histogram_counts_every_interval_once(times: list[float]) -> None:
    rows = counted(times).histogram()
    assert sum(count for _, _, count in rows) == len(times)
    for low, high, count in rows:
        near = [t for t in times if low - 0.11 <= t < (high or 1e9) + 0.11]
        assert 0 < count <= len(near)
