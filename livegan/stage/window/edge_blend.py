"""Edge blending: pictures of two projectors overlap, and each is darkened towards its edge there.

Across the overlap the light of the two adds up to that of one (Raskar et al., "Seamless Projection
Overlaps Using Image Warping and Intensity Blending", VSMM 1998). A projector shows the value v as
the light v to the power of its gamma, so the share of light is undone by that.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from livegan.stage.window.trim import Trim

if TYPE_CHECKING:
    from PIL.Image import Image

KEPT = 4  # ramps that are remembered: one for each window, and for its sizes


def blended(image: Image, trim: Trim) -> Image:
    """The picture with its edges darkened as the trim says, before it is rotated and flipped."""
    from PIL import ImageChops

    return ImageChops.multiply(image, _ramps(trim, image.size))


@lru_cache(KEPT)
def _ramps(trim: Trim, size: tuple[int, int]) -> Image:
    from PIL import Image

    grey = np.round(255 * shares(trim, size)).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


def shares(trim: Trim, size: tuple[int, int]) -> NDArray[np.float64]:
    """(H, W): what each value of a picture (width, height) is multiplied by."""
    across = (np.arange(size[0]) + 0.5)[None, :] / size[0]
    down = (np.arange(size[1]) + 0.5)[:, None] / size[1]
    # Where a pixel is in what is seen: the way back of `livegan.stage.window.warp.Warp.source`.
    x, y = {
        0: (across, down),
        90: (1 - down, across),
        180: (1 - across, 1 - down),
        270: (down, 1 - across),
    }[trim.rotation]
    x = 1 - x if trim.flip in ("horizontal", "both") else x
    y = 1 - y if trim.flip in ("vertical", "both") else y
    light = (
        _share(x, trim.blend_left)
        * _share(1 - x, trim.blend_right)
        * _share(y, trim.blend_top)
        * _share(1 - y, trim.blend_bottom)
    )
    return np.broadcast_to(light ** (1 / trim.blend_gamma), (size[1], size[0]))


def _share(far: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """The share of the light so far from an edge; a smooth step, and its mirror image is the
    rest."""
    if not width:
        return np.ones_like(far)
    at = np.clip(far / width, 0, 1)
    step: NDArray[np.float64] = at * at * (3 - 2 * at)
    return step
