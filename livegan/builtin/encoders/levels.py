"""How low, mid, high and kick stand at this moment."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from livegan.builtin.encoders.drawing import (
    Array,
    blocks,
    centres,
    colour_row,
    drawn,
    one_thread,
    soft,
)
from livegan.plugin import param

if TYPE_CHECKING:
    from torch import Tensor

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
    import torch

    height, width = size
    values = [min(max(gain * float(getattr(sound, name)), 0.0), 1.0) for name in LANES]
    picture = torch.empty(3, height, width)
    with one_thread():
        across = np.abs(centres(width) - 0.5) * 2
        for lane, (value, colour) in enumerate(zip(values, COLOURS, strict=True)):
            rows = lane_rows(lane, height)
            # The edge is an eighth of the picture wide: small changes are seen as well as large.
            open_ = soft((0.04 + 0.96 * value - across) * 8)
            # What is not open is never quite even: it darkens outwards, and lifts with the level.
            closed = (DIM + 0.25 * value) * (1 - 0.5 * across)
            light = closed + open_ * (0.35 + 0.65 * value - closed)
            white = 0.25 * open_ * value
            columns = [light * (strength + (1 - strength) * white) for strength in colour]
            column = drawn(np.clip(np.stack(columns), 0, 1)).reshape(3, 1, width)
            torch.mul(lane_shade(rows.stop - rows.start), column, out=picture[:, rows])
        flash(picture, values[LANES.index("kick")])
    array: Array = picture.numpy()
    return array


def flash(picture: Tensor, kick: float) -> None:
    """Light a disc in the middle of ``picture``, larger and brighter with ``kick``; in place."""
    if kick == 0:
        return
    _, height, width = picture.shape
    side = min(height, width)
    radius, softness = (0.06 + 0.34 * kick) * side, 0.08 * side
    amount = 0.8 * kick
    tall, wide = (
        slice(max(int(long / 2 - radius - softness), 0), int(long / 2 + radius + softness) + 1)
        for long in (height, width)
    )
    part, away = picture[:, tall, wide], from_middle(height, width)[tall, wide]
    light = colour_row(FLASH, part.shape[2])
    for rows in blocks(0, part.shape[1], part.shape[2]):
        disc = (away[rows] * -(amount / softness)).add_(amount * (radius / softness + 0.5))
        part[:, rows].lerp_(light, disc.clamp_(0, amount)).clamp_(0, 1)


def lane_rows(lane: int, height: int) -> slice:
    """The rows of one of the four lanes."""
    return slice(lane * height // 4, (lane + 1) * height // 4)


@lru_cache(maxsize=64)
def lane_shade(rows: int) -> Tensor:
    """(rows, 1) light across a lane, full in its middle and less at its borders."""
    away = np.abs(2 * centres(rows) - 1).reshape(-1, 1)
    return drawn(1 - 0.55 * away**3)


@lru_cache(maxsize=8)
def from_middle(height: int, width: int) -> Tensor:
    """(height, width) distance of each pixel from the middle, in pixels."""
    y = (centres(height).reshape(-1, 1) - 0.5) * height
    x = (centres(width) - 0.5) * width
    return drawn(np.hypot(y, x))
