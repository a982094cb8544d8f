"""Fields that never change: noise, stars and coordinates, the same at every size."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

Field = NDArray[np.floating[Any]]

LATTICE = 128


def grid(size: int) -> tuple[Field, Field]:
    """x and y of the pixels, (1, size) and (size, 1), 0..1 from left and top."""
    line = ((np.arange(size) + 0.5) / size).astype(np.float32)
    return line[None, :], line[:, None]


def noise(x: Field, y: Field, seed: int) -> Field:
    """Smooth noise, -1..1, one feature per unit of ``x`` and ``y`` (which are broadcast)."""
    lattice = np.random.default_rng(seed).uniform(-1, 1, (LATTICE, LATTICE)).astype(np.float32)
    x, y = np.broadcast_arrays(x, y)
    field: Field = map_coordinates(lattice, [y % LATTICE, x % LATTICE], order=3, mode="grid-wrap")
    return field.astype(np.float32)


def fbm(
    x: Field, y: Field, seed: int, octaves: int = 6, gain: float = 0.5, ridged: bool = False
) -> Field:
    """Noise on noise (fractional Brownian motion), about 0..1; ``ridged`` has sharp crests."""
    total = np.zeros(np.broadcast_shapes(x.shape, y.shape), np.float32)
    strength, whole = 1.0, 0.0
    for octave in range(octaves):
        layer = noise(
            x * 2.0**octave + 17.3 * octave, y * 2.0**octave + 9.1 * octave, seed + octave
        )
        layer = 1 - 2 * np.abs(layer) if ridged else 1.4 * layer
        total += strength * layer
        whole += strength
        strength *= gain
    out: Field = np.clip(0.5 + 0.5 * total / whole, 0, 1)
    return out


def smoothstep(low: float, high: float, x: Field) -> Field:
    """0 below ``low``, 1 above ``high``, smooth between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    out: Field = (t * t * (3 - 2 * t)).astype(np.float32)
    return out


def stars(
    size: int, count: int, seed: int, *, sharp: float = 0.0016, rays: float = 0.0
) -> tuple[Field, Field, Field]:
    """A field of ``count`` stars (size, size), their x and their y 0..1.

    ``sharp`` is the radius of a star's core; ``rays`` the length of its four diffraction spikes.
    """
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 1, count).astype(np.float32)
    y = rng.uniform(0, 1, count).astype(np.float32)
    bright = (rng.pareto(1.6, count) * 0.22 + 0.06).clip(0, 1.6).astype(np.float32)
    picture = np.zeros((size, size), np.float32)
    for px, py, light in zip(x, y, bright, strict=True):
        add_star(picture, float(px), float(py), float(light), sharp, rays * float(light))
    return picture, x, y


def add_star(
    picture: Field, x: float, y: float, light: float, sharp: float, rays: float = 0.0
) -> None:
    """Paint one star into (size, size) ``picture``; light falls off as a Moffat profile."""
    size = len(picture)
    reach = max(3, int(max(8 * sharp * (0.5 + light), 1.2 * rays) * size) + 1)
    cx, cy = x * size - 0.5, y * size - 0.5
    x0, x1 = max(0, int(cx) - reach), min(size, int(cx) + reach + 2)
    y0, y1 = max(0, int(cy) - reach), min(size, int(cy) + reach + 2)
    if x0 >= x1 or y0 >= y1:
        return
    dx = (np.arange(x0, x1) - cx)[None, :] / size
    dy = (np.arange(y0, y1) - cy)[:, None] / size
    core = max(sharp * (0.6 + 0.6 * light), 0.42 / size)
    shape = (1 + (dx * dx + dy * dy) / core**2) ** -2.2
    if rays:
        thin = max(0.4 / size, sharp * 0.5)
        for a, b in ((dx, dy), (dy, dx)):
            spike = np.exp(-((a / thin) ** 2)) * np.clip(1 - np.abs(b) / rays, 0, 1) ** 2
            shape = shape + 0.6 * spike
    picture[y0:y1, x0:x1] += (light * shape).astype(np.float32)
