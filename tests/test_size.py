"""A size: how people write it, and how it is kept."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.size import UNSAID, Size

SIDES = st.integers(1, 4096)
SIZES = st.builds(Size, SIDES, SIDES)


@pytest.mark.parametrize(
    ("written", "size"),
    [
        (512, (512, 512)),
        ("512", (512, 512)),
        ("1280x720", (720, 1280)),
        (" 1280 X 720 ", (720, 1280)),
        ("1280×720", (720, 1280)),
        ((1280, 720), (720, 1280)),
        ([1280, 720], (720, 1280)),
        ((512,), (512, 512)),
        (512.0, (512, 512)),
        (Size(720, 1280), (720, 1280)),
    ],
)
def test_width_comes_first_where_people_write_it(written: object, size: tuple[int, int]) -> None:
    assert Size.read(written) == size


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("large", "'large' is no size: write a number for a square, or width and height: 1280x720"),
        ("1280x", "'1280x' is no size"),
        ("1280x720x3", "no size"),
        ("", "no size"),
        ((), "no size"),
        ((1, 2, 3), "no size"),
        (12.5, "12.5 is no size"),
        (-512, "-512 is no size"),
        (float("nan"), "no size"),
        (float("inf"), "no size"),
        (None, "None is no size"),
        (True, "True is no size"),
        ((1280, 0), "1280x0 has no pixels"),
        ("0x0", "0x0 has no pixels"),
        (5000, "5000x5000 pixels are too many: 8192 along a side and 4096x4096 in all"),
        ((9000, 9), "9000x9 pixels are too many"),
    ],
)
def test_what_is_no_size_is_refused_in_a_line(written: object, said: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]*$") as refused:
        Size.read(written)
    assert said in str(refused.value)


def test_nought_is_what_somebody_else_says() -> None:
    assert Size.read(0) == Size.read("0") == UNSAID
    assert not UNSAID
    assert Size(720, 1280)


@given(SIZES)
def test_what_is_written_is_read_as_it_was(size: Size) -> None:
    assert Size.read(size.plain) == Size.read(str(size)) == size
    assert pickle.loads(pickle.dumps(size)) == copy.deepcopy(size) == size
    assert Size.read((size.width, size.height)) == size


def test_a_square_is_written_as_a_number() -> None:
    assert Size(512, 512).plain == 512
    assert Size(720, 1280).plain == "1280x720"
    assert str(Size(512, 512)) == "512x512"


@given(SIZES, SIZES)
def test_another_shape_has_as_many_pixels(size: Size, other: Size) -> None:
    shaped = size.shaped_like(other)
    assert min(shaped) >= 1
    if min(shaped) > 8:
        assert shaped.pixels == pytest.approx(size.pixels, rel=0.2)
        assert shaped.aspect == pytest.approx(other.aspect, rel=0.2)


@given(SIDES, SIDES)
def test_the_same_shape_is_the_same_size(side: int, other: int) -> None:
    assert Size.square(side).shaped_like(Size.square(other)) == (side, side)


def test_a_size_is_scaled_by_its_height() -> None:
    assert Size(720, 1280).scaled(96) == (96, 171)
    assert Size.square(512).scaled(96) == (96, 96)
