from __future__ import annotations

import pytest
import torch

from livegan.generators.networks.small import LOWEST, PLACE_GAIN, LearnedPlace, SmallGenerator
from tests.generators.conftest import small


def test_it_paints_any_multiple_of_its_stride():
    for fold in (2, 4):
        network = SmallGenerator(1, 3, width=8, blocks=1, side=128, fold=fold).eval()
        for rows, columns in ((1, 1), (2, 3), (4, 1)):
            size = (rows * fold * LOWEST, columns * fold * LOWEST)
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
    for fold in (2, 4):
        network = SmallGenerator(width=8, blocks=1, side=128, fold=fold).eval()
        picture = network(torch.rand(1, 3, 128, 128))
        blocks = torch.nn.functional.pixel_unshuffle(picture, 2).view(3, 4, 64, 64)
        assert torch.allclose(blocks, blocks[:, :1].expand_as(blocks), atol=1e-6)


def test_a_place_is_stretched_to_other_sizes():
    place = LearnedPlace(2, 8)
    with torch.no_grad():
        place.map.copy_(torch.linspace(-1, 1, 8).expand(1, 2, 8, 8))
        home, away = place(torch.zeros(3, 2, 8, 8)), place(torch.zeros(3, 2, 16, 32))
    assert torch.equal(home, PLACE_GAIN * place.map.expand(3, -1, -1, -1))
    assert away.shape == (3, 2, 16, 32)
    across = torch.nn.functional.avg_pool2d(away, (2, 4))
    assert torch.allclose(across[..., 1:-1], home[..., 1:-1], atol=1e-5)


def test_what_stands_still_is_learned_without_a_condition():
    torch.manual_seed(0)
    network = SmallGenerator(width=8, blocks=1, side=64, fold=2)
    picture = torch.rand(1, 3, 64, 64) * 1.6 - 0.8
    steps = torch.optim.Adam(network.parameters(), 5e-3)
    for _ in range(200):
        # The condition is the same everywhere, so it tells nothing of where.
        condition = torch.rand(2, 3, 1, 1).expand(2, 3, 64, 64)
        loss = (network(condition) - picture).abs().mean()
        steps.zero_grad()
        loss.backward()
        steps.step()
    assert loss < 0.2  # grey would be 0.4


def test_the_weights_of_the_default_fit_in_eight_megabytes_of_float16():
    assert sum(tensor.numel() for tensor in SmallGenerator().state_dict().values()) * 2 < 8e6


def test_what_cannot_be_built_is_refused():
    with pytest.raises(ValueError, match="width=0"):
        SmallGenerator(width=0)
    with pytest.raises(ValueError, match="fold=3"):
        SmallGenerator(fold=3)
    with pytest.raises(ValueError, match="side=500: give a multiple of 128"):
        SmallGenerator(side=500)
