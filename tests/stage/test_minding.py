"""A window that is put away comes back; one that is put away twice was meant to be."""

from __future__ import annotations

from livegan.stage.minding import RETURN, TWICE, Displays, Minding

ONE, TWO = (1920, 1080), (1280, 720)


def test_a_window_that_is_put_away_comes_back_after_a_moment() -> None:
    minding = Minding().put_away(10.0).put_away(10.1)
    minding, back = minding.look(10.0 + RETURN / 2)
    assert not back
    minding, back = minding.look(10.0 + RETURN)
    assert back
    assert minding.look(99.0) == (minding, False)


def test_one_that_is_seen_again_is_left_alone() -> None:
    assert Minding().put_away(10.0).seen().look(99.0)[1] is False


def test_twice_is_on_purpose_and_later_is_an_accident_again() -> None:
    minding, _ = Minding().put_away(10.0).look(12.0)
    again = minding.put_away(13.0)
    assert again.look(500.0)[1] is False
    assert again.seen().put_away(600.0).look(602.0)[1]
    assert minding.put_away(12.0 + TWICE + 1).look(12.0 + TWICE + 1 + RETURN)[1]


def test_a_window_whose_display_goes_comes_back_on_another_and_goes_home() -> None:
    displays = Displays(1, 1, (ONE, TWO))
    assert displays.look([ONE, TWO]) == (displays, None)
    displays, target = displays.look([ONE])
    assert (target, displays.at, displays.home) == (0, 0, 1)
    assert displays.look([ONE])[1] is None
    displays, target = displays.look([ONE, TWO])
    assert (target, displays.at) == (1, 1)


def test_with_no_display_at_all_it_waits() -> None:
    displays = Displays(0, 0, (ONE,))
    assert displays.look([]) == (displays, None)


def test_a_display_that_is_added_moves_nothing_and_another_size_fits_the_window_to_it() -> None:
    displays, target = Displays(0, 0, (ONE,)).look([ONE, TWO])
    assert target is None
    displays, target = displays.look([TWO, TWO])
    assert target == 0


def test_dragged_to_another_display_it_stays_there() -> None:
    displays = Displays(0, 0, (ONE, TWO)).moved(1)
    assert displays.look([ONE, TWO])[1] is None
    assert displays.look([ONE])[1] == 0
