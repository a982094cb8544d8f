"""A warp brings each corner of the picture to its point, on a graphics card and without one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.stage.window.trim import ROTATIONS, Trim
from livegan.stage.window.warp import projected, warp_of, within

WINDOW = (320, 240)
CORNERS = ((0.1, 0.1), (0.9, 0.2), (0.8, 0.9), (0.2, 0.8))
near = st.floats(-0.2, 0.2)
SQUARE = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))


@given(st.lists(st.tuples(near, near), min_size=4, max_size=4))
def test_the_unit_square_goes_to_the_corners(moved: list[tuple[float, float]]) -> None:
    corners = tuple((x + dx, y + dy) for (x, y), (dx, dy) in zip(SQUARE, moved, strict=True))
    warp = warp_of(Trim(corners=corners), (64, 64), WINDOW)
    s, t = np.array([0.0, 1, 1, 0]), np.array([0.0, 0, 1, 1])
    x, y = projected(warp.square_to_window, s, t)
    np.testing.assert_allclose(np.stack([x, y], 1), warp.corners, atol=1e-6)


@pytest.mark.parametrize("rotation", ROTATIONS)
@pytest.mark.parametrize("flip", ["none", "horizontal", "vertical", "both"])
def test_rotation_and_flip_are_those_of_an_array(rotation: int, flip: str) -> None:
    picture = np.arange(4 * 6).reshape(4, 6)
    turned = np.rot90(picture, -rotation // 90)
    if flip in ("horizontal", "both"):
        turned = turned[:, ::-1]
    if flip in ("vertical", "both"):
        turned = turned[::-1]
    high, wide = turned.shape
    index = warp_of(Trim(rotation, flip), (6, 4), (wide, high)).index((6, 4))
    np.testing.assert_array_equal(picture.reshape(-1)[index], turned)


def test_the_mesh_of_a_card_and_the_index_of_the_processor_agree() -> None:
    warp = warp_of(Trim(90, "vertical", CORNERS), (64, 48), WINDOW)
    width, height = 640, 480
    index = warp.index((width, height))
    for x, y, *_ in ((quad[0][0], quad[0][1], 0) for quad in warp.mesh()[17:200:9]):
        quad = next(q for q in warp.mesh() if q[0] == (x, y))
        column, row = int(x) + 1, int(y) + 1
        if index[row, column] == width * height:
            continue
        down, right = divmod(int(index[row, column]), width)
        assert abs(right / width - quad[4][0]) < 0.03 and abs(down / height - quad[4][1]) < 0.03


def test_outside_of_corners_and_mask_there_is_nothing() -> None:
    trim = Trim(corners=CORNERS)
    index = warp_of(trim, (10, 10), WINDOW).index((10, 10))
    assert index[0, 0] == index[-1, -1] == 100 and index[120, 160] < 100
    masked = replace(trim, mask=((0.0, 0.0), (0.4, 0.0), (0.4, 1.0), (0.0, 1.0)))
    index = warp_of(masked, (10, 10), WINDOW).index((10, 10))
    assert index[120, 100] < 100 and index[120, 160] == 100


def test_a_rotated_picture_is_as_large_as_fits() -> None:
    warp = warp_of(Trim(90), (200, 100), (100, 100))
    assert warp.corners == ((25, 0), (75, 0), (75, 100), (25, 100))


def test_a_polygon_has_an_inside_and_an_outside() -> None:
    x, y = np.array([0.5, 0.5, 0.1, -1.0]), np.array([0.1, 0.9, 0.9, 0.5])
    inside = within(((0.0, 0.0), (1.0, 0.0), (0.5, 1.0)), x, y)
    assert inside.tolist() == [True, True, False, False]
