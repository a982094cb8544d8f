"""Generators to train, by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from torch import nn

from livegan.generators.checkpoint import read_checkpoint
from livegan.generators.errors import ModelError
from livegan.generators.resnet import Resnet
from livegan.generators.small import SmallGenerator
from livegan.generators.unet import Unet
from livegan.plugin.closest import suggestion
from livegan.training.discriminator import initialise


def _unet(levels: int) -> nn.Module:
    channels = [64 * min(2**i, 8) for i in range(levels)]
    return Unet(3, 3, channels, nn.BatchNorm2d, bias=False)


def _resnet(blocks: int) -> nn.Module:
    return Resnet(3, 3, 64, nn.BatchNorm2d, bias=False, blocks=blocks)


ARCHITECTURES: dict[str, Callable[[], nn.Module]] = {
    "small": SmallGenerator,
    "unet_128": lambda: _unet(7),
    "unet_256": lambda: _unet(8),
    "resnet_6blocks": lambda: _resnet(6),
    "resnet_9blocks": lambda: _resnet(9),
}
"""Each makes a new generator of 3 → 3 channels, -1..1; all but ours as their project has them."""


def generator_of(name: str) -> nn.Module:
    """A new generator; its weights are drawn from torch's global random state.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in ARCHITECTURES:
        raise ValueError(f"there is no architecture {name!r}{suggestion(name, ARCHITECTURES)}")
    network = ARCHITECTURES[name]()
    if name != "small":  # which begins in its own way
        initialise(network)
    return network


def begin_from(network: nn.Module, path: Path) -> None:
    """Give ``network`` the weights of a checkpoint.

    Raises
    ------
    ModelError
        If it cannot be read, or is of another architecture.
    """
    found = read_checkpoint(path).module().state_dict()
    mine = network.state_dict()
    different = [k for k in mine.keys() | found.keys() if k not in mine or k not in found]
    different += [k for k in mine if k in found and mine[k].shape != found[k].shape]
    if different:
        raise ModelError(
            f"{path}: another architecture than is trained; they differ in {different[0]}"
        )
    network.load_state_dict(found)
