"""Networks of every kind with random weights: only how they are painted matters here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch import nn

from livegan.generators import Card, Checkpoint, load, save_checkpoint
from livegan.generators.networks.resnet import LocalEnhancer, Resnet
from livegan.generators.networks.unet import Unet
from livegan.training.step.architecture import generator_of
from livegan.training.step.discriminator import initialise

Made = Callable[[int], nn.Module]


def unet(levels: int, norm: Callable[[int], nn.Module], bias: bool) -> nn.Module:
    """The U-Net of pix2pix."""
    return Unet(3, 3, [64 * min(2**i, 8) for i in range(levels)], norm, bias=bias)


KINDS: dict[str, Made] = {
    "small": partial(generator_of, "small"),
    "unet_128": partial(generator_of, "unet_128"),
    "unet_256": partial(generator_of, "unet_256"),
    "unet_256, instance norms": lambda side: unet(8, nn.InstanceNorm2d, True),
    "resnet_6blocks": partial(generator_of, "resnet_6blocks"),
    "resnet_9blocks": partial(generator_of, "resnet_9blocks"),
    "resnet_9blocks, instance norms": lambda side: Resnet(
        3, 3, 64, nn.InstanceNorm2d, bias=True, blocks=9
    ),
    "pix2pixHD global": lambda side: Resnet(
        3, 3, 32, nn.InstanceNorm2d, bias=True, blocks=3, halvings=4
    ),
    "pix2pixHD local": lambda side: local_enhancer(),
}
"""By name; each is given the side of its pictures."""


def local_enhancer() -> nn.Module:
    """pix2pixHD's network for large pictures, with few blocks."""
    return LocalEnhancer(
        3, 3, 16, nn.InstanceNorm2d, bias=True, blocks=3, halvings=3, enhancer_blocks=2
    )


def checkpoint_of(kind: str, side: int, folder: Path, seed: int = 0, norm: str = "") -> Checkpoint:
    """One as a file, read again as livegan reads files."""
    torch.manual_seed(seed)
    network = KINDS[kind](side)
    if kind != "small":
        initialise(network)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d) and layer.running_var is not None:
            assert layer.running_mean is not None
            layer.running_mean.normal_(0.0, 0.1)
            layer.running_var.uniform_(0.5, 1.5)
    name = f"{kind.replace(' ', '-').replace(',', '')}-{side}-{seed}"
    save_checkpoint(folder / name, network.eval(), Card(name=name, size=side, norm=norm))
    return load(folder / name / "model.safetensors")
