"""Regions: the places where a picture is looked at for flashes, and what is seen there.

4096 small regions, one in each cell of a grid of 64 by 64, cost the same at any size of picture.
They lie irregularly, so that no regular pattern hides between them.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

GRID = 64
COUNT = GRID * GRID
SIDE = 3
"""Pixels looked at along each side of a patch."""
SIZE = 0.5
"""A patch's side as a share of its cell's: a 128th of the picture."""
REDDEST = 0.8
"""R / (R + G + B) of a saturated red (WCAG 2.2, general flash and red flash thresholds)."""

Number = TypeVar("Number", np.uint8, np.float32)
Bytes = NDArray[np.uint8]
Values = NDArray[np.float32]

_code = np.arange(256) / 255
LINEAR: Values = np.where(_code <= 0.04045, _code / 12.92, ((_code + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)
"""Linear light 0..1 of an sRGB byte (IEC 61966-2-1), as WCAG's relative luminance has it."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


class Regions:
    """Where pictures of one size are looked at."""

    def __init__(self, height: int, width: int) -> None:
        """For pictures of ``height * width`` pixels, at least one of each."""
        self.height, self.width = height, width
        chance = np.random.default_rng(1702)  # the same places in every show
        corner = chance.random((2, GRID, GRID)) * (1 - SIZE)
        rows, columns = np.mgrid[0:GRID, 0:GRID]
        within = (np.arange(SIDE) + 0.5) / SIDE * SIZE
        shape = (SIDE, SIDE, GRID, GRID)
        y = np.broadcast_to((rows + corner[0] + within[:, None, None, None]) / GRID, shape)
        x = np.broadcast_to((columns + corner[1] + within[None, :, None, None]) / GRID, shape)
        self.y = np.minimum((y * height).astype(np.intp), height - 1).reshape(-1, COUNT)
        self.x = np.minimum((x * width).astype(np.intp), width - 1).reshape(-1, COUNT)
        self._at = self.y * width + self.x

    def samples(self, picture: NDArray[Number]) -> NDArray[Number]:
        """(9, 4096, 3): the pixels that are looked at, of a (H, W, 3) picture."""
        flat = np.ascontiguousarray(picture).reshape(-1, 3)
        # A quarter of the time that an index in brackets takes.
        found: NDArray[Number] = np.take(flat, self._at, axis=0)
        return found


def values_of(samples: Bytes) -> Values:
    """(2, 4096) of (9, 4096, 3): relative luminance, and redness, of each patch; both 0..1.

    Redness is R - G - B in linear light where that is above nothing and the red is saturated: what
    WCAG 2.1 takes the change of (after Harding and Binnie, 2002). What is no saturated red has
    none, however red it is: to leave the saturated red and to come back are changes, also where
    R - G - B grows as the saturation is lost.
    """
    light = np.take(LINEAR, samples).mean(axis=0)
    red, rest = light[:, 0], light[:, 1] + light[:, 2]
    share = red / np.maximum(red + rest, 1e-6)
    redness = np.where(share >= REDDEST, red - rest, 0)
    return np.stack([light @ LUMINANCE, redness]).astype(np.float32, copy=False)
