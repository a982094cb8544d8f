"""Bass drum and snare drum."""

from __future__ import annotations

from collections import deque

import numpy as np

from livegan.sound import HOP, RATE
from livegan.sound.bands import DRUM_BANDS, Frame
from livegan.sound.loudness import Reference, decibels

_HOP_S = HOP / RATE


class Drums:
    """:meth:`step` gives ``((strength, age) or None)`` for kick and snare."""

    def __init__(self) -> None:
        self._reference = Reference(-55.0, fall_db=3.0 * _HOP_S)
        self._past = deque([np.zeros(DRUM_BANDS)] * 3, maxlen=3)
        self._threshold = [0.3, 0.3]
        self._wait = [0, 0]

    def step(self, frame: Frame) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
        reference = self._reference.step(decibels(float(frame.drum.sum())))
        bands = np.log1p(np.sqrt(frame.drum) * 30.0 * 10.0 ** (-reference / 20.0))
        rise = np.maximum(bands - self._past[0], 0.0)
        self._past.append(bands)
        found: list[tuple[float, float] | None] = []
        for i, part in enumerate((slice(0, 6), slice(14, 30))):
            value = float(rise[part].mean())
            self._wait[i] = max(0, self._wait[i] - 1)
            self._threshold[i] = max(0.35, self._threshold[i] * 0.985)
            if value > self._threshold[i] and not self._wait[i]:
                self._wait[i], self._threshold[i] = 10, value
                found.append((min(1.0, value), 2.0 * _HOP_S))
            else:
                found.append(None)
        return found[0], found[1]
