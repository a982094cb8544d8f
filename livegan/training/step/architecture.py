"""Generators to train, by name."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from pathlib import Path

from torch import nn

from livegan.generators.checkpoint import read_checkpoint
from livegan.generators.errors import ModelError
from livegan.generators.networks.resnet import Resnet
from livegan.generators.networks.small import LOWEST, SmallGenerator
from livegan.generators.networks.unet import Unet
from livegan.generators.reading.detection import detect
from livegan.plugin.closest import suggestion
from livegan.size import Size
from livegan.training.step.discriminator import initialise


def _unet(levels: int) -> nn.Module:
    channels = [64 * min(2**i, 8) for i in range(levels)]
    return Unet(3, 3, channels, nn.BatchNorm2d, bias=False)


def _resnet(blocks: int) -> nn.Module:
    return Resnet(3, 3, 64, nn.BatchNorm2d, bias=False, blocks=blocks)


def _small(size: Size) -> nn.Module:
    """At home at ``size``; a small picture gives up less of its detail."""
    large = size.pixels >= 512 * 512
    fold = 4 if large and all(side % (4 * LOWEST) == 0 for side in size) else 2
    cell = fold * LOWEST
    # What it holds of a scene is a square, that is stretched to the pictures it learns from.
    side = sqrt(size.pixels)
    return SmallGenerator(side=max(1, round(side / cell)) * cell, fold=fold)


ARCHITECTURES: dict[str, Callable[[Size], nn.Module]] = {
    "small": _small,
    "unet_128": lambda size: _unet(7),
    "unet_256": lambda size: _unet(8),
    "resnet_6blocks": lambda size: _resnet(6),
    "resnet_9blocks": lambda size: _resnet(9),
}
"""Each makes a generator of 3 → 3 channels, -1..1, for pictures of a size.

All but ours are as their project has them, and are at home at any size.
"""


def generator_of(name: str, size: Size | int) -> nn.Module:
    """A new generator for pictures of ``size``, drawn from torch's global random state.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in ARCHITECTURES:
        raise ValueError(f"there is no architecture {name!r}{suggestion(name, ARCHITECTURES)}")
    network = ARCHITECTURES[name](Size.read(size))
    if name != "small":  # which begins in its own way
        initialise(network)
    return network


LIKE = ("norm", "bias", "padding", "upsampling", "dropout")
"""In which a checkpoint may differ from what is trained: it goes on as it is."""


def begin_from(network: nn.Module, path: Path) -> nn.Module:
    """The network of a checkpoint or model's folder, to be trained on in place of ``network``.

    Its norms, and how it pads and enlarges, are its own: CycleGAN's are instance norms.

    Raises
    ------
    ModelError
        If it cannot be read, or is of another architecture.
    """
    if path.is_dir():  # a model as `livegan train` writes it
        path = path / "model.safetensors"
    found = read_checkpoint(path)
    if found.architecture is None:
        raise ModelError(f"{path} is {found.foreign}, whose weights cannot be trained on")
    difference = detect(network.state_dict())[0].difference(found.architecture, but=LIKE)
    if difference:
        name = found.architecture.name
        way = f"; give --arch {name}" if name in ARCHITECTURES and "family" in difference else ""
        raise ModelError(
            f"{path}: another architecture than is trained; they differ in {difference}{way}"
        )
    return found.module().requires_grad_(True)
