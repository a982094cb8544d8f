"""A photograph in oil: strokes from broad to fine, along what is seen, each a bristle mark.

Layers of strokes, finer ones only where the picture still differs from what is painted, are those
of Hertzmann (1998, "Painterly rendering with curved brush strokes of multiple sizes", section 2).
Here all strokes of a layer begin on a grid that is jittered once and for all, so that what stands
still is painted the same in every frame, and are laid along the structure tensor.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, sobel

Picture = NDArray[np.float32]
Field = NDArray[np.float32]

LAYERS = ((30, 15.0, 52.0, 0.0), (15, 7.5, 27.0, 0.045), (8, 3.6, 14.0, 0.065))
"""Of each layer at 512 pixels: distance of strokes, half their width, half their length, and how
far the painting may differ from the picture before strokes of this layer correct it."""
CHROMA = 1.4
"""How much stronger colours are than in the picture."""
SHADOWS, LIGHTS = (-0.035, -0.030, 0.060), (0.050, 0.020, -0.045)
"""What is added to dark and to bright colours: cold shadows and warm light."""
TABLE = 4096


@lru_cache(maxsize=8)
def bristles() -> Field:
    """(TABLE, 64) marks that the hairs of a brush leave across it, about 0."""
    rng = np.random.default_rng(7)
    marks = gaussian_filter(rng.standard_normal((TABLE, 64)), (0, 1.6), mode="nearest")
    return (marks / marks.std()).astype(np.float32)


def painted(picture: Picture) -> Picture:
    """(H, W, 3), 0..1, painted; the same picture is always painted the same."""
    height, width, _ = picture.shape
    scale = height / 512
    colours = pushed(picture)
    canvas = gaussian_filter(colours, (30 * scale, 30 * scale, 0))
    relief = np.zeros((height, width), np.float32)
    for number, (cell, half, long, differs) in enumerate(LAYERS):
        reference = gaussian_filter(colours, (0.45 * half * scale, 0.45 * half * scale, 0))
        _layer(
            canvas, relief, reference, max(round(cell * scale), 2), half * scale, long * scale,
            differs, number,
        )  # fmt: skip
    slope = sobel(relief, 0) + sobel(relief, 1)
    lit = canvas * (1 + np.clip(0.065 * slope, -0.30, 0.35))[..., None]
    return np.clip(lit, 0, 1).astype(np.float32)


def pushed(picture: Picture) -> Picture:
    """Stronger colours, cold in the shade and warm in the light."""
    grey = picture.mean(axis=2, keepdims=True)
    out = grey + CHROMA * (picture - grey)
    dark = np.clip(1 - 2 * grey, 0, 1)
    bright = np.clip(2 * grey - 1, 0, 1)
    out = out + dark * np.array(SHADOWS) + bright * np.array(LIGHTS)
    contrast = out + 0.10 * np.sin((np.clip(out, 0, 1) - 0.5) * 2 * np.pi) / 2
    return np.clip(contrast, 0, 1).astype(np.float32)


def orientation(reference: Picture, sigma: float) -> Field:
    """(H, W) angle along the edges, from the structure tensor; without edges, a slow swirl."""
    grey = reference.mean(axis=2)
    dx, dy = sobel(grey, 1), sobel(grey, 0)
    xx, yy, xy = (gaussian_filter(part, sigma) for part in (dx * dx, dy * dy, dx * dy))
    height, width = grey.shape
    y, x = np.mgrid[0:height, 0:width] / height
    swirl = 0.9 * np.sin(3.1 * x + 1.3) + 0.9 * np.cos(2.7 * y) + 0.5 * np.sin(6.3 * x * y)
    # As vectors of twice the angle, so that opposite directions are one.
    weak = 0.0015
    cos = (yy - xx) + weak * np.cos(2 * swirl)
    sin = -2 * xy + weak * np.sin(2 * swirl)
    return (0.5 * np.arctan2(sin, cos)).astype(np.float32)


def _layer(
    canvas: Picture, relief: Field, reference: Picture, cell: int, half: float, long: float,
    differs: float, number: int,
) -> None:  # fmt: skip
    """Paint one layer into ``canvas`` and ``relief``."""
    height, width, _ = canvas.shape
    margin = int(np.ceil((long + cell) / cell))
    rows, columns = -(-height // cell) + 2 * margin, -(-width // cell) + 2 * margin
    rng = np.random.default_rng(100 + number)
    seed_y = (np.arange(rows)[:, None] - margin + rng.uniform(0, 1, (rows, columns))) * cell
    seed_x = (np.arange(columns)[None, :] - margin + rng.uniform(0, 1, (rows, columns))) * cell
    order = rng.permutation(rows * columns).reshape(rows, columns).astype(np.float32) + 1
    at_y = np.clip(seed_y, 0, height - 1).astype(np.intp)
    at_x = np.clip(seed_x, 0, width - 1).astype(np.intp)
    angle = orientation(reference, max(0.8 * half, 1.5))[at_y, at_x]
    bend = rng.uniform(-0.25, 0.25, (rows, columns))
    tint = 1 + 0.10 * rng.standard_normal((rows, columns, 3))
    colour = np.clip(reference[at_y, at_x] * tint, 0, 1).astype(np.float32)
    if differs:
        error = gaussian_filter(np.abs(canvas - reference).mean(axis=2), 0.6 * cell)
        order = np.where(error[at_y, at_x] > differs, order, 0)

    y, x = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)[None]
    own_row, own_column = (y // cell).astype(np.intp) + margin, (x // cell).astype(np.intp) + margin
    best = np.zeros((height, width), np.float32)
    which = np.zeros((height, width), np.intp)
    across = np.zeros((height, width), np.float32)
    along = np.zeros((height, width), np.float32)
    packed = [
        part.astype(np.float32)
        for part in (seed_y, seed_x, np.cos(angle) / long, np.sin(angle) / long, bend, order)
    ]
    for down in range(-margin, margin + 1):
        for right in range(-margin, margin + 1):
            if (abs(down) - 1) ** 2 + (abs(right) - 1) ** 2 > (long / cell + 0.3) ** 2:
                continue
            place = (own_row + down, own_column + right)
            sy, sx, cos, sin, curve, rank = (part[place] for part in packed)
            dy, dx = y - sy, x - sx
            u = dx * cos + dy * sin
            v = (dy * cos - dx * sin) * (long / half) + curve * (u * u) * (long / half)
            taper = 1 - u**6
            mine = (np.abs(v) < taper) & (np.abs(u) < 1) & (rank > best)
            best = np.where(mine, rank, best)
            which = np.where(mine, place[0] * columns + place[1], which)
            across, along = np.where(mine, v, across), np.where(mine, u, along)
    hair = bristles()[which % TABLE, np.clip((across + 1) * 31.9, 0, 63).astype(np.intp)]
    # Paint runs dry towards the end of a stroke: there only some hairs still leave a mark.
    left = np.clip((0.98 - along) * 2.2 + 0.7 * hair, 0, 1)
    edge = np.clip((1 - np.abs(across)) * half * 0.9, 0, 1)
    cover = ((best > 0) * edge * left)[..., None]
    paint = colour.reshape(-1, 3)[which] * (1 + 0.075 * hair[..., None])
    canvas += cover * (np.clip(paint, 0, 1) - canvas)
    body = 0.55 * hair + 1.2 * (1 - across**2)
    relief += cover[..., 0] * (body * half**0.4 * 0.45 - relief)
