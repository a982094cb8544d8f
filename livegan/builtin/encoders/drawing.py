"""What the encoders draw with: pixel coordinates, scrolling time, soft edges."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # a set is read without torch
    from torch import Tensor

Array = NDArray[np.float32]

BLOCK = 65_536
"""Pixels that are drawn together: a few planes of so many stay in the cache of one core."""

REFERENCE = 512
"""Widths in pixels are meant at this picture height, and scaled with it."""


@lru_cache(maxsize=64)
def centres(pixels: int) -> Array:
    """(pixels,) centres of the pixels along one side, 0..1; read-only."""
    array = ((np.arange(pixels) + 0.5) / pixels).astype(np.float32)
    array.setflags(write=False)
    return array


@lru_cache(maxsize=64)
def rows_down(pixels: int) -> Tensor:
    """(pixels, 1) centres of the pixels from the top down, 0..1; not to be changed."""
    import torch

    return torch.from_numpy(centres(pixels).copy()).reshape(-1, 1)


@lru_cache(maxsize=64)
def colour_row(colour: tuple[float, ...], width: int) -> Tensor:
    """(3, 1, width) of one colour; not to be changed.  Whole rows are worked on several pixels at
    a time, which a single number for all of them is not."""
    import torch

    return torch.tensor(colour).reshape(3, 1, 1).repeat(1, 1, width)


@contextmanager
def one_thread() -> Iterator[None]:
    """Draw with one thread.

    Where torch shares a plane among threads, the last pixels of each share are rounded in another
    way than the rest: a data set and a show with other numbers of threads would differ by a bit.
    """
    import torch

    threads = torch.get_num_threads()
    if threads == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def blocks(first: int, stop: int, width: int) -> Iterator[slice]:
    """The rows ``first <= y < stop`` of a picture, a few at a time: see `BLOCK`."""
    tall = max(BLOCK // width, 1)
    for top in range(first, stop, tall):
        yield slice(top, min(top + tall, stop))


def at_size(width: float, height: int) -> float:
    """A width given in pixels at 512, in pixels of a picture ``height`` high; at least one."""
    return max(width * height / REFERENCE, 1.0)


def soft(distance: Array) -> Array:
    """Coverage 0..1 of pixels ``distance`` pixels inside an edge; changes ``distance`` itself."""
    distance += np.float32(0.5)
    return np.clip(distance, 0.0, 1.0, out=distance)


def drawn(array: Array | NDArray[np.float64]) -> Tensor:
    """What was worked out of the sound, as float32 to draw with."""
    import torch

    return torch.from_numpy(np.array(array, np.float32))  # a copy: it may be read-only


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
    places, weights = taps(len(values), span, late, width)
    shape = (width, *([1] * (values.ndim - 1)))
    columns = np.zeros((width, *values.shape[1:]), np.float32)
    for place, weight in zip(places, weights, strict=True):
        part = values[place]
        part *= weight.reshape(shape)
        columns += part
    return columns


def steps(span: float, width: int) -> int:
    """How many values :func:`scrolled` needs for a picture ``span`` steps and ``width`` wide."""
    return ceil(span + 1.5 * max(span / width, 1.0)) + 2


@lru_cache(maxsize=64)
def taps(count: int, span: float, late: float, width: int) -> tuple[NDArray[np.intp], Array]:
    """Which of ``count`` values each column is made of, (k, width), and their weights alike."""
    pixel = span / width
    # A bump narrower than a value would show the values as blocks.
    bump = max(pixel, 1.0)
    centre = count + late - span + pixel * (np.arange(width) + 0.5)
    first = np.floor(centre - 1.5 * bump).astype(np.intp)
    borders = first + np.arange(ceil(3 * bump) + 2).reshape(-1, 1)
    weights = np.diff(below((borders - centre) / bump), axis=0).astype(np.float32)
    places = np.clip(borders[:-1], 0, count - 1)
    places.setflags(write=False)
    weights.setflags(write=False)
    return places, weights


def below(place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Integral of the quadratic B-spline, three wide and one in area, up to ``place``."""
    place = np.clip(place, -1.5, 1.5)
    pieces = ((1, -1.5), (-3, -0.5), (3, 0.5))
    return sum((k * np.maximum(place - knot, 0) ** 3 for k, knot in pieces), np.zeros(())) / 6
