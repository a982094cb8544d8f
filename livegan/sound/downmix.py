"""Any number of channels to two."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

HALF_POWER = 2**-0.5

# (left, right) by channel, after ITU-R BS.775 table 2: centre and surrounds at -3 dB; the low
# frequency effects are not part of a downmix.
WEIGHTS: dict[str, tuple[float, float]] = {
    "FL": (1, 0),
    "FR": (0, 1),
    "FC": (HALF_POWER, HALF_POWER),
    "LFE": (0, 0),
    "LFE2": (0, 0),
    "BL": (HALF_POWER, 0),
    "BR": (0, HALF_POWER),
    "BC": (0.5, 0.5),
    "SL": (HALF_POWER, 0),
    "SR": (0, HALF_POWER),
    "FLC": (1, 0),
    "FRC": (0, 1),
    "WL": (1, 0),
    "WR": (0, 1),
    "TFL": (HALF_POWER, 0),
    "TFR": (0, HALF_POWER),
    "TFC": (0.5, 0.5),
    "TBL": (HALF_POWER, 0),
    "TBR": (0, HALF_POWER),
    "TBC": (0.5, 0.5),
    "TC": (0.5, 0.5),
    "DL": (1, 0),
    "DR": (0, 1),
}

# The order of channels where a file does not say (WAVE_FORMAT_EXTENSIBLE's).
ORDERS: dict[int, tuple[str, ...]] = {
    3: ("FL", "FR", "FC"),
    4: ("FL", "FR", "BL", "BR"),
    5: ("FL", "FR", "FC", "BL", "BR"),
    6: ("FL", "FR", "FC", "LFE", "BL", "BR"),
    7: ("FL", "FR", "FC", "LFE", "BC", "SL", "SR"),
    8: ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
}


def to_stereo(samples: Array, channels: tuple[str, ...] = ()) -> Array:
    """(n, c) float32 to (n, 2).

    One channel goes to both sides, two stay, more are mixed by where they stand and scaled so that
    the mix cannot clip. ``channels`` names them as FFmpeg does (``FL``, ``FC``, ``LFE``...); if it
    is empty or unknown, the usual order for that many is taken, and past eight channels those with
    even numbers go left and the others right.
    """
    count = samples.shape[1]
    if count == 1:
        return np.repeat(samples, 2, axis=1)
    if count == 2:
        return samples
    return np.asarray(samples @ matrix(count, channels), np.float32)


@functools.cache
def matrix(count: int, channels: tuple[str, ...]) -> Array:
    """(count, 2) float32; the columns add up to at most 1."""
    if len(channels) != count or not all(name in WEIGHTS for name in channels):
        channels = ORDERS.get(count) or tuple("FL" if i % 2 == 0 else "FR" for i in range(count))
    weights = np.array([WEIGHTS[name] for name in channels], np.float64)
    scaled: Array = (weights / max(1.0, weights.sum(axis=0).max())).astype(np.float32)
    return scaled
