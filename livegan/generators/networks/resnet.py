"""The ResNet generators of CycleGAN (Zhu et al. 2017) and pix2pixHD (Wang et al. 2018).

Both are one design (Johnson et al. 2016) with other counts, and so is the global part of
pix2pixHD's local enhancer.  Tensor names are those of the PyTorch projects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

Norm = Callable[[int], nn.Module]
Upsampling = Literal["transposed", "bilinear", "nearest"]
Padding = Literal["reflect", "zero"]


class ResnetBlock(nn.Module):
    """x + f(x), f two 3x3 convolutions with norms."""

    def __init__(
        self, channels: int, norm: Norm, *, bias: bool, padding: Padding, dropout: bool
    ) -> None:
        super().__init__()
        pad: list[nn.Module] = [nn.ReflectionPad2d(1)] if padding == "reflect" else []
        edge = 0 if pad else 1
        layers = [
            *pad,
            nn.Conv2d(channels, channels, 3, padding=edge, bias=bias),
            norm(channels),
            nn.ReLU(inplace=True),
            *([nn.Dropout(0.5)] if dropout else []),
            *([nn.ReflectionPad2d(1)] if pad else []),
            nn.Conv2d(channels, channels, 3, padding=edge, bias=bias),
            norm(channels),
        ]
        self.conv_block = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.conv_block(x)
        return out


def doubling(inputs: int, norm: Norm, *, bias: bool, how: Upsampling) -> list[nn.Module]:
    """Twice the resolution, half the channels."""
    outputs = inputs // 2
    steps: list[nn.Module]
    if how == "transposed":
        steps = [nn.ConvTranspose2d(inputs, outputs, 3, 2, 1, output_padding=1, bias=bias)]
    elif how == "bilinear":  # that project's "+" variants, whose convolution always has a bias
        steps = [
            nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(inputs, outputs, 3),
        ]
    else:
        steps = [nn.Upsample(scale_factor=2), nn.Conv2d(inputs, outputs, 3, padding=1, bias=bias)]
    return [*steps, norm(outputs), nn.ReLU(inplace=True)]


class Resnet(nn.Module):
    """(N, in_channels, H, W) in -1..1 → (N, out_channels, H, W); H, W multiples of 2**halvings.

    With `out_channels=0` it ends before the last convolution, as inside :class:`LocalEnhancer`.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        width: int,
        norm: Norm,
        *,
        bias: bool,
        halvings: int = 2,
        blocks: int = 9,
        upsampling: Upsampling = "transposed",
        padding: Padding = "reflect",
        dropout: bool = False,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.ReflectionPad2d(3),
            nn.Conv2d(in_channels, width, 7, bias=bias),
            norm(width),
            nn.ReLU(inplace=True),
        ]
        for i in range(halvings):
            here = width * 2**i
            layers += [
                nn.Conv2d(here, 2 * here, 3, 2, 1, bias=bias),
                norm(2 * here),
                nn.ReLU(inplace=True),
            ]
        for _ in range(blocks):
            layers.append(
                ResnetBlock(width * 2**halvings, norm, bias=bias, padding=padding, dropout=dropout)
            )
        for i in reversed(range(halvings)):
            layers += doubling(width * 2 ** (i + 1), norm, bias=bias, how=upsampling)
        if out_channels:
            layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, out_channels, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.model(x)
        return out


class LocalEnhancer(nn.Module):
    """pix2pixHD's coarse-to-fine generator: a global part at a fraction, enhancers around it."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        width: int,
        norm: Norm,
        *,
        bias: bool = True,
        halvings: int = 3,
        blocks: int = 9,
        enhancers: int = 1,
        enhancer_blocks: int = 3,
    ) -> None:
        super().__init__()
        self.enhancers = enhancers
        coarse = width * 2**enhancers
        self.model = Resnet(
            in_channels, 0, coarse, norm, bias=bias, halvings=halvings, blocks=blocks
        ).model
        for n in range(1, enhancers + 1):
            fine = width * 2 ** (enhancers - n)
            before = [
                nn.ReflectionPad2d(3),
                nn.Conv2d(in_channels, fine, 7, bias=bias),
                norm(fine),
                nn.ReLU(inplace=True),
                nn.Conv2d(fine, 2 * fine, 3, 2, 1, bias=bias),
                norm(2 * fine),
                nn.ReLU(inplace=True),
            ]
            after: list[nn.Module] = [
                ResnetBlock(2 * fine, norm, bias=bias, padding="reflect", dropout=False)
                for _ in range(enhancer_blocks)
            ]
            after += doubling(2 * fine, norm, bias=bias, how="transposed")
            if n == enhancers:
                after += [nn.ReflectionPad2d(3), nn.Conv2d(width, out_channels, 7), nn.Tanh()]
            self.add_module(f"model{n}_1", nn.Sequential(*before))
            self.add_module(f"model{n}_2", nn.Sequential(*after))

    def forward(self, x: Tensor) -> Tensor:
        pyramid = [x]
        for _ in range(self.enhancers):
            pyramid.append(F.avg_pool2d(pyramid[-1], 3, 2, 1, count_include_pad=False))
        out: Tensor = self.model(pyramid.pop())
        for n in range(1, self.enhancers + 1):
            before = self.get_submodule(f"model{n}_1")
            out = self.get_submodule(f"model{n}_2")(before(pyramid.pop()) + out)
        return out
