"""Pictures nearer, turned, moved, mirrored and bent."""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING, Any

from livegan.builtin.mixers.colour import grey
from livegan.builtin.mixers.sampling import EDGES, affine_sample, places, polar, sample
from livegan.plugin import param

if TYPE_CHECKING:
    from torch import Tensor


def edge_param(default: str) -> Any:
    """The parameter of all that reach beyond the border."""
    return param(default, doc="what to show outside the picture", choices=EDGES)


def scale(
    picture: Tensor,
    *,
    amount: float = param(1.5, 0.05, 20.0, "above 1 zooms in"),
    edge: str = edge_param("wrap"),
) -> Tensor:
    """Zoom in or out, around the middle."""
    return affine_sample(picture, zoom=amount, edge=edge)


def rotate(
    picture: Tensor,
    *,
    turn: float = param(0.125, doc="counter-clockwise; 0.25 is a right angle", unit="turns"),
    edge: str = edge_param("mirror"),
) -> Tensor:
    """Rotate the picture around its middle."""
    return affine_sample(picture, turn=turn, edge=edge)


def shift(
    picture: Tensor,
    *,
    x: float = param(0.25, doc="to the right", unit="widths"),
    y: float = param(0.0, doc="down", unit="heights"),
    edge: str = edge_param("wrap"),
) -> Tensor:
    """Move the picture."""
    return affine_sample(picture, move=(x, y), edge=edge)


def mirror(
    picture: Tensor,
    *,
    keep: str = param(
        "left",
        doc="the part to mirror",
        choices=("left", "right", "top", "bottom", "corner"),
    ),
) -> Tensor:
    """One half and its mirror image, or the upper left quarter mirrored twice."""
    if keep == "corner":
        return folded(folded(picture, 2, False), 1, False)
    axis = 2 if keep in ("left", "right") else 1
    return folded(picture, axis, keep in ("right", "bottom"))


def folded(picture: Tensor, axis: int, far: bool) -> Tensor:
    """The near half along ``axis`` (or the far one) and its mirror image."""
    size = picture.shape[axis]
    half = picture.narrow(axis, size // 2 if far else 0, size - size // 2)
    whole = picture.clone()
    # An odd line in the middle belongs to both halves.
    whole.narrow(axis, 0 if far else size // 2, size - size // 2).copy_(half.flip(axis))
    return whole


def kaleid(
    picture: Tensor,
    *,
    sides: float = param(6.0, 1.0, 64.0, "how many mirrored sectors"),
    turn: float = param(0.0, doc="rotation of the picture in the mirrors", unit="turns"),
    edge: str = edge_param("mirror"),
) -> Tensor:
    """A kaleidoscope: one sector, mirrored around the middle."""
    import torch

    _, height, width = picture.shape
    angle, radius = polar(height, width, picture.device)
    sector = 2 * pi / max(round(sides), 1)
    angle = (angle.remainder(sector) - sector / 2).abs_().add_(2 * pi * (turn % 1.0))
    grid = radius.new_empty(height, width, 2)
    torch.mul(angle.cos().mul_(height / width), radius, out=grid[..., 0])
    torch.mul(angle.sin(), radius, out=grid[..., 1])
    return sample(picture, grid, edge)


def displace(
    picture: Tensor,
    by: Tensor,
    *,
    amount: float = param(0.1, -1.0, 1.0, "the farthest shift, in heights of the picture"),
    using: str = param("luma", doc="brightness, or red and green", choices=("luma", "colours")),
    turn: float = param(
        0.0, doc="direction of the shift by brightness; 0 is to the right", unit="turns"
    ),
    edge: str = edge_param("mirror"),
) -> Tensor:
    """Shift each pixel by another picture: middle grey stays, dark and bright shift opposite ways.

    With ``colours``, red shifts sideways and green up and down.
    """
    import torch

    _, height, width = picture.shape
    x, y = places(height, width, picture.device)
    narrow = height / width
    if using == "luma":
        push = grey(by)[0].mul_(4 * amount).sub_(2 * amount)
        across, down = push * (cos(2 * pi * turn) * narrow), push * -sin(2 * pi * turn)
    else:
        across, down = by[:2] * (4 * amount) - 2 * amount
        across = across * narrow
    grid = x.new_empty(height, width, 2)
    torch.sub(x, across, out=grid[..., 0])
    torch.sub(y, down, out=grid[..., 1])
    return sample(picture, grid, edge)
