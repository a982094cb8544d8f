"""A window that is put away comes back; one that is put away twice was meant to be."""

from __future__ import annotations

from livegan.stage.window.visibility import RETURN, TWICE, Displays, Visibility

ONE, TWO = (1920, 1080), (1280, 720)


def test_a_window_that_is_put_away_comes_back_after_a_moment() -> None:
    visibility = Visibility().put_away(10.0).put_away(10.1)
    visibility, back = visibility.look(10.0 + RETURN / 2)
    assert not back
    visibility, back = visibility.look(10.0 + RETURN)
    assert back
    assert visibility.look(99.0) == (visibility, False)


def test_one_that_is_seen_again_is_left_alone() -> None:
    assert Visibility().put_away(10.0).seen().look(99.0)[1] is False


def test_twice_is_on_purpose_and_later_is_an_accident_again() -> None:
    visibility, _ = Visibility().put_away(10.0).look(12.0)
    again = visibility.put_away(13.0)
    assert again.look(500.0)[1] is False
    assert again.seen().put_away(600.0).look(602.0)[1]
    assert visibility.put_away(12.0 + TWICE + 1).look(12.0 + TWICE + 1 + RETURN)[1]


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
