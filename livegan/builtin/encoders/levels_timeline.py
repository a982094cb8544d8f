"""How low, mid, high and kick stood over the last seconds."""

from __future__ import annotations

from typing import Any

import numpy as np

from livegan.builtin.encoders.drawing import (
    Array,
    blocks,
    colour_row,
    drawn,
    one_thread,
    rows_down,
    scrolled,
    steps,
)
from livegan.builtin.encoders.levels import COLOURS, DIM, LANES, lane_rows, lane_shade
from livegan.plugin import param


def levels_timeline(
    sound: Any,
    *,
    size: tuple[int, int],
    seconds: float = param(10.0, 1.0, 50.0, "how much of the past is shown", unit="s"),
    gain: float = param(1.0, 0.1, 4.0, "gain of all four levels"),
) -> Array:
    """Low, mid, high and kick over the last ten seconds, as four lanes that scroll to the left.

    From top to bottom: high, mid, low, kick, in the colours of `levels`.  Each lane is filled
    from its bottom to the level, brighter for higher levels.  The rest of the lane is lit a little.
    """
    import torch

    height, width = size
    span = seconds * sound.rate / sound.hop
    asked = steps(span, width) * sound.hop / sound.rate
    past = np.stack([sound.feature(name, asked) for name in LANES], axis=1)
    column = np.clip(gain * scrolled(past, span=span, late=0, width=width), 0.0, 1.0).T
    picture = torch.empty(3, height, width)
    with one_thread():
        for lane, colour in enumerate(COLOURS):
            whole = picture[:, lane_rows(lane, height)]
            tall = whole.shape[1]
            value = drawn(column[lane])
            edge = (0.04 + 0.92 * value) * tall
            above = DIM + 0.30 * value
            filling = 0.40 + 0.60 * value - above
            strength = colour_row(colour, width)
            white = (1 - strength) * (0.25 * value)
            # Half a pixel less: an edge is soft half a pixel to either side.
            up = (1 - rows_down(tall)) * tall - 0.5
            for rows in blocks(0, tall, width):
                part = whole[:, rows]
                filled = (edge - up[rows]).clamp_(0, 1)
                light = torch.addcmul(above, filled, filling).mul_(lane_shade(tall)[rows])
                torch.addcmul(strength, filled, white, out=part).mul_(light).clamp_(0, 1)
    array: Array = picture.numpy()
    return array
