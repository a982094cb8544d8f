"""What a network is: family, counts, channels, norm; enough to build it without weights."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from .networks.resnet import LocalEnhancer, Resnet
from .networks.small import SmallGenerator
from .networks.unet import Unet

Norm = Callable[[int], nn.Module]

NORMS: dict[str, Norm] = {
    "batch": nn.BatchNorm2d,
    "instance": nn.InstanceNorm2d,
    "affine instance": lambda channels: nn.InstanceNorm2d(channels, affine=True),
    "none": lambda channels: nn.Identity(),
}

FAMILIES: dict[str, Callable[..., nn.Module]] = {
    "unet": Unet,
    "resnet": Resnet,
    "local enhancer": LocalEnhancer,
    "small": SmallGenerator,
}


@dataclass(frozen=True)
class Architecture:
    """A network without its weights.

    `options` are the arguments of the family's module (`norm` by its name in :data:`NORMS`), and
    can be written as JSON.  A side of the network's picture is a multiple of `multiple` and at
    least `minimum` pixels.
    """

    family: str
    in_channels: int
    out_channels: int
    options: dict[str, Any]
    multiple: int
    minimum: int

    @property
    def name(self) -> str:
        """As its users call it: ``"unet_256"``, ``"resnet_9blocks"``, ``"pix2pixHD global"``."""
        if self.family == "unet":
            return f"unet_{2 ** len(self.options['channels'])}"
        if self.family == "resnet" and self.options["halvings"] == 2:
            return f"resnet_{self.options['blocks']}blocks"
        if self.family == "resnet":
            return "pix2pixHD global"
        return {"local enhancer": "pix2pixHD local"}.get(self.family, self.family)

    @property
    def norm(self) -> str:
        """``"batch"``, ``"instance"``, ``"affine instance"`` or ``"none"``."""
        return str(self.options.get("norm", "batch"))

    def __str__(self) -> str:
        rest = ", ".join(f"{key} {value}" for key, value in self.options.items())
        return f"{self.name} ({self.in_channels} → {self.out_channels} channels, {rest})"

    def build(self) -> nn.Module:
        """The module, on the meta device: it has shapes and no memory yet."""
        options = dict(self.options)
        if "norm" in options:
            options["norm"] = NORMS[options["norm"]]
        with torch.device("meta"):
            return FAMILIES[self.family](self.in_channels, self.out_channels, **options)

    def difference(self, other: Architecture, *, but: Collection[str] = ("dropout",)) -> str:
        """What keeps two architectures from sharing weights; empty if nothing does.

        `but` are options that may differ.
        """
        mine = {"family": self.family, "in": self.in_channels, "out": self.out_channels}
        its = {"family": other.family, "in": other.in_channels, "out": other.out_channels}
        mine |= self.options
        its |= other.options
        keys = [*mine, *(key for key in its if key not in mine)]
        return "; ".join(
            f"{key}: {mine.get(key)} and {its.get(key)}"
            for key in keys
            if mine.get(key) != its.get(key) and key not in but
        )
