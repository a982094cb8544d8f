"""A film follows the clock of the show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.picture_sources.film_clock import FilmClock


@given(st.lists(st.floats(0.001, 0.2), min_size=1, max_size=60), st.floats(-4, 4))
def test_at_constant_speed_the_place_depends_on_the_time_alone(
    steps: list[float], speed: float
) -> None:
    often, once = FilmClock(0, 7, "loop"), FilmClock(0, 7, "loop")
    now = 0.0
    once.at(now, speed)
    for step in (0.0, *steps):
        now += step
        place = often.at(now, speed)
    assert once.at(now, speed) == place


def test_a_change_of_speed_does_not_move_the_film() -> None:
    clock = FilmClock(0, 100, "loop")
    clock.at(0, 1)
    assert clock.at(10, 1) == clock.at(10, 3) == 10
    assert clock.at(12, 3) == 16
    assert clock.at(12, -1) == 16
    assert clock.at(13, -1) == 15


def test_the_end_loops_stops_or_turns_back() -> None:
    for ends, seen in (("loop", 1.0), ("once", 4.0), ("to and fro", 3.0)):
        clock = FilmClock(0, 4, ends)  # type: ignore[arg-type]
        clock.at(0, 1)
        assert clock.at(5, 1) == pytest.approx(seen), ends


def test_backwards_a_loop_begins_at_its_end() -> None:
    clock = FilmClock(2, 6, "loop")
    clock.at(0, -1)
    assert clock.at(1, -1) == 5


def test_a_jump_of_the_start_signal_starts_the_film_over() -> None:
    clock = FilmClock(0, 100, "loop")
    clock.at(0, 1, 0.2)
    assert clock.at(3, 1, 0.6) == 3
    assert clock.at(4, 1, 0.05) == 0  # a phase that wrapped
    assert clock.at(5, 1, 0.3) == 1
    assert clock.at(6, 1, 1.0) == 0  # a pulse
