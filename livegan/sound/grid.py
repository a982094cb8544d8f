"""Sound as 24 bits hold it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STEPS = np.float32(1 << 23)
"""From 0 to 1."""


def on_grid(block: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 2) samples rounded to 24 bits, -1..1.

    What a show hears is what its journal can keep without loss, so that it can be played again
    with the same bits.
    """
    whole: NDArray[np.float32] = np.clip(np.rint(block * STEPS), -STEPS, STEPS - 1)
    return whole / STEPS
