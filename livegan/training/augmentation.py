"""Conditions a little other than they were: on stage a model is fed what it was not trained on.

None of these moves anything along an axis, so the clock in a condition stays right.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from livegan.training.recipe import Recipe


def disturb(condition: Tensor, recipe: Recipe, rng: torch.Generator) -> Tensor:
    """(N, 3, H, W) conditions, -1..1, with the recipe's mixture, gain and noise; same shape."""
    count = len(condition)

    def uniform(low: float, high: float) -> Tensor:
        drawn = torch.rand((count, 1, 1, 1), generator=rng) * (high - low) + low
        return drawn.to(condition.device)

    changed = condition
    if recipe.mixture and count > 1:
        # Half the pairs stay pure: what a model was made for it must do best.
        amount = uniform(-recipe.mixture, recipe.mixture).clamp_(min=0)
        changed = changed.lerp(condition.roll(1, dims=0), amount)
    if recipe.gain:
        # About black, not about grey: loud and soft, not contrast.
        changed = (changed + 1) * uniform(1 - recipe.gain, 1 + recipe.gain) - 1
    if recipe.noise:
        grain = torch.randn(condition.shape, generator=rng).to(condition.device)
        changed = changed + grain * uniform(0, 2 * recipe.noise)
    return changed.clamp(-1, 1) if changed is not condition else condition


def crops(pictures: Tensor, size: int, rng: torch.Generator) -> Tensor:
    """One (size, size) crop of each of (N, C, H, W) pictures, of places that tile them.

    Tiles, and not any place: of crops at any place all but the first would hold the middle, and
    what a discriminator looks at more often is painted to please it.  Neighbours in a batch get
    different tiles.  The same state of ``rng`` gives the same tiles.
    """
    count, _, height, width = pictures.shape
    starts = [_tiles(side, size) for side in (height, width)]
    places = [(row, column) for row in starts[0] for column in starts[1]]
    turn = torch.randperm(len(places), generator=rng).tolist()
    cut = []
    for index in range(count):
        row, column = places[turn[index % len(turn)]]
        cut.append(pictures[index, :, row : row + size, column : column + size])
    return torch.stack(cut)


def _tiles(side: int, size: int) -> list[int]:
    """Where tiles of ``size`` begin that cover ``side``, evenly spread."""
    if side <= size:
        return [0]
    count = -(-side // size)
    return [round(i * (side - size) / (count - 1)) for i in range(count)]


def resized(pictures: Tensor, size: int) -> Tensor:
    """(N, 3, size, size), bilinear, averaged where it shrinks."""
    if pictures.shape[-1] == size:
        return pictures
    shape = (size, size)
    return F.interpolate(pictures, shape, mode="bilinear", antialias=True, align_corners=False)
