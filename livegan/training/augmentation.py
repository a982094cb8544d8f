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


def window(size: int, height: int, width: int, rng: torch.Generator) -> tuple[slice, slice]:
    """Rows and columns of a random crop of ``size`` at multiples of 8."""

    def span(whole: int) -> slice:
        if whole <= size:
            return slice(None)
        start = int(torch.randint(0, (whole - size) // 8 + 1, (), generator=rng)) * 8
        return slice(start, start + size)

    return span(height), span(width)


def resized(pictures: Tensor, size: int) -> Tensor:
    """(N, 3, size, size), bilinear, averaged where it shrinks."""
    if pictures.shape[-1] == size:
        return pictures
    shape = (size, size)
    return F.interpolate(pictures, shape, mode="bilinear", antialias=True, align_corners=False)
