"""How low, mid, high and kick stand at this moment."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from livegan.builtin.encoders.drawing import Array, centres, soft
from livegan.plugin import param

LANES = ("high", "mid", "low", "kick")
"""The four levels from top to bottom; the lanes of `levels_timeline` are the same."""
COLOURS = ((0.25, 0.60, 1.0), (0.25, 0.95, 0.45), (1.0, 0.30, 0.18), (1.0, 0.88, 0.35))
FLASH = (1.0, 0.97, 0.86)
DIM = 0.17
"""Brightness of a lane at level nought."""


def levels(
    sound: Any,
    *,
    size: tuple[int, int],
    gain: float = param(1.0, 0.1, 4.0, "gain of all four levels"),
) -> Array:
    """Low, mid, high and kick as four bands that open from the middle, and a flash at each kick.

    From top to bottom: high, mid, low, kick.  The level of a band sets its width and brightness.
    A kick also shows a transparent disc of light in the middle.
    """
    height, width = size
    values = [min(max(gain * float(getattr(sound, name)), 0.0), 1.0) for name in LANES]
    picture = np.empty((3, height, width), np.float32)
    across = np.abs(centres(width) - 0.5) * 2
    for lane, (value, colour) in enumerate(zip(values, COLOURS, strict=True)):
        rows = lane_rows(lane, height)
        # The edge is an eighth of the picture wide: small changes are seen as well as large ones.
        open_ = soft((0.04 + 0.96 * value - across) * 8)
        # What is not open is never quite even: it darkens outwards, and lifts with the level.
        closed = (DIM + 0.25 * value) * (1 - 0.5 * across)
        light = closed + open_ * (0.35 + 0.65 * value - closed)
        white = 0.25 * open_ * value
        shade = lane_shade(rows.stop - rows.start)
        for channel, strength in enumerate(colour):
            column = light * (strength + (1 - strength) * white)
            np.multiply(shade, column.astype(np.float32), out=picture[channel, rows])
    flash(picture, values[LANES.index("kick")])
    return picture


def flash(picture: Array, kick: float) -> None:
    """Light a disc in the middle of ``picture``, larger and brighter with ``kick``; in place."""
    _, height, width = picture.shape
    side = min(height, width)
    radius = (0.06 + 0.34 * kick) * side
    softness = 0.08 * side
    first, last = max(int(height / 2 - radius - softness), 0), int(height / 2 + radius + softness)
    part = picture[:, first : last + 1]
    disc = soft((radius - from_middle(height, width)[first : last + 1]) / np.float32(softness))
    disc *= np.float32(0.8 * kick)
    for channel, strength in enumerate(FLASH):
        part[channel] += disc * (np.float32(strength) - part[channel])


def lane_rows(lane: int, height: int) -> slice:
    """The rows of one of the four lanes."""
    return slice(lane * height // 4, (lane + 1) * height // 4)


@lru_cache(maxsize=64)
def lane_shade(rows: int) -> Array:
    """(rows, 1) light across a lane, full in its middle and less at its borders; read-only."""
    away = np.abs(2 * centres(rows) - 1).reshape(-1, 1)
    shade: Array = (1 - 0.55 * away**3).astype(np.float32)
    shade.setflags(write=False)
    return shade


@lru_cache(maxsize=8)
def from_middle(height: int, width: int) -> Array:
    """(height, width) distance of each pixel from the middle, in pixels; read-only."""
    y = (centres(height).reshape(-1, 1) - 0.5) * height
    x = (centres(width) - 0.5) * width
    distance: Array = np.hypot(y, x).astype(np.float32)
    distance.setflags(write=False)
    return distance
