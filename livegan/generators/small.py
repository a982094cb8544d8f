"""Our own small generator: four of them play together on two CPU cores.

A U-Net (Ronneberger et al. 2015; Isola et al. 2017) that spends its work where a CPU does it well:
dense 3x3 convolutions of 32 to 192 channels at a quarter of the resolution and below.  The full
and half resolutions see only a handful of channels.  It was chosen by measuring; the table is in
docs/decisions/small-generator.md.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTHS = (1, 2, 3, 5, 6)
"""Channels at 1/4, 1/8, 1/16, 1/32 and 1/64 of the resolution, in units of `width`."""


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


class SmallGenerator(nn.Module):
    """A condition (N, in_channels, H, W) in -1..1 → a picture (N, out_channels, H, W) in -1..1.

    H and W are multiples of `stride`, 64.  The lowest level sees the whole picture at 512²: 8x8
    cells under `2 * blocks` 3x3 convolutions, so it can lay out a scene.  Upsampling is nearest
    neighbour followed by convolutions, and the last step a sub-pixel convolution that begins as
    nearest neighbour (ICNR: Aitken et al. 2017), so no checkerboard.

    Parameters
    ----------
    in_channels, out_channels : of the condition and of the picture.
    width : channels at a quarter of the resolution; an even number, best a multiple of 16.
    blocks : residual blocks at the lowest level.
    """

    stride = 64

    def __init__(
        self, in_channels: int = 3, out_channels: int = 3, width: int = 32, blocks: int = 2
    ) -> None:
        super().__init__()
        if width < 2 or width % 2:
            raise ValueError(f"width={width}: give an even number, such as 32")
        fine = width // 2
        levels = [width * times for times in WIDTHS]
        self.stem = layer(in_channels, fine, kernel=4, stride=2)
        self.down = nn.ModuleList(
            layer(a, b, stride=2) for a, b in zip([fine, *levels], levels, strict=False)
        )
        self.body = nn.Sequential(*(Residual(levels[-1]) for _ in range(blocks)))
        self.up = nn.ModuleList(
            layer(here + below, here)
            for here, below in zip(levels[-2::-1], levels[:0:-1], strict=True)
        )
        self.scene = Residual(levels[1])
        self.to_fine = nn.Conv2d(width, fine, 1)
        self.fine = layer(fine, fine)
        self.head = nn.Conv2d(fine, 4 * out_channels, 3, padding=1)
        self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, Residual):
                nn.init.zeros_(module.body[1][1].weight)  # type: ignore[index]
        with torch.no_grad():
            seed = torch.empty_like(self.head.weight[::4])
            nn.init.normal_(seed, std=0.02)
            self.head.weight.copy_(seed.repeat_interleave(4, dim=0))

    def forward(self, x: Tensor) -> Tensor:
        fine = self.stem(x)
        skips: list[Tensor] = []
        x = fine
        for down in self.down:
            x = down(x)
            skips.append(x)
        skips.pop()
        x = self.body(x)
        for up in self.up:
            x = up(torch.cat([F.interpolate(x, scale_factor=2.0), skips.pop()], dim=1))
            if len(skips) == 1:
                x = self.scene(x)
        x = F.interpolate(self.to_fine(x), scale_factor=2.0)
        x = F.relu(x + fine)
        return torch.tanh(F.pixel_shuffle(self.head(self.fine(x)), 2))
