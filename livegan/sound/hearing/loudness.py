"""Loudness as light: level, low, mid and high with slow automatic gain and a silence gate.

Each is a range of decibels below the loudest of the last while, so quiet music plays the picture
as well as loud music does; but the gain has a floor, and a gate below it: hiss stays dark, and a
fade-out goes dark because the gain recovers far slower than a fade falls.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from livegan.sound import HOP, RATE
from livegan.sound.hearing.bands import LONG, SHORT, BandFrame

_HOP_S = HOP / RATE
_EDGES_HZ = (20.0, 160.0, 2000.0, 16000.0)
RANGE_DB = (9.0, 32.0)
MIDDLE = 0.33  # of the range: how far below the loudest the usual loudness is drawn
USUAL_S = 4.0  # over which the usual loudness is averaged
_USUAL = 1.0 - math.exp(-_HOP_S / USUAL_S)
FLOOR_DB = -40.0  # the gain is never higher than for sound that peaks here
SPREAD_DB = 22.0  # nor for a band that far below the whole: hum is not a bass line
FALL_DB_S = 0.7  # how fast the gain recovers
_FALL_DB = FALL_DB_S * _HOP_S
_RISE = 1.0 - math.exp(-_HOP_S / 0.15)
RELEASE_S = 0.07
_RELEASE = math.exp(-_HOP_S / RELEASE_S)
GATE_DB = (-56.0, -46.0)  # closed below, open above; a full-scale sine is 0
_SILENCE = 1e-12
_CENTROID_HZ = (50.0, 12000.0)


def decibels(power: float) -> float:
    """``10 log10(power)``, at least -120."""
    return 10.0 * math.log10(power) if power > _SILENCE else -120.0


def ear(hz: NDArray[np.floating]) -> NDArray[np.float32]:
    """Weights of frequencies: the ear's (and BS.1770's) disregard of the lowest octave."""
    return (hz**2 / (hz**2 + 60.0**2)).astype(np.float32)


class Reference:
    """The loudest of the last while in dB: rises fast, falls slowly, never below a floor."""

    def __init__(
        self,
        floor_db: float,
        fall_db: float = _FALL_DB,
        rise: float = _RISE,
        start_db: float = -24.0,
    ) -> None:
        self.floor_db, self.fall_db, self.rise = floor_db, fall_db, rise
        self.db = max(floor_db, start_db)

    def step(self, level_db: float, floor_db: float = -120.0) -> float:
        """Take the loudness of a hop and give the reference."""
        if level_db > self.db:
            self.db += self.rise * (level_db - self.db)
        else:
            self.db -= self.fall_db
        self.db = max(self.db, self.floor_db, floor_db)
        return self.db


class Range:
    """How many dB are drawn: few for a mastered wall of sound, so that it still moves."""

    def __init__(self) -> None:
        self.below_db = 8.0

    def step(self, below_db: float) -> float:
        """Take how far below the loudest a hop is, and give the range in dB."""
        if below_db < RANGE_DB[1]:
            self.below_db += _USUAL * (below_db - self.below_db)
        return min(RANGE_DB[1], max(RANGE_DB[0], self.below_db / MIDDLE))


class Loudness:
    """:meth:`step` gives (level, low, mid, high, centroid), each 0..1."""

    def __init__(self) -> None:
        long_hz = np.arange(LONG // 2 + 1) * (RATE / LONG)
        short_hz = np.arange(SHORT // 2 + 1) * (RATE / SHORT)
        self._low = slice(
            int(np.searchsorted(long_hz, _EDGES_HZ[0])), self._bin(_EDGES_HZ[1], LONG)
        )
        # The long transform: a bass note must not leak from the short one's wide bins.
        self._mid = slice(self._bin(_EDGES_HZ[1], LONG), self._bin(_EDGES_HZ[2], LONG))
        self._high = slice(self._bin(_EDGES_HZ[2], SHORT), self._bin(_EDGES_HZ[3], SHORT))
        self._weight = ear(long_hz)
        low, high = (math.log2(hz) for hz in _CENTROID_HZ)
        octave = (np.log2(np.maximum(short_hz, 20.0)) - low) / (high - low)
        self._octave = np.clip(octave, 0.0, 1.0).astype(np.float32)
        self._references = [Reference(FLOOR_DB, start_db=FLOOR_DB) for _ in range(4)]
        self._ranges = [Range() for _ in range(4)]
        self._values = [0.0] * 4
        self._centroid = 0.5

    @staticmethod
    def _bin(hz: float, length: int) -> int:
        return round(hz * length / RATE)

    def step(self, frame: BandFrame) -> tuple[float, float, float, float, float]:
        """Take the spectrum of a hop; all zeros but the centroid, which holds, in silence."""
        whole = float(np.dot(self._weight, frame.long))
        low = float(frame.long[self._low].sum())
        mid = float(frame.long[self._mid].sum())
        high = float(frame.short[self._high].sum())
        total_db = decibels(whole)
        gate = (decibels(max(whole, low)) - GATE_DB[0]) / (GATE_DB[1] - GATE_DB[0])
        gate = min(1.0, max(0.0, gate))
        floor_db = -120.0
        for i, db in enumerate((total_db, decibels(low), decibels(mid), decibels(high))):
            reference = self._references[i].step(db, floor_db)
            if i == 0:
                floor_db = reference - SPREAD_DB
            below = max(0.0, reference - db)
            value = max(0.0, 1.0 - below / self._ranges[i].step(below)) ** 1.6 * gate
            value = max(value, self._values[i] * _RELEASE)
            self._values[i] = value if value > 1e-4 else 0.0
        if gate > 0.0:
            magnitude = np.sqrt(frame.short[1:])
            weight = float(magnitude.sum())
            if weight > 1e-6:
                target = float(np.dot(magnitude, self._octave[1:])) / weight
                self._centroid += 0.18 * gate * (target - self._centroid)
        level, low, mid, high = self._values
        return level, low, mid, high, self._centroid
