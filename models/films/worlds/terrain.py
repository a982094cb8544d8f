"""Ridges that sound draws: where they cover, how light falls on their flanks, what mirrors them."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from worlds.fields import Field

SIGMAS = (0.004, 0.008, 0.016, 0.032, 0.064)
"""Over how much of the picture's width a flank follows its ridge, the more the farther below."""


def smooth(row: Field, sigma: float, size: int) -> Field:
    """``row`` (..., W) averaged under a bell, ``sigma`` in parts of the picture."""
    out: Field = gaussian_filter1d(row, sigma * size, axis=-1, mode="nearest", truncate=3)
    return out


def below(top: Field, y: Field, size: int) -> Field:
    """Coverage 0..1 of what lies under a skyline ``top`` (W,); edges a pixel soft."""
    out: Field = np.clip((y - top[None, :]) * size + 0.5, 0, 1)
    return out


def flanks(top: Field, depth: Field, warp: Field, size: int) -> Field:
    """Light on the flanks under a skyline, -1 in the shade to 1 in the sun, which is at the left.

    A spur runs down from each bend of the ridge, the wider the farther down.

    Parameters
    ----------
    top : (W,) height of the ridge from the top, in parts of the picture.
    depth : (H, W) how far below it a pixel lies, alike.
    warp : (H, W) noise about 0, which breaks the spurs.
    """
    slopes = np.stack([np.gradient(smooth(top, s, size)) * size for s in SIGMAS])
    level = np.clip(np.log2(np.maximum(depth, 1e-4) / SIGMAS[0] * 0.35), 0, len(SIGMAS) - 1.001)
    column = np.arange(size)[None, :] + warp * size * np.minimum(depth * 0.9, 0.07)
    column = np.clip(column, 0, size - 1.001)
    row, left = level.astype(np.intp), column.astype(np.intp)
    down, right = (level - row).astype(np.float32), (column - left).astype(np.float32)
    at = row * size + left
    flat = slopes.astype(np.float32).ravel()
    upper = flat[at] * (1 - right) + flat[at + 1] * right
    lower = flat[at + size] * (1 - right) + flat[at + size + 1] * right
    light: Field = np.tanh(-1.1 * (upper * (1 - down) + lower * down))
    return light


def impulses(row: Field, back: int = 3, least: float = 0.12) -> list[tuple[float, float]]:
    """Where ``row`` (W,) jumps up, as (column, height of the jump), from left to right."""
    rise = np.maximum(row[back:] - row[:-back], 0)
    found = []
    start = None
    for index, high in enumerate([*(rise > least), False]):
        if high and start is None:
            start = index
        elif not high and start is not None:
            part = rise[start:index]
            centre = float((part * np.arange(start, index)).sum() / part.sum())
            found.append((centre + back / 2, float(part.max())))
            start = None
    return found
