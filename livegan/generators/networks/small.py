"""Our own small generator: four of them play together at 512² on two CPU cores.

A U-Net (Ronneberger et al. 2015; Isola et al. 2017) that spends its work where a CPU does it well:
dense 3x3 convolutions of 32 to 192 channels at a quarter of the resolution and below.  A strided
stem takes the condition there, sub-pixel convolutions (Shi et al. 2016) bring the picture back.
What stands still in a scene is learned as a picture of its own, added at every level: the constant
input of Karras et al. (2019).  Chosen by measuring: docs/decisions/small-generator.md.
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTHS = (1, 1, 2, 3, 5, 6)
"""Channels at the finest level and at each halving below it, in units of `width`."""
LOWEST = 2 ** (len(WIDTHS) - 1)
"""Cells of the finest level to a cell of the lowest, along a side."""
REFINED = 8
"""Channels at half of the resolution, where the finest level is a quarter."""
PLACE_GAIN = 8.0
"""How much faster than a weight a place's values learn: an equalised rate (Karras et al. 2018)."""


def layer(
    inputs: int, outputs: int, kernel: int = 3, stride: int = 1, *, relu: bool = True
) -> nn.Sequential:
    """Convolution, batch norm, ReLU: kept in one Sequential, so that the norm can be folded."""
    padding = (kernel - stride + 1) // 2
    conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
    norm = nn.BatchNorm2d(outputs)
    return nn.Sequential(conv, norm, nn.ReLU(inplace=True)) if relu else nn.Sequential(conv, norm)


class Residual(nn.Module):
    """x + f(x), with f two 3x3 layers that begin as nothing (Goyal et al. 2017, section 5.1)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(layer(channels, channels), layer(channels, channels, relu=False))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.body(x)
        return out


class LearnedPlace(nn.Module):
    """What a level adds at each place of the picture, whatever the condition: (C, side, side)."""

    def __init__(self, channels: int, side: int) -> None:
        super().__init__()
        self.map = nn.Parameter(torch.zeros(1, channels, side, side))

    def forward(self, x: Tensor) -> Tensor:
        added = self.map.to(x.dtype)
        # A graph that is recorded must not depend on the size that it is recorded at.
        recorded = torch._C._get_tracing_state() is not None or torch.compiler.is_compiling()
        if recorded or added.shape[2:] != x.shape[2:]:
            added = F.interpolate(added, x.shape[2:], mode="bilinear", align_corners=False)
        return torch.add(x, added, alpha=PLACE_GAIN)


class SmallGenerator(nn.Module):
    """A condition (N, in_channels, H, W) in -1..1 → a picture (N, out_channels, H, W) in -1..1.

    H and W are multiples of 32 times `fold`; the scene is at home at `side` and is stretched at
    other sizes.  At the lowest level 4x4 cells of a picture of `side` are under `2 * blocks` 3x3
    convolutions, so all of it is seen.  Upsampling is nearest neighbour followed by convolutions;
    the sub-pixel convolutions begin as nearest neighbour (ICNR: Aitken et al. 2017): no
    checkerboard.

    Parameters
    ----------
    in_channels, out_channels : of the condition and of the picture.
    width : channels at the finest level; best a multiple of 16.
    blocks : residual blocks at the lowest level.
    side : pixels of the side of the pictures that it learns from, a multiple of 32 times `fold`.
    fold : pixels to a side of a cell of the finest level: 4, or 2 for small pictures.
    """

    def __init__(
        self,
        in_channels: int = 3,
        out_channels: int = 3,
        width: int = 32,
        blocks: int = 2,
        side: int = 512,
        fold: int = 4,
    ) -> None:
        super().__init__()
        if width < 1:
            raise ValueError(f"width={width}: give at least 1, best a multiple of 16")
        if fold not in (2, 4):
            raise ValueError(f"fold={fold}: give 2 or 4")
        if side < 1 or side % (LOWEST * fold):
            raise ValueError(f"side={side}: give a multiple of {LOWEST * fold}")
        self.stride = fold * LOWEST
        levels = [width * times for times in WIDTHS]
        self.stem = layer(in_channels, levels[0], kernel=2 * fold, stride=fold)
        self.down = nn.ModuleList(layer(above, here, stride=2) for above, here in pairwise(levels))
        self.body = nn.Sequential(*(Residual(levels[-1]) for _ in range(blocks)))
        self.up = nn.ModuleList(
            layer(here + below, here, relu=False)
            for here, below in zip(levels[-2:0:-1], levels[:1:-1], strict=True)
        )
        self.scene = Residual(levels[2])
        self.to_fine = nn.Conv2d(levels[1], levels[0], 1)
        self.places = nn.ModuleList(
            LearnedPlace(channels, side // fold >> depth) for depth, channels in enumerate(levels)
        )
        self.fine = layer(levels[0], levels[0])
        half = fold == 4
        self.refine = nn.Conv2d(levels[0], 4 * REFINED, 3, padding=1) if half else None
        self.head = nn.Conv2d(REFINED if half else levels[0], 4 * out_channels, 3, padding=1)
        # Shapes alone have no values, and drawing them there imports torch's compiler: 2 s.
        if not self.head.weight.is_meta:
            self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, Residual):
                nn.init.zeros_(module.body[1][1].weight)  # type: ignore[index]
        nn.init.normal_(self.head.weight, std=0.02)
        with torch.no_grad():
            for conv in filter(None, (self.refine, self.head)):
                conv.weight.copy_(conv.weight[::4].repeat_interleave(4, dim=0))

    def forward(self, x: Tensor) -> Tensor:
        fine = self.stem(x)
        skips: list[Tensor] = []
        x = fine
        for down in self.down:
            x = down(x)
            skips.append(x)
        x = self.body(self.places[-1](skips.pop()))
        for up in self.up:
            x = up(torch.cat([F.interpolate(x, scale_factor=2.0), skips.pop()], dim=1))
            x = F.relu(self.places[len(skips) + 1](x))
            if len(skips) == 1:
                x = self.scene(x)
        x = F.interpolate(self.to_fine(x), scale_factor=2.0)
        x = self.fine(F.relu(self.places[0](x + fine)))
        if self.refine is not None:
            x = F.pixel_shuffle(F.relu(self.refine(x)), 2)
        return F.pixel_shuffle(torch.tanh(self.head(x)), 2)
