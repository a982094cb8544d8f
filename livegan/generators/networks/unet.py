"""The U-Net of pix2pix (Isola et al. 2017), with the tensor names of its PyTorch project."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

Norm = Callable[[int], nn.Module]


class UnetLevel(nn.Module):
    """One level: halve, what lies below, double, and the input beside it (the skip).

    The activations come first and work in place, so the skip carries LeakyReLU(x); the ReLU that
    meets it on the way up makes the same of it as of x.
    """

    def __init__(self, layers: list[nn.Module], *, outermost: bool) -> None:
        super().__init__()
        self.model = nn.Sequential(*layers)
        self.outermost = outermost

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.model(x)
        return out if self.outermost else torch.cat([x, out], dim=1)


class Unet(nn.Module):
    """(N, in_channels, H, W) in -1..1 → (N, out_channels, H, W); H, W multiples of 2**levels.

    Parameters
    ----------
    channels : after each halving, outermost first: ngf * (1, 2, 4, 8, 8, ...).
    norm : makes the norm for a number of channels (`nn.Identity` for none).
    bias : whether convolutions next to a norm have one.
    dropout : dropout of 0.5 after the inner levels, as that project trains and tests.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        channels: Sequence[int],
        norm: Norm,
        *,
        bias: bool,
        dropout: bool = True,
    ) -> None:
        super().__init__()
        level: UnetLevel | None = None
        count = len(channels)
        for depth in reversed(range(count)):
            outer = channels[depth - 1] if depth else out_channels
            inner = channels[depth]
            down = nn.Conv2d(outer if depth else in_channels, inner, 4, 2, 1, bias=bias)
            below = inner if level is None else 2 * inner
            up = nn.ConvTranspose2d(below, outer, 4, 2, 1, bias=bias or not depth)
            layers: list[nn.Module] = [nn.LeakyReLU(0.2, inplace=True)] if depth else []
            layers.append(down)
            if depth and level is not None:
                layers.append(norm(inner))
            if level is not None:
                layers.append(level)
            layers += [nn.ReLU(inplace=True), up]
            layers.append(norm(outer) if depth else nn.Tanh())
            if dropout and 4 <= depth < count - 1:
                layers.append(nn.Dropout(0.5))
            level = UnetLevel(layers, outermost=not depth)
        if level is None:
            raise ValueError("a U-Net needs at least one level")
        self.model = level

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.model(x)
        return out
