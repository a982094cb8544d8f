"""Where a picture lies in a window."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livegan.stage.window.warp import fitted

sides = st.integers(1, 5000)


@given(st.tuples(sides, sides), st.tuples(sides, sides))
def test_a_picture_is_as_large_as_fits_centred_with_its_aspect(
    picture: tuple[int, int], window: tuple[int, int]
) -> None:
    x, y, width, height = fitted(picture, window)
    assert x >= 0 and x + width <= window[0]
    assert y >= 0 and y + height <= window[1]
    assert width == window[0] or height == window[1]
    assert abs(2 * x + width - window[0]) <= 1 and abs(2 * y + height - window[1]) <= 1
    scale = min(window[0] / picture[0], window[1] / picture[1])
    assert abs(width - picture[0] * scale) <= 1 and abs(height - picture[1] * scale) <= 1


def test_a_square_in_a_wide_window_has_bars_at_its_sides() -> None:
    assert fitted((512, 512), (1280, 720)) == (280, 0, 720, 720)
