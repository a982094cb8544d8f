from __future__ import annotations

import torch
from torch import nn

from livegan.generators.networks.network import Dropout, FrameNorm, PaintPlan, seeded
from tests.generators.conftest import small


def test_folding_paints_what_running_norms_paint():
    network = small(0)
    x = torch.rand(1, 3, 128, 128)
    ready = PaintPlan(network, "running").fill(network.state_dict())
    assert not any(isinstance(module, nn.BatchNorm2d) for module in ready.modules())
    assert torch.allclose(ready(x), network(x), atol=1e-5)


def test_folding_knows_transposed_convolutions():
    torch.manual_seed(0)
    network = nn.Sequential(nn.ConvTranspose2d(3, 5, 4, 2, 1), nn.BatchNorm2d(5), nn.Tanh()).eval()
    network[1].running_mean.normal_()
    network[1].running_var.uniform_(0.5, 2)
    x = torch.rand(1, 3, 8, 8)
    ready = PaintPlan(network, "running").fill(network.state_dict())
    assert torch.allclose(ready(x), network(x), atol=1e-6)


def test_frame_norms_paint_what_train_mode_paints_and_change_nothing():
    network = small(0)
    ready = PaintPlan(network, "frame").fill(network.state_dict())
    x = torch.rand(1, 3, 128, 128)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    painted = ready(x)
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())
    assert torch.allclose(painted, network.train()(x), atol=1e-5)


def test_an_instance_norm_is_the_norm_of_the_frame():
    x = torch.randn(1, 4, 9, 7)
    norm = nn.InstanceNorm2d(4, affine=True)
    norm.weight.data.normal_()
    assert torch.allclose(FrameNorm(norm)(x), norm(x), atol=1e-5)


def test_the_module_stays_in_its_precision():
    network = small(0)
    PaintPlan(network, "running", dtype=torch.bfloat16).fill(network.state_dict())
    assert all(p.dtype is torch.float32 for p in network.parameters())
    assert any(isinstance(module, nn.BatchNorm2d) for module in network.modules())


def test_norms_keep_float32_under_a_lower_precision():
    network = small(0)
    ready = PaintPlan(network, "frame", dtype=torch.bfloat16).fill(network.state_dict())
    norms = [module for module in ready.modules() if isinstance(module, FrameNorm)]
    assert norms and all(norm.weight.dtype is torch.float32 for norm in norms)
    assert ready.head.weight.dtype is torch.bfloat16


def test_dropout_is_left_out_or_seeded():
    network = nn.Sequential(nn.Conv2d(1, 1, 1), nn.Dropout(0.5)).eval()
    x = torch.ones(1, 1, 32, 32)
    plain = PaintPlan(network, "frame").fill(network.state_dict())
    assert torch.equal(plain(x), network(x))
    dropping = PaintPlan(network, "frame", dropout=True).fill(network.state_dict())

    def drawn(seed: int) -> torch.Tensor:
        with seeded(seed, torch.device("cpu")):
            return dropping(x)

    assert torch.equal(drawn(1), drawn(1))
    assert not torch.equal(drawn(1), drawn(2))
    assert 0.3 < (drawn(1) == 0).float().mean() < 0.7
    assert torch.allclose(drawn(1)[drawn(1) != 0], 2 * network(x)[0, 0, 0, 0])
    assert not any(isinstance(module, Dropout) for module in network.modules())
