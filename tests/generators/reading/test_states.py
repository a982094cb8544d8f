"""Checkpoints as training scripts write them."""

from __future__ import annotations

import json

import pytest
import torch
from torch import nn

from livegan.generators import Generator, ModelError, load
from livegan.generators.networks.unet import Unet

from ..originals import condition, resnet_state, unet_state

G = unet_state(5, 4, 3, 3, "batch")
OTHER = resnet_state(4, 2, "batch")
D = {f"model.{2 * i}.weight": torch.zeros(o, n, 4, 4) for i, (o, n) in enumerate(
    ((8, 6), (16, 8), (32, 16), (1, 32)))}  # fmt: skip


def prefixed(prefix: str, state):
    return {f"{prefix}.{key}": value for key, value in state.items()}


@pytest.mark.parametrize(
    "value",
    [
        G,
        prefixed("module", G),
        {"state_dict": G, "epoch": 3, "optimizer": {"state": {}, "param_groups": []}},
        {"netG": G, "netD": D},
        {"generator": G, "discriminator": D},
        {"G": G, "D": D},
        {"model": {"gen": G, "dis": D}},
        {"params_ema": G, "params": OTHER},
        {"epoch": 9, "model_state_dict": prefixed("module", G)},
        {"state_dict": prefixed("generator", G) | prefixed("discriminator", D)},
        {"state_dict": prefixed("net_g", G) | prefixed("net_d", D), "hyper_parameters": {"a": 1}},
        {"pytorch-lightning_version": "2.0", "state_dict": prefixed("model.generator", G)},
        [D, G],
    ],
)
def test_the_generator_is_found_in_what_wraps_it(tmp_path, value):
    torch.save(value, tmp_path / "G.pth")
    found = load(tmp_path / "G.pth")
    assert found.architecture.name == "unet_32"
    assert torch.equal(found.tensors["model.model.0.weight"], G["model.model.0.weight"])


def test_a_module_that_was_pickled_whole_is_read_without_its_class(tmp_path):
    torch.manual_seed(0)
    network = Unet(1, 2, [4] * 5, nn.BatchNorm2d, bias=False).eval()
    torch.save({"net": network, "step": 3}, tmp_path / "G.pth")
    found = load(tmp_path / "G.pth")
    x = condition(1, 32, 32)
    with torch.no_grad():
        wanted = network(x[None] * 2 - 1)[0, 0] / 2 + 0.5
    painted = Generator(found, "cpu", "float32", norm="running").paint(x)
    assert torch.allclose(painted[0], wanted, atol=1e-5)


@pytest.mark.parametrize("names", [("netG_A", "netG_B"), ("G_A2B", "G_B2A"), ("gen_a", "gen_b")])
def test_two_generators_are_refused_until_the_card_says_which(tmp_path, names):
    torch.save(dict(zip(names, (G, OTHER), strict=True)), tmp_path / "cycle.pth")
    with pytest.raises(ModelError, match=rf"holds 2 generators \({', '.join(names)}\)"):
        load(tmp_path / "cycle.pth")
    for name, family in zip(names, ("unet", "resnet"), strict=True):
        (tmp_path / "cycle.json").write_text(json.dumps({"network": name}))
        assert load(tmp_path / "cycle.pth").architecture.family == family
    (tmp_path / "cycle.json").write_text(json.dumps({"network": "netG_C"}))
    with pytest.raises(ModelError, match="has no generator 'netG_C'"):
        load(tmp_path / "cycle.pth")
