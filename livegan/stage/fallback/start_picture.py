"""The start picture: what is seen until the engine's first. Calm, slow, and never black."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

HEIGHT = 40  # rows; the window scales it up smoothly, so few are enough
DARKEST = 24
COLOURS = np.array([[38, 30, 84], [24, 92, 110], [128, 52, 96]], np.float32)


def start_picture(seconds: float, aspect: float) -> NDArray[np.uint8]:
    """Slow fields of three colours at a time: (40, W, 3) uint8, all values above 23.

    ``aspect`` is width over height, of the window.
    """
    width = max(8, min(160, round(HEIGHT * aspect)))
    y, x = np.mgrid[0:HEIGHT, 0:width].astype(np.float32) / HEIGHT

    def turned(rate: float) -> float:
        """``rate`` radians a second, within one turn, so that float32 never gets coarse."""
        return math.remainder(rate * seconds, math.tau)

    fields = np.stack(
        [
            np.sin(2.1 * x + turned(0.31) + 1.3 * np.sin(1.7 * y - turned(0.23))),
            np.sin(2.9 * y - turned(0.27) + 1.1 * np.sin(1.9 * x + turned(0.19))),
            np.sin(1.6 * (x + y) + turned(0.17) + 1.7 * np.sin(1.2 * (x - y) - turned(0.13))),
        ],
        axis=-1,
    )
    shares = (0.5 + 0.5 * fields) ** 2
    picture = DARKEST + shares @ COLOURS
    return np.minimum(picture, 255).astype(np.uint8)
