"""Generators to train, by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from torch import nn

from livegan.generators.checkpoint import read_checkpoint
from livegan.generators.errors import ModelError
from livegan.generators.resnet import Resnet
from livegan.generators.small import LOWEST, SmallGenerator
from livegan.generators.unet import Unet
from livegan.plugin.closest import suggestion
from livegan.training.discriminator import initialise


def _unet(levels: int) -> nn.Module:
    channels = [64 * min(2**i, 8) for i in range(levels)]
    return Unet(3, 3, channels, nn.BatchNorm2d, bias=False)


def _resnet(blocks: int) -> nn.Module:
    return Resnet(3, 3, 64, nn.BatchNorm2d, bias=False, blocks=blocks)


def _small(side: int) -> nn.Module:
    """At home at ``side``; a small picture gives up less of its detail."""
    fold = 4 if side >= 512 and side % (4 * LOWEST) == 0 else 2
    cell = fold * LOWEST
    return SmallGenerator(side=max(1, round(side / cell)) * cell, fold=fold)


ARCHITECTURES: dict[str, Callable[[int], nn.Module]] = {
    "small": _small,
    "unet_128": lambda side: _unet(7),
    "unet_256": lambda side: _unet(8),
    "resnet_6blocks": lambda side: _resnet(6),
    "resnet_9blocks": lambda side: _resnet(9),
}
"""Each makes a generator of 3 → 3 channels, -1..1, for pictures of a side in pixels.

All but ours are as their project has them, and are at home at any side.
"""


def generator_of(name: str, side: int) -> nn.Module:
    """A new generator for pictures of ``side`` pixels, drawn from torch's global random state.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in ARCHITECTURES:
        raise ValueError(f"there is no architecture {name!r}{suggestion(name, ARCHITECTURES)}")
    network = ARCHITECTURES[name](side)
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
