"""Small checkpoints that the tests of generators share."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from livegan.generators import Card, save_checkpoint
from livegan.generators.networks.small import SmallGenerator


def small(seed: int, *, width: int = 8, channels: int = 3) -> SmallGenerator:
    """A random network whose norms do something."""
    torch.manual_seed(seed)
    network = SmallGenerator(channels, 3, width=width, blocks=1, side=128, fold=2)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.2)
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return network.eval()


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the models ``city`` and ``ocean``."""
    folder = tmp_path_factory.mktemp("models")
    for seed, name in enumerate(("city", "ocean")):
        card = Card(name=name, encoder="timeline", encoder_params={"seconds": 10}, norm="running")
        save_checkpoint(folder / name, small(seed), card, dtype=torch.float32)
    return folder
