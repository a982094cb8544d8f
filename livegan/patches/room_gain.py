"""How loud the room hears a patch: all or nothing, and 50 ms between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from livegan.sound import HOP

STEP = 0.2
"""Of a hop: five hops from nothing to all."""


class RoomGain:
    """The gain of one patch, hop after hop. It begins silent."""

    def __init__(self) -> None:
        self._now = 0.0

    def step(self, audible: bool) -> NDArray[np.float32] | float:
        """The gain over the next hop, (480, 1) where it changes, else one number."""
        before, wanted = self._now, float(audible)
        if before == wanted:
            return wanted
        self._now = min(before + STEP, 1.0) if audible else max(before - STEP, 0.0)
        if abs(self._now - wanted) < STEP / 2:
            self._now = wanted
        return np.linspace(before, self._now, HOP, dtype=np.float32)[:, None]
