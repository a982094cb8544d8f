"""How fine or coarse a picture is: blur, blocks, edges, brush strokes."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, exp, log2
from typing import TYPE_CHECKING

from livegan.builtin.mixers.colour import grey, posterize
from livegan.plugin import param

if TYPE_CHECKING:
    from torch import Tensor

REFERENCE = 512
"""Radii in pixels are meant at this picture height, so a set looks the same at every size."""


def blur(
    picture: Tensor,
    *,
    radius: float = param(4.0, 0.0, 128.0, "standard deviation, at 512 pixels", unit="px"),
) -> Tensor:
    """A Gaussian blur that does not darken the border."""
    import torch.nn.functional as F

    _, height, width = picture.shape
    sigma = radius * height / REFERENCE
    if sigma < 0.2:
        return picture
    levels = max(min(int(log2(sigma)), int(log2(min(height, width)))), 0)
    if levels == 0:
        return smoothed(picture, sigma)
    # Wide blurs are done small.  Halving and doubling blur too: together their variance is a third
    # of the factor's square less one.
    factor = 2**levels
    below, beyond = -height % factor, -width % factor
    small = F.pad(picture[None], (0, beyond, 0, below), mode="replicate")[0]
    for _ in range(levels):
        small = halved(small)
    left = max(sigma * sigma - (factor * factor - 1) / 3, 0.0)
    small = smoothed(small, left**0.5 / factor)
    for _ in range(levels):
        small = doubled(small)
    return small[:, :height, :width]


def halved(picture: Tensor) -> Tensor:
    """(3, 2h, 2w) → (3, h, w): the mean of each four pixels."""
    rows = picture[:, ::2] + picture[:, 1::2]
    return (rows[:, :, ::2] + rows[:, :, 1::2]).mul_(0.25)


def doubled(picture: Tensor) -> Tensor:
    """(3, h, w) → (3, 2h, 2w), interpolated linearly."""
    import torch.nn.functional as F

    _, height, width = picture.shape
    held = F.pad(picture[None], (1, 1, 1, 1), mode="replicate")[0]
    rows = held.new_empty(3, 2 * height, width + 2)
    rows[:, ::2] = held[:, 1:-1].lerp(held[:, :-2], 0.25)
    rows[:, 1::2] = held[:, 1:-1].lerp(held[:, 2:], 0.25)
    whole = held.new_empty(3, 2 * height, 2 * width)
    whole[:, :, ::2] = rows[:, :, 1:-1].lerp(rows[:, :, :-2], 0.25)
    whole[:, :, 1::2] = rows[:, :, 1:-1].lerp(rows[:, :, 2:], 0.25)
    return whole


def smoothed(picture: Tensor, sigma: float) -> Tensor:
    """The picture under a Gaussian of ``sigma`` pixels, by rows, then by columns."""
    import torch.nn.functional as F

    # Held beyond the border; sums of shifted pictures are faster than a convolution of few taps.
    weights = bell(sigma)
    reach = len(weights) // 2
    _, height, width = picture.shape
    padded = F.pad(picture[None], (reach,) * 4, mode="replicate")[0]
    rows = padded[:, :, reach : reach + width] * weights[reach]
    for tap, weight in enumerate(weights):
        if tap != reach:
            rows.add_(padded[:, :, tap : tap + width], alpha=weight)
    columns = rows[:, reach : reach + height] * weights[reach]
    for tap, weight in enumerate(weights):
        if tap != reach:
            columns.add_(rows[:, tap : tap + height], alpha=weight)
    return columns.clamp_(0, 1)


@lru_cache(maxsize=64)
def bell(sigma: float) -> tuple[float, ...]:
    """Weights of a Gaussian, three standard deviations to either side; their sum is one."""
    reach = max(ceil(3 * sigma), 1)
    heights = [exp(-0.5 * (tap / max(sigma, 1e-3)) ** 2) for tap in range(-reach, reach + 1)]
    return tuple(height / sum(heights) for height in heights)


def pixelate(
    picture: Tensor,
    *,
    cells: float = param(32.0, 1.0, 512.0, "blocks from top to bottom"),
) -> Tensor:
    """Square blocks in their mean colours."""
    import torch.nn.functional as F

    _, height, width = picture.shape
    rows = min(max(round(cells), 1), height)
    columns = min(max(round(rows * width / height), 1), width)
    blocks = F.interpolate(picture[None], (rows, columns), mode="area")
    return F.interpolate(blocks, (height, width), mode="nearest-exact")[0]


def edges(
    picture: Tensor, *, amount: float = param(2.0, 0.0, 16.0, "how bright the lines are")
) -> Tensor:
    """Bright lines where brightness changes, black elsewhere (Sobel 1968)."""
    import torch.nn.functional as F

    light = F.pad(grey(picture)[None], (1, 1, 1, 1), mode="replicate")[0]
    across = light[:, :, 2:] - light[:, :, :-2]
    across = across[:, :-2] + 2 * across[:, 1:-1] + across[:, 2:]
    down = light[:, 2:] - light[:, :-2]
    down = down[:, :, :-2] + 2 * down[:, :, 1:-1] + down[:, :, 2:]
    return (across.hypot(down) * (amount / 4)).clamp_(0, 1).expand_as(picture).clone()


def paint(
    picture: Tensor,
    *,
    stroke: float = param(12.0, 0.0, 48.0, "width of the brush, at 512 pixels", unit="px"),
    steps: float = param(6.0, 2.0, 64.0, "levels of each colour"),
) -> Tensor:
    """Flat areas of few colours with clear borders, as if painted with a broad brush.

    Each pixel takes the mean of the calmest of the four squares that it is a corner of (Kuwahara
    et al. 1976).
    """
    import torch.nn.functional as F

    _, height, width = picture.shape
    reach = min(round(stroke * height / REFERENCE), height - 1, width - 1)
    if reach > 0:
        held = F.pad(picture[None], (reach,) * 4, mode="replicate")[0]
        means = mean_of_squares(held, reach + 1)
        light = grey(held)
        spread = mean_of_squares(light.square(), reach + 1)[0] - grey(means)[0].square()
        first, *others = ((top, left) for top in (0, reach) for left in (0, reach))

        def at(values: Tensor, corner: tuple[int, int]) -> Tensor:
            return values.narrow(-2, corner[0], height).narrow(-1, corner[1], width)

        calmest, picture = at(spread, first), at(means, first)
        for corner in others:
            calm = at(spread, corner)
            picture = at(means, corner).where(calm < calmest, picture)
            calmest = calm.minimum(calmest)
    return posterize(picture, steps=steps)


def mean_of_squares(picture: Tensor, side: int) -> Tensor:
    """(C, h, w) → (C, h - side + 1, w - side + 1): the mean of the square that begins there."""
    import torch.nn.functional as F

    for axis in (2, 1):  # sums so far, subtracted: as fast for wide squares as for small ones
        sums = F.pad(picture.cumsum(axis), (1, 0) if axis == 2 else (0, 0, 1, 0))
        count = picture.shape[axis] - side + 1
        picture = (sums.narrow(axis, side, count) - sums.narrow(axis, 0, count)) / side
    return picture
