"""Counting what was found rightly, wrongly and not at all."""

from __future__ import annotations

import pytest

from livegan.sound.scoring.tally import Tally, tally, trimmed


def test_each_stroke_is_paired_once_and_within_the_tolerance() -> None:
    found = tally([0.5, 0.54, 1.06, 2.0], [0.52, 1.0, 2.05, 3.0], 0.05, 60.0)
    assert (found.hits, found.alarms, found.misses) == (2, 2, 2)
    assert found.precision == found.recall == found.f == 0.5
    assert found.false_a_minute == 2.0


def test_a_stroke_is_left_to_the_neighbour_that_has_no_other() -> None:
    assert tally([1.0, 1.04], [1.04, 1.08], 0.05, 60.0).hits == 2


def test_tallies_add_up() -> None:
    whole = Tally(1, 2, 3, 0.5) + Tally(4, 0, 1, 0.5)
    assert whole == Tally(5, 2, 4, 1.0)
    assert whole.wanted == 9
    assert whole.f == pytest.approx(2 * 5 / (10 + 2 + 4))


def test_nothing_found_where_nothing_was_wanted_is_no_division_by_zero() -> None:
    nothing = tally([], [], 0.05, 0.0)
    assert (nothing.precision, nothing.recall, nothing.f, nothing.false_a_minute) == (0, 0, 0, 0)


def test_beats_of_the_first_seconds_do_not_count() -> None:
    assert trimmed([0.5, 4.99, 5.0, 6.0]) == [5.0, 6.0]
