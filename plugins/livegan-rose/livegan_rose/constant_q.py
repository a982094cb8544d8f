"""How loud each note is, by the constant-Q transform."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

RATE = 48000
HOP = 480
OCTAVES = 7
STEPS = 36
"""Bins in an octave, three to a semitone."""
LOWEST = 65.406
"""Hz: C, two octaves below the middle one."""
WINDOW = 16384
FLOOR, SPAN = -62.0, 50.0
"""In decibels: what is not drawn at all, and how far above it is full light."""


def constant_q(samples: Array) -> Array:
    """(OCTAVES * STEPS,) loudness of the notes at the end of (WINDOW, 2) samples, 0..1.

    Each bin is as wide as its note's pitch is high, computed from one transform with kernels that
    are sparse in frequency (Brown & Puckette 1992); none is longer than the window.
    """
    index, weights, starts = kernels()
    spectrum = np.fft.rfft((samples[:, 0] + samples[:, 1]) * np.float32(0.5))
    sums = np.add.reduceat(spectrum[index] * weights, starts)
    decibels = 20 * np.log10(np.abs(sums) + 1e-9)
    # What is loud beside its neighbours is a note; what all bins have alike is noise.
    around = np.convolve(np.pad(decibels, 9, mode="edge"), np.ones(19) / 19, mode="valid")
    loud = (decibels - FLOOR) / SPAN * np.clip((decibels - around - 1) / 11, 0, 1)
    return np.clip(loud, 0, 1).astype(np.float32)


@lru_cache(maxsize=1)
def kernels() -> tuple[NDArray[np.intp], NDArray[np.complex128], NDArray[np.intp]]:
    """Bins of the transform that all kernels take, one kernel after another; their weights; where
    each kernel begins.

    The first frame of a show waits for this: so they are not transformed, but written down.
    """
    quality = 1 / (2 ** (1 / STEPS) - 1)
    index: list[NDArray[np.intp]] = []
    weights: list[NDArray[np.complex128]] = []
    starts: list[int] = []
    for each in range(OCTAVES * STEPS):
        hertz = LOWEST * 2 ** (each / STEPS)
        length = min(WINDOW, round(quality * RATE / hertz))
        # A Hann window's light falls within two of its own bins.
        middle, reach = hertz / RATE * WINDOW, 2 * WINDOW / length
        used = np.arange(max(0, round(middle - reach)), round(middle + reach) + 1)
        away = used / WINDOW - hertz / RATE
        spread = hann(away, length) * np.exp(-2j * np.pi * away * (WINDOW - length))
        starts.append(sum(len(other) for other in index))
        index.append(used)
        weights.append(np.conj(spread) * (2 / length / WINDOW))
    return np.concatenate(index), np.concatenate(weights), np.array(starts)


def hann(cycles: NDArray[np.float64], length: int) -> NDArray[np.complex128]:
    """The transform of a Hann window of that length, at so many cycles a sample."""

    def box(at: NDArray[np.float64]) -> NDArray[np.complex128]:
        half = np.exp(-1j * np.pi * at * (length - 1))
        return np.asarray(half * length * np.sinc(at * length) / np.sinc(at))

    side = 1 / length
    return 0.5 * box(cycles) - 0.25 * (box(cycles - side) + box(cycles + side))
