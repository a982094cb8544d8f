"""Conditions a little other than they were: on stage a model is fed what it was not trained on.

None of these moves anything along an axis, so the clock in a condition stays right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from livegan.size import Size
from livegan.training.recipe import Recipe


def disturb(condition: Tensor, recipe: Recipe, rng: torch.Generator) -> Tensor:
    """(N, 3, H, W) conditions, -1..1, with the recipe's mixture, gain and noise; same shape."""
    return grained(played(condition, recipe, rng), recipe, rng)


def played(condition: Tensor, recipe: Recipe, rng: torch.Generator) -> Tensor:
    """(N, 3, H, W) conditions with the recipe's mixture and gain: another sound, as it were.

    Neighbours that a batch takes together are mixed and made louder alike.
    """
    together = recipe.together

    def uniform(low: float, high: float) -> Tensor:
        each = _uniform(condition[::together], low, high, rng)
        return each.repeat_interleave(together, 0)

    changed = condition
    if recipe.mixture and len(condition) > together:
        # Half the pairs stay pure: what a model was made for it must do best.
        amount = uniform(-recipe.mixture, recipe.mixture).clamp_(min=0)
        changed = changed.lerp(condition.roll(together, dims=0), amount)
    if recipe.gain:
        # About black, not about grey: loud and soft, not contrast.
        gain = uniform(1 - recipe.gain, 1 + recipe.gain)
        changed = changed.add(1).mul_(gain).sub_(1).clamp_(-1, 1)
    return changed


def grained(condition: Tensor, recipe: Recipe, rng: torch.Generator) -> Tensor:
    """(N, 3, H, W) conditions with the recipe's noise: the same sound, so the same picture."""
    if not recipe.noise:
        return condition
    grain = torch.randn(condition.shape, generator=rng).to(condition)
    strength = _uniform(condition, 0, 2 * recipe.noise, rng)
    return grain.mul_(strength).add_(condition).clamp_(-1, 1)


def _uniform(condition: Tensor, low: float, high: float, rng: torch.Generator) -> Tensor:
    """(N, 1, 1, 1) chances, one for each condition."""
    drawn = torch.rand((len(condition), 1, 1, 1), generator=rng) * (high - low) + low
    return drawn.to(condition)


def tiles(pictures: Tensor, size: int, rng: torch.Generator) -> list[tuple[int, int]]:
    """A (row, column) for each of (N, C, H, W) pictures: where its tile of ``size`` begins.

    Tiles, and not any place: of crops at any place all but the first would hold the middle, and
    what a discriminator looks at more often is painted to please it.  Neighbours in a batch get
    different tiles.  The same state of ``rng`` gives the same tiles.
    """
    count, _, height, width = pictures.shape
    places = [(row, column) for row in _starts(height, size) for column in _starts(width, size)]
    turn = torch.randperm(len(places), generator=rng).tolist()
    return [places[turn[index % len(turn)]] for index in range(count)]


def cut(pictures: Tensor, places: Sequence[tuple[int, int]], size: int) -> Tensor:
    """The (size, size) tile of each of (N, C, H, W) pictures at its place; it can be learned
    through."""
    found: Tensor = _Cut.apply(pictures, places, size)  # type: ignore[no-untyped-call]
    return found


class _Cut(torch.autograd.Function):
    """Slices, whose gradients torch would spread over a whole picture each, and then add."""

    @staticmethod
    def forward(ctx: Any, pictures: Tensor, places: Sequence[tuple[int, int]], size: int) -> Tensor:
        ctx.whole, ctx.places, ctx.size = pictures.shape, places, size
        return torch.stack(_parts(pictures, places, size))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        layout = torch.channels_last
        whole = torch.empty(
            ctx.whole, dtype=gradient.dtype, device=gradient.device, memory_format=layout
        ).zero_()
        for part, given in zip(_parts(whole, ctx.places, ctx.size), gradient, strict=True):
            part.copy_(given)
        return whole, None, None


def _parts(pictures: Tensor, places: Sequence[tuple[int, int]], size: int) -> list[Tensor]:
    return [
        picture[:, row : row + size, column : column + size]
        for picture, (row, column) in zip(pictures, places, strict=True)
    ]


def _starts(side: int, size: int) -> list[int]:
    """Where tiles of ``size`` begin that cover ``side``, evenly spread."""
    if side <= size:
        return [0]
    count = -(-side // size)
    return [round(i * (side - size) / (count - 1)) for i in range(count)]


def at_height(size: Size, height: int) -> Size:
    """Of the same shape and so high; a width that is another is a multiple of 64, for networks."""
    if size.height == size.width:
        return Size.square(height)
    return Size(height, max(1, round(size.scaled(height).width / 64)) * 64)


def resized(pictures: Tensor, height: int) -> Tensor:
    """(N, 3, height, W) in the same shape, bilinear, averaged where it shrinks."""
    shape = at_height(Size(*pictures.shape[-2:]), height)
    if tuple(pictures.shape[-2:]) == shape:
        return pictures
    return F.interpolate(pictures, shape, mode="bilinear", antialias=True, align_corners=False)
