"""Title cards: frames of lettering or a logo on flat ground, which teach a model nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_erosion

from livegan.dataset.fitting import Pixels

GROUND = 0.55
"""Least part of a title card that is ground: one colour, to within `EVEN`."""

EVEN = 7
"""Largest difference of a byte from the ground's colour."""

SMOOTH = 0.97
"""Least part of the ground's neighbouring pixels that are equal to within two: what is drawn is
even, what is filmed has grain."""

STRONG = 60
"""Least contrast of lettering to its ground, in bytes."""

INKED = 0.60
"""Least part of what is not ground that is of one or two colours (see `inked`)."""

LETTERS = (0.002, 0.40)
"""Least and largest part of a title card that is lettering."""

EDGES = 0.06
"""Least length of edges to area of lettering: letters are thin."""


def is_title(picture: Pixels) -> bool:
    """True for a frame that is nothing but lettering or a flat logo on flat ground.

    Parameters
    ----------
    picture : (H, W, 3) RGB bytes.

    It takes all of: one even colour over most of the frame and along its border, without grain;
    lettering that stands out from it, in one or two colours, with sharp and long edges.  A night
    with lamps fails by its many shades, an object before a plain wall by its own shading.
    """
    step = max(1, min(picture.shape[:2]) // 256)
    pixels = picture[::step, ::step].astype(np.int16)
    colour = common(pixels)
    away = np.abs(pixels - colour).max(2)
    ground = away <= EVEN
    if ground.mean() < GROUND or rim(ground) < 0.8:
        return False
    strong = away >= STRONG
    share = float(strong.mean())
    if not LETTERS[0] <= share <= LETTERS[1]:
        return False
    neighbours = ground[:, 1:] & ground[:, :-1]
    steps = np.abs(pixels[:, 1:] - pixels[:, :-1]).max(2)[neighbours]
    if (steps <= 2).mean() < SMOOTH:
        return False
    edges = (strong[:, 1:] != strong[:, :-1]).sum() + (strong[1:] != strong[:-1]).sum()
    if edges < EDGES * strong.sum():
        return False
    return inked(pixels, ground, colour) >= INKED


def common(pixels: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """(3,) the commonest colour of (..., 3) pixels, to within 8 of 256; the mean of those."""
    flat = pixels.reshape(-1, 3)
    coarse = (flat >> 3).astype(np.int32)
    index = (coarse[:, 0] << 10) | (coarse[:, 1] << 5) | coarse[:, 2]
    chosen = flat[index == np.bincount(index).argmax()]
    mean: npt.NDArray[np.int16] = np.rint(chosen.mean(0)).astype(np.int16)
    return mean


def rim(ground: npt.NDArray[np.bool_]) -> float:
    """Part of a frame's border that is ground."""
    border = np.concatenate([ground[0], ground[-1], ground[:, 0], ground[:, -1]])
    return float(border.mean())


def inked(
    pixels: npt.NDArray[np.int16], ground: npt.NDArray[np.bool_], colour: npt.NDArray[np.int16]
) -> float:
    """Part of what is not ground that has one of its two commonest colours.

    At its border, two pixels wide, it may lie between the ground and one of them as well, as the
    soft edge of a letter does; the glow of a lamp is wider.
    """
    deep = binary_erosion(~ground, np.ones((5, 5), bool), border_value=1)[~ground]
    left = pixels[~ground]
    count = len(left)
    for _ in range(2):
        far = np.abs(left - colour).max(1) >= STRONG
        if not far.any():
            break
        ink = common(left[far])
        along = (ink - colour).astype(np.float32)
        part = np.clip(((left - colour) @ along) / float(along @ along), 0, 1)
        part[deep] = 1
        rest = np.abs(left - (colour + part[:, None] * along)).max(1) > 24
        left, deep = left[rest], deep[rest]
    return 1 - len(left) / max(count, 1)
