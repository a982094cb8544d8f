"""What is heard where sound stops, until it comes again: no edge, and nothing new."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from livegan.sound.inputs.continuation import HEARD, hiss, predicted, predictor

Array = NDArray[np.float32]

HOLD_S = 0.08
"""Seconds for which sound goes on at its level where nothing follows yet."""
FADE_S = 0.25
"""Seconds in which it fades after that."""
JOIN_S = 0.02
"""Seconds in which it gives way to sound that comes again."""
RETURN_S = 0.4
"""Seconds in which sound rises that comes after silence."""


def ramp(count: int) -> Array:
    """(count,) from 0 to 1, half a turn of a cosine."""
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / count), np.float32)


class Fading:
    """Sound that goes on where nothing follows yet, ever less of it, in parts of any length."""

    def __init__(self, before: Array, rate: int, noise: np.random.Generator) -> None:
        """``before`` is what was heard last, (n, 2)."""
        hold, fade = round(HOLD_S * rate), round(FADE_S * rate)
        self._rate = rate
        self._rest: Array = np.zeros((hold + fade, 2), np.float32)
        past = before[-HEARD:].astype(np.float64)
        for channel in range(2):
            weights = predictor(past[:, channel])
            made = predicted(past[:, channel], weights, hold + fade)
            made += hiss(past[:, channel], weights, hold + fade, noise)
            self._rest[:, channel] = np.clip(made, -1.0, 1.0)
        self._rest[hold:] *= 1 - ramp(fade)[:, None]
        self._at = 0

    def take(self, count: int) -> Array:
        """The next (count, 2)."""
        out: Array = np.zeros((count, 2), np.float32)
        part = self._rest[self._at : self._at + count]
        out[: len(part)] = part
        self._at += count
        return out

    @property
    def joining(self) -> int:
        """Samples in which it gives way."""
        over = self._at >= len(self._rest)
        return round((RETURN_S if over else JOIN_S) * self._rate)
