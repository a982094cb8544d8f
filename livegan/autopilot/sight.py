"""What the autopilot sees: how the picture that is shown looks, and slots that went dead."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIDE = 24
"""Pixels of a side at which pictures are compared."""
LOOKS = 4.0
"""Looks a second."""
BLACK, WHITE, FLAT = 0.02, 0.97, 0.012
"""A picture whose mean is below, above, or that has less contrast, shows nothing."""
DEAD_S = 3.0
"""For how long a slot must show nothing to count as dead."""
VISIBLE = 0.04
"""Mean difference of two pictures, in the range of a colour, that anybody notices."""
LUMA = np.array((0.2126, 0.7152, 0.0722))

Small = NDArray[np.float32]


@dataclass(frozen=True)
class PictureSeen:
    """What is seen at a moment; all numbers 0..1."""

    brightness: float = 0.5
    contrast: float = 0.2
    motion: float = 0.0
    """Mean change between two looks."""
    flicker: float = 0.0
    """Mean change of the brightness of the whole picture between looks, over the last seconds."""
    variety: float = 0.0
    """Mean difference from the pictures of the last half minute."""
    empty: str = ""
    """"black", "white" or "flat" where the window shows nothing."""
    dead: tuple[str, ...] = field(default=())
    """Slots that have shown nothing for some seconds."""


class PictureSight:
    """Looks at pictures, some times a second; `seen` says what it makes of them."""

    def __init__(self) -> None:
        self.seen = PictureSeen()
        self._pictures: deque[tuple[float, Small]] = deque(maxlen=int(30 * LOOKS))
        self._light: deque[float] = deque(maxlen=int(3 * LOOKS))
        self._dead: dict[str, float] = {}
        self._looked = float("-inf")

    def due(self, time: float) -> bool:
        """Whether it is time to look again; in seconds of show time."""
        return time - self._looked >= 1 / LOOKS - 1e-6 or time < self._looked

    def look(self, time: float, window: Any, slots: Mapping[str, Any]) -> PictureSeen:
        """Look at what the window shows and at the slots, each (H, W, 3) uint8."""
        self._looked = time
        small = shrunk(window)
        if self._pictures and self._pictures[-1][1].shape != small.shape:
            self._pictures.clear()  # the canvas has another shape
        light = float((small.mean(axis=(0, 1)) * LUMA).sum())
        self._light.append(light)
        before = self._pictures[-1][1] if self._pictures else small
        motion = float(np.abs(small - before).mean())
        spread = [float(np.abs(small - old).mean()) for _, old in self._pictures]
        self._pictures.append((time, small))
        flicker = float(np.abs(np.diff(self._light)).mean()) if len(self._light) > 1 else 0.0
        for name, picture in slots.items():
            if shows_nothing(shrunk(picture)):
                self._dead.setdefault(name, time)
            else:
                self._dead.pop(name, None)
        gone = [name for name, since in self._dead.items() if time - since >= DEAD_S]
        self.seen = PictureSeen(
            brightness=light,
            contrast=float(small.std()),
            motion=motion,
            flicker=flicker,
            variety=float(np.mean(spread)) if spread else 0.0,
            empty=shows_nothing(small),
            dead=tuple(name for name in gone if name in slots),
        )
        return self.seen


def shrunk(picture: Any) -> Small:
    """(H, W, 3) uint8 → about (24, 24, 3) float32 0..1, every so-many-th pixel, each averaged with
    its neighbours."""
    height, width = picture.shape[:2]
    step_y, step_x = max(1, height // SIDE), max(1, width // SIDE)
    part = picture[: height // step_y * step_y, : width // step_x * step_x]
    rows, columns = part.shape[0] // step_y, part.shape[1] // step_x
    cells = part.reshape(rows, step_y, columns, step_x, 3)
    small: Small = cells.mean(axis=(1, 3), dtype=np.float32) / np.float32(255)
    return small


def shows_nothing(small: Small) -> str:
    """ "black", "white" or "flat", where nothing is to be seen; else empty."""
    mean = float(small.mean())
    if mean < BLACK:
        return "black"
    if mean > WHITE:
        return "white"
    return "flat" if float(small.std()) < FLAT else ""
