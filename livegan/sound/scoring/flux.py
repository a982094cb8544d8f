"""The plain detector that livegan's is compared with: spectral flux in one band.

What every live tool with a "beat" knob does, done carefully: rises of the band's magnitude over
20 ms, above a limit that falls by 1 % a hop and is at least a third of the strongest rise lately.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from livegan.sound import HOP, RATE
from livegan.sound.hearing.bands import LONG, Array, Spectrum

LOW_HZ, HIGH_HZ = (20.0, 150.0), (2000.0, 8000.0)
"""Bands for kicks and for snares."""
_PAUSE = 10  # hops between strokes


def flux_times(blocks: Iterable[Array], band: tuple[float, float]) -> list[float]:
    """Seconds of strokes in blocks of sound, (n, 2) float32 at 48 kHz."""
    first, last = (round(hz * LONG / RATE) for hz in band)
    spectrum, rest = Spectrum(), np.zeros((0, 2), np.float32)
    before = [np.zeros(last - first, np.float32)] * 2
    times: list[float] = []
    limit, strongest, told, hop = 0.0, 1e-9, -_PAUSE, 0
    for block in blocks:
        rest = np.concatenate([rest, block])
        whole = len(rest) // HOP * HOP
        for start in range(0, whole, HOP):
            level = np.sqrt(spectrum.step(rest[start : start + HOP]).long[first:last])
            rise = float(np.maximum(level - before[0], 0.0).sum())
            before = [before[1], level]
            strongest = max(strongest * 0.9995, rise)
            limit = max(limit * 0.99, 0.35 * strongest)
            if rise > limit and hop - told > _PAUSE:
                times.append(max(0.0, (hop - 1) * HOP / RATE))
                limit, told = rise, hop
            hop += 1
        rest = rest[whole:]
    return times
