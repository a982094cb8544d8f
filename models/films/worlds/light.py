"""What a camera does to light: bloom, exposure, film curve, vignette."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom

Picture = NDArray[np.float32]


def bloom(light: Picture, amount: float, radius: float = 0.03, threshold: float = 0.7) -> Picture:
    """``light`` (H, W, 3) with the glow of what is brighter than ``threshold`` added around it."""
    height = light.shape[0]
    step = 4 if height % 4 == 0 and height >= 128 else 1
    bright = np.maximum(light - threshold, 0)
    if step > 1:
        shape = (height // step, step, light.shape[1] // step, step, 3)
        bright = bright.reshape(shape).mean(axis=(1, 3))
    sigma = radius * height / step
    near = gaussian_filter(bright, (sigma * 0.35, sigma * 0.35, 0), truncate=3)
    far = gaussian_filter(bright, (sigma * 1.6, sigma * 1.6, 0), truncate=2.5)
    glow = 0.6 * near + 0.8 * far
    if step > 1:
        glow = zoom(glow, (step, step, 1), order=1, grid_mode=True, mode="nearest")
    out: Picture = (light + np.float32(amount) * glow).astype(np.float32)
    return out


def film(light: Picture, exposure: float = 1.0, colour: float = 1.2) -> Picture:
    """Scene light 0.. to a picture 0..1: the ACES curve as fitted by Narkowicz (2015).

    ``colour`` above 1 saturates, since the curve takes colour out of what is bright.
    """
    grey = light.mean(axis=2, keepdims=True)
    x = np.maximum(grey + np.float32(colour) * (light - grey), 0) * np.float32(exposure * 0.8)
    curve = (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14)
    out: Picture = np.clip(curve, 0, 1) ** np.float32(1 / 1.35)
    return out.astype(np.float32)


@lru_cache(maxsize=8)
def vignette(size: int, depth: float = 0.45) -> Picture:
    """(size, size, 1) darker corners."""
    line = (np.arange(size) + 0.5) / size - 0.5
    r2 = line[:, None] ** 2 + line[None, :] ** 2
    out: Picture = (1 - depth * np.clip(r2 * 2, 0, 1) ** 1.3).astype(np.float32)[..., None]
    return out


def rgb(*colour: float) -> Picture:
    """A colour as (3,) float32."""
    return np.array(colour, np.float32)
