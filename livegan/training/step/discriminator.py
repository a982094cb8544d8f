"""The 70x70 PatchGAN: is each patch of this picture, given this condition, real?"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn


class PatchGAN(nn.Module):
    """Discriminator of pix2pix (Isola et al. 2017, appendix 6.1.2), as in its PyTorch project.

    Convolutions of 4x4 with strides 2, 2, 2, 1, 1 judge patches of 70x70 pixels.  ``forward``
    takes (N, 6, H, W), condition and picture, -1..1, and returns (N, 1, H', W') logits.

    Parameters
    ----------
    filters : channels of the first layer; the published network has 64.
    channels : of condition and picture together.
    """

    def __init__(self, filters: int = 64, channels: int = 6) -> None:
        super().__init__()
        widths = [channels, filters, filters * 2, filters * 4, filters * 8]
        self.layers = nn.ModuleList()
        for index, (before, after) in enumerate(pairwise(widths)):
            first, last = index == 0, index == len(widths) - 2
            layer = [nn.Conv2d(before, after, 4, 1 if last else 2, 1, bias=first)]
            norm = [] if first else [nn.BatchNorm2d(after)]
            self.layers.append(nn.Sequential(*layer, *norm, nn.LeakyReLU(0.2)))
        self.head = nn.Conv2d(widths[-1], 1, 4, 1, 1)

    def forward(self, pair: Tensor) -> Tensor:
        return self.features(pair)[-1]

    def features(self, pair: Tensor) -> list[Tensor]:
        """What each layer answers, the logits last: for feature matching."""
        found = []
        for layer in self.layers:
            pair = layer(pair)
            found.append(pair)
        return [*found, self.head(pair)]


def initialise(network: nn.Module, gain: float = 0.02) -> None:
    """Weights from N(0, ``gain``), biases 0, norm scales from N(1, ``gain``), as published."""
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            nn.init.normal_(module.weight, 0.0, gain)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d) and module.affine:
            nn.init.normal_(module.weight, 1.0, gain)
            nn.init.zeros_(module.bias)


def parameters_of(network: nn.Module) -> int:
    """How many numbers the network has learned."""
    return sum(p.numel() for p in network.parameters() if isinstance(p, torch.Tensor))
