"""Where in the picture each pixel is taken from."""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin
from typing import TYPE_CHECKING, Any

from livegan.builtin.mixers.colour import grey
from livegan.plugin import param

if TYPE_CHECKING:
    from torch import Tensor

EDGES = ("wrap", "mirror", "black")
"""What lies outside a picture: the picture again, its mirror image, or nothing."""


def edge_param(default: str) -> Any:
    """The parameter of all that reach beyond the border."""
    return param(default, doc="what lies outside the picture", choices=EDGES)


@lru_cache(maxsize=16)
def places(height: int, width: int, device: Any) -> tuple[Tensor, Tensor]:
    """(1, W) and (H, 1) centres of the pixels from the middle of the picture, -1..1."""
    import torch

    x = (torch.arange(width, device=device) * 2 + 1) / width - 1
    y = (torch.arange(height, device=device) * 2 + 1) / height - 1
    return x.reshape(1, -1), y.reshape(-1, 1)


def sample(picture: Tensor, x: Tensor, y: Tensor, edge: str) -> Tensor:
    """The picture as it is at ``x`` and ``y``, each (H, W), in -1..1 from border to border.

    Between pixels it is interpolated linearly; beyond the border ``edge`` says what is there.
    """
    import torch
    import torch.nn.functional as F

    _, height, width = picture.shape
    padding = {"mirror": "reflection", "black": "zeros"}.get(edge, "border")
    if edge == "wrap":
        # One pixel of the far side around the picture, so that no seam shows where it meets.
        picture = F.pad(picture[None], (1, 1, 1, 1), mode="circular")[0]
        x = ((x + 1).remainder(2) - 1) * (width / (width + 2))
        y = ((y + 1).remainder(2) - 1) * (height / (height + 2))
    grid = torch.stack([x, y], dim=-1)
    return F.grid_sample(
        picture[None], grid[None], mode="bilinear", padding_mode=padding, align_corners=False
    )[0]


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
    _, height, width = picture.shape
    x, y = places(height, width, picture.device)
    # Where edges repeat, so do moves by two pictures; small numbers stay exact all night.
    across, down = move if edge == "black" else (move[0] % 2, move[1] % 2)
    x, y = x - 2 * across, y - 2 * down
    if turn % 1.0 == 0.0:
        xs, ys = (x / zoom).expand(height, width), (y / zoom).expand(height, width)
    else:
        c, s = cos(2 * pi * turn) / zoom, sin(2 * pi * turn) / zoom
        aspect = width / height
        xs, ys = x * c - y * (s / aspect), x * (s * aspect) + y * c
    return sample(picture, xs, ys, edge)


@lru_cache(maxsize=8)
def polar(height: int, width: int, device: Any) -> tuple[Tensor, Tensor]:
    """(H, W) angle in radians, and distance from the middle in half heights, of each pixel."""
    x, y = places(height, width, device)
    x = x * (width / height)
    return y.atan2(x), y.hypot(x)


def scale(
    picture: Tensor,
    *,
    amount: float = param(1.5, 0.05, 20.0, "above 1 is nearer"),
    edge: str = edge_param("wrap"),
) -> Tensor:
    """Nearer or farther, around the middle."""
    return affine_sample(picture, zoom=amount, edge=edge)


def rotate(
    picture: Tensor,
    *,
    turn: float = param(0.125, doc="counter-clockwise; 0.25 is a right angle", unit="turns"),
    edge: str = edge_param("mirror"),
) -> Tensor:
    """Turned around the middle."""
    return affine_sample(picture, turn=turn, edge=edge)


def shift(
    picture: Tensor,
    *,
    x: float = param(0.25, doc="to the right, in widths of the picture"),
    y: float = param(0.0, doc="down, in heights of the picture"),
    edge: str = edge_param("wrap"),
) -> Tensor:
    """Moved; by whole pictures and more, if it wraps."""
    return affine_sample(picture, move=(x, y), edge=edge)


def mirror(
    picture: Tensor,
    *,
    keep: str = param(
        "left",
        doc="the part that is seen twice",
        choices=("left", "right", "top", "bottom", "corner"),
    ),
) -> Tensor:
    """One half and its mirror image; or the upper left quarter, mirrored twice."""
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
    turn: float = param(0.0, doc="of what is seen in the mirrors", unit="turns"),
    edge: str = edge_param("mirror"),
) -> Tensor:
    """A kaleidoscope: one sector, mirrored around the middle."""
    _, height, width = picture.shape
    angle, radius = polar(height, width, picture.device)
    sector = 2 * pi / max(round(sides), 1)
    angle = (angle.remainder(sector) - sector / 2).abs_() + 2 * pi * (turn % 1.0)
    return sample(picture, angle.cos() * radius * (height / width), angle.sin() * radius, edge)


def displace(
    picture: Tensor,
    by: Tensor,
    *,
    amount: float = param(0.1, -1.0, 1.0, "the farthest shift, in sizes of the picture"),
    using: str = param("luma", doc="brightness, or red and green", choices=("luma", "colours")),
    turn: float = param(0.0, doc="direction, 0 to the right, if brightness shifts", unit="turns"),
    edge: str = edge_param("mirror"),
) -> Tensor:
    """Shift each pixel by another picture: middle grey stays, dark and bright go opposite ways.

    With ``colours`` red shifts sideways and green up and down.
    """
    _, height, width = picture.shape
    x, y = places(height, width, picture.device)
    if using == "luma":
        push = grey(by)[0].mul(4 * amount).sub_(2 * amount)
        return sample(picture, x - push * cos(2 * pi * turn), y + push * sin(2 * pi * turn), edge)
    across, down = by[:2] * (4 * amount) - 2 * amount
    return sample(picture, x - across, y - down, edge)
