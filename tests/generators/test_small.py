from __future__ import annotations

import pytest
import torch

from livegan.generators.small import SmallGenerator

from .conftest import small


def test_it_paints_any_multiple_of_its_stride():
    network = SmallGenerator(1, 3, width=8, blocks=1).eval()
    for size in ((64, 64), (128, 192), (256, 64)):
        assert network(torch.zeros(2, 1, *size)).shape == (2, 3, *size)


def test_its_picture_lies_within_the_range():
    picture = small(0)(torch.rand(1, 3, 128, 128) * 2 - 1)
    assert picture.abs().max() <= 1
    assert picture.std() > 0.01


def test_one_pixel_sees_the_whole_condition():
    network = small(0)
    condition = torch.zeros(1, 3, 512, 512, requires_grad=True)
    network(condition)[0, :, 256, 256].sum().backward()
    reach = condition.grad.abs().sum((0, 1)) > 0
    for corner in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
        assert reach[corner]


def test_it_begins_without_a_checkerboard():
    torch.manual_seed(0)
    picture = SmallGenerator(width=8, blocks=1).eval()(torch.rand(1, 3, 128, 128))
    blocks = torch.nn.functional.pixel_unshuffle(picture, 2).view(3, 4, 64, 64)
    assert torch.allclose(blocks, blocks[:, :1].expand_as(blocks), atol=1e-6)


def test_the_weights_of_the_default_fit_in_eight_megabytes_of_float16():
    assert sum(tensor.numel() for tensor in SmallGenerator().state_dict().values()) * 2 < 8e6


def test_an_odd_width_is_refused():
    with pytest.raises(ValueError, match="width=5"):
        SmallGenerator(width=5)
