from __future__ import annotations

import numpy as np
import pytest
import torch

from livegan.generators import ModelError
from livegan.generators.channels import adapt, as_picture, as_size, resize


def test_three_channels_become_one_by_luma():
    picture = torch.tensor([1.0, 0.5, 0.25]).view(3, 1, 1)
    assert torch.allclose(adapt(picture, 1), torch.tensor(0.299 + 0.587 / 2 + 0.114 / 4))


@pytest.mark.parametrize(
    ("has", "wants", "order"),
    [
        (1, 3, [0, 0, 0]),
        (4, 3, [0, 1, 2]),
        (2, 3, [0, 1, 0]),
        (3, 2, [0, 1]),
        (3, 6, [0, 1, 2, 0, 1, 2]),
    ],
)
def test_other_counts_repeat_or_drop_channels(has, wants, order):
    picture = torch.rand(has, 2, 2)
    assert torch.equal(adapt(picture, wants), picture[order])


def test_two_channels_become_one_by_their_mean():
    assert adapt(torch.tensor([1.0, 0.0]).view(2, 1, 1), 1).item() == 0.5


def test_pictures_of_many_kinds_are_taken():
    assert as_picture(np.zeros((4, 5))).shape == (1, 4, 5)
    white = as_picture(np.full((3, 4, 5), 255, np.uint8))
    assert white.dtype is torch.float32 and (white == 1).all()


@pytest.mark.parametrize("shape", [(3,), (1, 3, 4, 4), (3, 0, 4)])
def test_what_is_no_picture_is_refused(shape):
    with pytest.raises(ModelError, match="a condition is"):
        as_picture(torch.zeros(shape))


def test_shrinking_averages_and_growing_does_not_overshoot():
    board = (torch.arange(64)[:, None] + torch.arange(64)) % 2
    picture = board[None].float()
    assert (resize(picture, 8, 8) - 0.5).abs().max() < 0.1
    assert resize(picture, 100, 90).shape == (1, 100, 90)
    assert resize(picture, 64, 64) is picture


def test_a_size_is_one_side_or_two():
    assert as_size(256) == (256, 256)
    assert as_size((128, 256)) == (128, 256)
    for wrong in (0, -1, 2.5, (1, 2, 3)):
        with pytest.raises(ModelError, match="size="):
            as_size(wrong)
