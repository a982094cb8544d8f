"""Several pictures side by side."""

from __future__ import annotations

from math import ceil, cos, floor, isqrt, pi, sin
from typing import TYPE_CHECKING

from livegan.builtin.mixers.sampling import places
from livegan.plugin import Now, param, static

if TYPE_CHECKING:
    from torch import Tensor


def grid(
    *pictures: Tensor,
    gap: float = param(0.0, 0.0, 0.5, "black between the pictures, in heights of one"),
    columns: int = static(0, 0, 64, "pictures in a row; 0 makes the grid as square as it can"),
) -> Tensor:
    """All pictures at full resolution, in rows; a last row that is not full is centred.

    Each has the size of the largest; four of 256 make one of 512.
    """
    import torch.nn.functional as F

    count = len(pictures)
    if count == 0:
        raise ValueError("grid needs at least one picture")
    across = min(columns, count) or isqrt(count - 1) + 1
    down = ceil(count / across)
    height = max(picture.shape[1] for picture in pictures)
    width = max(picture.shape[2] for picture in pictures)
    space = round(gap * height)
    sheet = pictures[0].new_empty(
        (3, down * (height + space) - space, across * (width + space) - space)
    )
    if space or count < across * down:
        sheet.zero_()
    for index, picture in enumerate(pictures):
        row, column = divmod(index, across)
        missing = across - min(count - row * across, across)
        top = row * (height + space)
        left = column * (width + space) + missing * (width + space) // 2
        if picture.shape[1:] != (height, width):
            picture = F.interpolate(
                picture[None], (height, width), mode="bilinear", align_corners=False
            )[0]
        sheet[:, top : top + height, left : left + width] = picture
    return sheet


grid.any_size = True  # type: ignore[attr-defined]


def split(
    picture: Tensor,
    other: Tensor,
    *,
    position: float = param(0.5, 0.0, 1.0, "of the border; at 1 only the first is seen"),
    turn: float = param(
        0.0, doc="0: left and right; 0.25: above and below; between: slanted", unit="turns"
    ),
    soft: float = param(0.0, 0.0, 1.0, "width of the border, in sizes of the picture"),
) -> Tensor:
    """The first picture on one side of a border, the other beyond it."""
    _, height, width = picture.shape
    x, y = places(height, width, picture.device)
    c, s = cos(2 * pi * turn), sin(2 * pi * turn)
    # Of the corners, the farthest are nought and one along the way the border travels.
    reach = max(abs(c) + abs(s), 1e-6)
    along = (x * c + y * s) / (2 * reach) + 0.5
    width_soft = max(soft, 1 / max(height, width))
    start = position * (1 + width_soft) - width_soft
    return picture.lerp(other, ((along - start) / width_soft).clamp_(0, 1))


def switch(
    *pictures: Tensor,
    index: float = param(-1.0, -1.0, 63.0, "which one, from 0; below 0 they take turns"),
    beats: float = param(4.0, 0.25, 256.0, "how long each is seen in turn", unit="beats"),
    fade: float = param(0.0, 0.0, 1.0, "last part of each turn that crosses to the next"),
    now: Now,
) -> Tensor:
    """One of the pictures: by a number or a signal, or each in turn every few beats.

    An index between two whole numbers is their mixture if there is a fade; past the last comes the
    first again.
    """
    if not pictures:
        raise ValueError("switch needs at least one picture")
    place = index if index >= 0 else now.beats / beats
    whole = floor(place)
    picture, following = (pictures[(whole + step) % len(pictures)] for step in range(2))
    crossed = (place - whole - (1 - fade)) / fade if fade > 0 else 0.0
    return picture.lerp(following, crossed) if crossed > 0 else picture
