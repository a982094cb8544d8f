"""What encoders and leaves return becomes a picture, or a refusal that names what it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from livegan.builtin.pictures import as_picture


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 1), (1, 4, 5), (4, 5, 3), (3, 4, 5)])
@pytest.mark.parametrize("torch_too", [False, True])
def test_every_form_becomes_three_by_height_by_width(
    shape: tuple[int, ...], torch_too: bool
) -> None:
    array: Any = np.random.default_rng(0).random(shape).astype(np.float32)
    picture = as_picture(torch.from_numpy(array) if torch_too else array)
    assert picture.shape == (3, 4, 5)
    assert picture.dtype == torch.float32
    assert picture.is_contiguous()
    if shape == (3, 4, 5):
        expected = array[1, 2, 3]
    elif shape == (4, 5, 3):
        expected = array[2, 3, 1]
    else:
        expected = array.reshape(4, 5)[2, 3]
    assert float(picture[1, 2, 3]) == pytest.approx(float(expected))


def test_bytes_are_divided_by_255() -> None:
    array = np.full((2, 2, 3), 255, np.uint8)
    assert torch.equal(as_picture(array), torch.ones(3, 2, 2))
    assert torch.equal(as_picture(torch.from_numpy(array)), torch.ones(3, 2, 2))


@pytest.mark.parametrize("dtype", [np.float16, np.float64, np.longdouble, ">f4", np.bool_])
def test_other_number_formats_are_converted(dtype: Any) -> None:
    assert torch.equal(as_picture(np.ones((2, 3), dtype)), torch.ones(3, 2, 3))


def test_values_are_held_inside_the_range_and_not_a_number_stays() -> None:
    picture = as_picture(np.array([[-1.0, 2.0, np.nan]], np.float32))
    assert picture[0, 0, :2].tolist() == [0.0, 1.0]
    assert bool(torch.isnan(picture[0, 0, 2]))


def test_the_picture_shares_no_memory_with_the_array() -> None:
    for array in (np.zeros((3, 4, 4), np.float32), np.zeros((4, 4, 3), np.float32)):
        picture = as_picture(array)
        array[:] = 1
        assert float(picture.max()) == 0


def test_read_only_flipped_and_strided_arrays_are_taken() -> None:
    array = np.random.default_rng(1).random((8, 6)).astype(np.float32)
    array.setflags(write=False)
    assert np.array_equal(as_picture(array)[0].numpy(), array)
    assert np.array_equal(as_picture(array[::-1, ::2])[2].numpy(), array[::-1, ::2])


def test_where_both_ends_could_be_channels_the_first_are() -> None:
    array = np.zeros((3, 5, 3), np.float32)
    array[0] = 1
    assert as_picture(array).shape == (3, 5, 3)
    assert float(as_picture(array)[0].min()) == 1


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (np.zeros((2, 4, 4), np.float32), r"\(2, 4, 4\)"),
        (np.zeros((4,), np.float32), r"\(4,\)"),
        (np.zeros((1, 3, 4, 4), np.float32), r"\(1, 3, 4, 4\)"),
        (np.zeros((0, 4), np.float32), r"\(0, 4\)"),
        (np.zeros((4, 4), np.int64), "int64"),
        (np.zeros((4, 4), np.complex64), "complex64"),
        (torch.zeros(4, 4, dtype=torch.int32), "int32"),
        (None, "None is no picture"),
        ([[1.0]], "list"),
    ],
)
def test_what_is_no_picture_is_refused_by_name(wrong: Any, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        as_picture(wrong)
