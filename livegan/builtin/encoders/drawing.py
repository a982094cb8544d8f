"""What the encoders draw with: pixel coordinates, scrolling time, soft edges."""

from __future__ import annotations

from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

REFERENCE = 512
"""Widths in pixels are meant at this picture height, and scaled with it."""


@lru_cache(maxsize=64)
def centres(pixels: int) -> Array:
    """(pixels,) centres of the pixels along one side, 0..1; read-only."""
    array = ((np.arange(pixels) + 0.5) / pixels).astype(np.float32)
    array.setflags(write=False)
    return array


def at_size(width: float, height: int) -> float:
    """A width given in pixels at 512, in pixels of a picture ``height`` high; at least one."""
    return max(width * height / REFERENCE, 1.0)


def soft(distance: Array) -> Array:
    """Coverage 0..1 of pixels ``distance`` pixels inside an edge; changes ``distance`` itself."""
    distance += np.float32(0.5)
    return np.clip(distance, 0.0, 1.0, out=distance)


def scrolled(values: Array, *, span: float, late: float, width: int) -> Array:
    """Values over time as the columns of a picture, the newest at the right.

    Parameters
    ----------
    values : (n, ...) float32 at equal steps of time, newest last; see :func:`steps`.
    span : how many steps the picture is wide; not always whole.
    late : how many steps before now the newest value ended.
    width : columns of the picture.

    Returns (width, ...) float32.  Each column is the integral of the values under a smooth bump
    three columns wide (the quadratic B-spline), so what scrolls by a part of a pixel neither jumps
    nor shimmers.  Beyond either end the last value is held.
    """
    first, weights = taps(len(values), span, late, width)
    shape = (width, *([1] * (values.ndim - 1)))
    columns = np.zeros((width, *values.shape[1:]), np.float32)
    for tap, weight in enumerate(weights):
        columns += values[np.clip(first + tap, 0, len(values) - 1)] * weight.reshape(shape)
    return columns


def steps(span: float, width: int) -> int:
    """How many values :func:`scrolled` needs for a picture ``span`` steps and ``width`` wide."""
    return ceil(span + 1.5 * max(span / width, 1.0)) + 2


@lru_cache(maxsize=64)
def taps(count: int, span: float, late: float, width: int) -> tuple[NDArray[np.intp], Array]:
    """Of each column the first of ``count`` values it is made of, (width,); weights (k, width)."""
    pixel = span / width
    # A bump narrower than a value would show the values as blocks.
    bump = max(pixel, 1.0)
    centre = count + late - span + pixel * (np.arange(width) + 0.5)
    first = np.floor(centre - 1.5 * bump).astype(np.intp)
    borders = first + np.arange(ceil(3 * bump) + 2).reshape(-1, 1)
    weights = np.diff(below((borders - centre) / bump), axis=0).astype(np.float32)
    first.setflags(write=False)
    weights.setflags(write=False)
    return first, weights


def below(place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Integral of the quadratic B-spline, three wide and one in area, up to ``place``."""
    place = np.clip(place, -1.5, 1.5)
    pieces = ((1, -1.5), (-3, -0.5), (3, 0.5))
    return sum((k * np.maximum(place - knot, 0) ** 3 for k, knot in pieces), np.zeros(())) / 6
