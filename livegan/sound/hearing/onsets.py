"""Onsets of any kind: spectral flux that vibrato does not fool.

SuperFlux (Böck and Widmer, "Maximum Filter Vibrato Suppression for Onset Detection", DAFx 2013),
made causal: one hop of look-ahead for the peak, and a reference for loudness that is the recent
past's instead of the recording's.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from livegan.sound import HOP, RATE
from livegan.sound.hearing.bands import FINE_BANDS, Array, BandFrame
from livegan.sound.hearing.loudness import Reference, decibels

_HOP_S = HOP / RATE
_LAG = 2  # hops between the frames that are compared: the short window's length
_COMPRESSION = 200.0
_DELTA = 0.035
_WAIT = 4  # hops between onsets
_GATE_DB = -56.0


class Envelope:
    """Jumps to the strength of an attack and falls to a tenth in 150 ms."""

    _FALL = 10.0 ** (-_HOP_S / 0.15)

    def __init__(self) -> None:
        self.value = 0.0

    def step(self, strength: float) -> float:
        """``strength`` is 0 where nothing was struck."""
        value = max(strength, self.value * self._FALL)
        self.value = value if value > 1e-3 else 0.0
        return self.value


class Onsets:
    """:meth:`step` takes a frame and gives ``(strength, age)`` of an onset, or None.

    ``strength`` is 0..1 and ``age`` the seconds from the attack to the end of this hop, about
    0.03.  ``flux`` is the newest value of the onset function, before peaks are picked.
    """

    def __init__(self) -> None:
        self._past: deque[Array] = deque(
            [np.zeros(FINE_BANDS, np.float32) for _ in range(_LAG)], maxlen=_LAG
        )
        self._recent: deque[float] = deque([0.0] * 16, maxlen=16)
        self._reference = Reference(-55.0, fall_db=2.0 * _HOP_S)
        self._strongest = 0.15
        self._wait = 0
        self.flux = 0.0

    def step(self, frame: BandFrame) -> tuple[float, float] | None:
        db = decibels(float(frame.fine.sum()))
        gain = _COMPRESSION * 10.0 ** (-self._reference.step(db) / 20.0)
        bands = np.log1p(np.sqrt(frame.fine) * np.float32(gain))
        before = self._past[0]
        widest = before.copy()
        np.maximum(widest[1:], before[:-1], out=widest[1:])
        np.maximum(widest[:-1], before[1:], out=widest[:-1])
        self._past.append(bands)
        self.flux = float(np.maximum(bands - widest, 0.0).sum()) / FINE_BANDS
        if db < _GATE_DB:
            self.flux = 0.0
        return self._pick()

    def _pick(self) -> tuple[float, float] | None:
        recent = self._recent
        recent.append(self.flux)
        self._strongest = max(self._strongest * 0.9985, 0.15)
        self._wait = max(0, self._wait - 1)
        peak = recent[-2]
        mean = math.fsum(list(recent)[:-2]) / (len(recent) - 2)
        local = peak >= recent[-1] and peak >= recent[-3] and peak >= recent[-4]
        if not local or self._wait or peak < 1.5 * mean + _DELTA * (1.0 + 4.0 * self._strongest):
            return None
        self._wait = _WAIT
        self._strongest = max(self._strongest, peak)
        return min(1.0, peak / self._strongest), 3.0 * _HOP_S
