"""The letterbox: a picture in another shape, without being squeezed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def boxed(pixels: Pixels, size: tuple[int, int], stretch: bool = False) -> Pixels:
    """(H, W, 3) scaled into (width, height), with black where its shape leaves room.

    ``stretch`` fills all of it instead.
    """
    height, width, _ = pixels.shape
    scale = min(size[0] / width, size[1] / height)
    inner = (max(1, round(width * scale)), max(1, round(height * scale)))
    if stretch:
        inner = size
    image = Image.fromarray(pixels)
    if image.size != inner:
        image = image.resize(inner, Image.Resampling.BILINEAR)
    if inner == size:
        return np.asarray(image)
    whole = Image.new("RGB", size)
    whole.paste(image, ((size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2))
    return np.asarray(whole)
