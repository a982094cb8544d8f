"""How low, mid, high and kick stood over the last seconds."""

from __future__ import annotations

from typing import Any

import numpy as np

from livegan.builtin.encoders.drawing import Array, centres, scrolled, soft, steps
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
    height, width = size
    span = seconds * sound.rate / sound.hop
    asked = steps(span, width) * sound.hop / sound.rate
    past = np.stack([sound.feature(name, asked) for name in LANES], axis=1)
    column = np.clip(gain * scrolled(past, span=span, late=0, width=width), 0.0, 1.0).T
    picture = np.empty((3, height, width), np.float32)
    for lane, colour in enumerate(COLOURS):
        rows = lane_rows(lane, height)
        tall = rows.stop - rows.start
        value = column[lane]
        up = (1 - centres(tall).reshape(-1, 1)) * tall
        filled = soft((0.04 + 0.92 * value) * np.float32(tall) - up)
        above = np.float32(DIM) + np.float32(0.30) * value
        light = filled * (np.float32(0.40) + np.float32(0.60) * value - above)
        light += above
        light *= lane_shade(tall)
        filled *= value * np.float32(0.25)
        for channel, strength in enumerate(colour):
            part = picture[channel, rows]
            np.multiply(filled, np.float32(1 - strength), out=part)
            part += np.float32(strength)
            part *= light
    return picture
