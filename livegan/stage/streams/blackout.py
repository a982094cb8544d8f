"""The blackout: the performer's fade to black and back. Pure; every look receives the time."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

SECONDS = 0.7
"""Of the whole fade."""
LONGEST_STEP = 0.1
"""Seconds of the fade in one look: a machine that stalls does not jump to the end of it."""


@dataclass(frozen=True)
class Blackout:
    """How dark the picture is. Immutable: `look` gives the next."""

    darkness: float = 0.0
    """0 is the picture, 1 is black."""
    now: float = float("-inf")

    def look(self, now: float, black: bool) -> Blackout:
        """At ``now`` (s), where the performer asks for black or not."""
        step = min(max(0.0, now - self.now), LONGEST_STEP) / SECONDS
        change = step if black else -step
        return Blackout(min(1.0, max(0.0, self.darkness + change)), now)


def darkened(pixels: Pixels, darkness: float) -> Pixels:
    """A (H, W, 3) picture, darkened by 0..1; itself at 0."""
    if darkness <= 0:
        return pixels
    if darkness >= 1:
        return _black(pixels.shape)
    table = (np.arange(256) * (1 - darkness) + 0.5).astype(np.uint8)
    return np.asarray(Image.fromarray(pixels).point(table.tolist() * 3))


@functools.lru_cache(maxsize=4)
def _black(shape: tuple[int, ...]) -> Pixels:
    black: Pixels = np.zeros(shape, np.uint8)
    black.flags.writeable = False
    return black
