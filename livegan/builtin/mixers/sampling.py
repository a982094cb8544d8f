"""Taking each pixel of a picture from somewhere else in it."""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

EDGES = ("wrap", "mirror", "black")
"""What lies outside a picture: the picture again, its mirror image, or nothing."""


@lru_cache(maxsize=16)
def places(height: int, width: int, device: Any) -> tuple[Tensor, Tensor]:
    """(1, W) and (H, 1) centres of the pixels from the middle of the picture, -1..1."""
    import torch

    x = (torch.arange(width, device=device) * 2 + 1) / width - 1
    y = (torch.arange(height, device=device) * 2 + 1) / height - 1
    return x.reshape(1, -1), y.reshape(-1, 1)


def sample(picture: Tensor, grid: Tensor, edge: str) -> Tensor:
    """The picture as it is at the places ``grid``, (H, W, 2): x and y, -1..1 from border to border.

    Between pixels it is interpolated linearly; beyond the border ``edge`` says what is there.
    ``grid`` is used up.
    """
    import torch.nn.functional as F

    _, height, width = picture.shape
    padding = {"mirror": "reflection", "black": "zeros"}.get(edge, "border")
    if edge == "wrap":
        # One pixel of the far side around the picture, so that no seam shows where it meets.
        picture = F.pad(picture[None], (1, 1, 1, 1), mode="circular")[0]
        grid.add_(1).remainder_(2).sub_(1)
        grid[..., 0].mul_(width / (width + 2))
        grid[..., 1].mul_(height / (height + 2))
    return F.grid_sample(
        picture[None], grid[None], mode="bilinear", padding_mode=padding, align_corners=False
    )[0]


def sample_lines(picture: Tensor, x: Tensor, y: Tensor, edge: str) -> Tensor:
    """:func:`sample` where columns stay columns and rows rows: at ``x`` (W,) and ``y`` (H,).

    By rows, then by columns, which is several times as fast.
    """
    first, second, before, after = neighbours(y, picture.shape[1], edge)
    rows = picture.index_select(1, first).mul_(before[:, None])
    rows.addcmul_(picture.index_select(1, second), after[:, None])
    first, second, before, after = neighbours(x, picture.shape[2], edge)
    shape = (3, rows.shape[1], len(x))
    whole = rows.gather(2, first.expand(shape)).mul_(before)
    return whole.addcmul_(rows.gather(2, second.expand(shape)), after)


def neighbours(place: Tensor, pixels: int, edge: str) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The pixels before and after each ``place``, -1..1, along a line of them; their weights."""
    along = (place + 1) * (pixels / 2)
    if edge == "mirror":
        along = pixels - (along.remainder(2 * pixels) - pixels).abs()
    along = along - 0.5
    first = along.floor()
    after = along - first
    before = 1 - after
    second = first + 1
    if edge == "black":
        before = before * ((first >= 0) & (first < pixels))
        after = after * ((second >= 0) & (second < pixels))
    if edge == "wrap":
        return first.long().remainder(pixels), second.long().remainder(pixels), before, after
    last = pixels - 1
    return first.long().clamp(0, last), second.long().clamp(0, last), before, after


def affine_sample(
    picture: Tensor,
    *,
    zoom: float = 1.0,
    turn: float = 0.0,
    move: tuple[float, float] = (0.0, 0.0),
    edge: str = "wrap",
) -> Tensor:
    """The picture zoomed and turned around its middle, then moved by parts of its size.

    A turn keeps shapes, whatever the aspect of the picture; positive is counter-clockwise.
    """
    import torch

    _, height, width = picture.shape
    x, y = places(height, width, picture.device)
    # Where edges repeat, so do moves by two pictures; small numbers stay exact all night.
    across, down = move if edge == "black" else (move[0] % 2, move[1] % 2)
    x, y = (x - 2 * across) / zoom, (y - 2 * down) / zoom
    if turn % 1.0 == 0.0:
        return sample_lines(picture, x[0], y[:, 0], edge)
    c, s = cos(2 * pi * turn), sin(2 * pi * turn)
    aspect = width / height
    grid = x.new_empty(height, width, 2)
    torch.add(x * c, y * (-s / aspect), out=grid[..., 0])
    torch.add(x * (s * aspect), y * c, out=grid[..., 1])
    return sample(picture, grid, edge)


@lru_cache(maxsize=8)
def polar(height: int, width: int, device: Any) -> tuple[Tensor, Tensor]:
    """(H, W) angle in radians, and distance from the middle in half heights, of each pixel."""
    x, y = places(height, width, device)
    x = x * (width / height)
    return y.atan2(x), y.hypot(x)
