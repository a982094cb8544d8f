"""Weight and spectral norms, as torch makes them, are put together to what the module paints."""

from __future__ import annotations

import copy
import warnings

import pytest
import torch
from torch import nn

from livegan.generators.networks.resnet import Resnet
from livegan.generators.networks.unet import Unet
from livegan.generators.reading.detection import detect
from livegan.generators.reading.parts import joined

CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)


def old_weight_norm(layer: nn.Module) -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls it deprecated
        return nn.utils.weight_norm(layer)


NORMS = {
    "weight norm": nn.utils.parametrizations.weight_norm,
    "old weight norm": old_weight_norm,
    "spectral norm": nn.utils.parametrizations.spectral_norm,
    "old spectral norm": nn.utils.spectral_norm,
}


def with_norm(network: nn.Module, norm) -> nn.Module:
    """The network with a norm of its weights, trained a few steps so that it does something."""
    for module in list(network.modules()):
        if isinstance(module, CONVOLUTIONS):
            norm(module)
    network.train()
    steps = torch.optim.SGD(network.parameters(), 0.01)
    for _ in range(3):
        network(torch.rand(2, 3, 64, 64)).square().mean().backward()
        steps.step()
        steps.zero_grad()
    return network.eval()


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("family", ["resnet", "unet"])
def test_a_network_with_such_a_norm_paints_what_it_painted(norm, family):
    torch.manual_seed(0)
    if family == "resnet":
        network: nn.Module = Resnet(3, 3, 4, nn.InstanceNorm2d, bias=True, blocks=2)
    else:
        # Equal channels: only the vectors tell which axis a transposed convolution is split by.
        network = Unet(3, 3, [8] * 5, nn.BatchNorm2d, bias=False, dropout=False)
    network = with_norm(network, NORMS[norm])
    x = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        wanted = network(x)
    architecture, tensors = detect(joined(network.state_dict()))
    again = architecture.build()
    again.load_state_dict(tensors, assign=True)
    with torch.no_grad():
        assert torch.allclose(again.eval()(x), wanted, atol=1e-5)


def test_a_plain_state_dict_stays_as_it_is():
    state = Resnet(3, 3, 4, nn.InstanceNorm2d, bias=True, blocks=2).state_dict()
    before = copy.copy(state)
    after = joined(state)
    assert list(after) == list(before)
    assert all(after[key] is before[key] for key in before)


def test_parts_that_do_not_fit_are_left_for_the_refusal():
    state = {"a.weight_orig": torch.zeros(4, 3, 3, 3), "a.weight_u": torch.zeros(7)}
    assert joined(state).keys() == state.keys()
    assert joined({"a.weight_g": torch.zeros(4)}).keys() == {"a.weight_g"}
