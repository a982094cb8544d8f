"""Pitch, and how much of the sound is tones and how much strokes: functions of the last moments.

They cost nothing where no set asks for them, and give the same for the same past, in a show, after
a crash and in a rehearsal.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from livegan.sound import HOP, RATE
from livegan.sound.band import decibels, of_hop
from livegan.sound.hearing.bands import LONG

Array = NDArray[np.float32]

LOWEST_HZ, HIGHEST_HZ = 55.0, 1760.0
"""Between which a pitch is looked for."""
WINDOW = 2048
"""Samples that are compared with those a period earlier: 43 ms."""
_LONGEST = math.ceil(RATE / LOWEST_HZ)
_SHORTEST = math.floor(RATE / HIGHEST_HZ)
SPAN_S = (WINDOW + _LONGEST) / RATE
CLEAR = 0.12
"""The largest difference between two periods, of what unlike sounds differ by."""
_SILENT_DB = -56.0
_COLUMNS = 17
"""Hops, and parts of the spectrum, over which medians are taken."""


class Past(Protocol):
    """A `livegan.sound.history.Sound`."""

    def mono(self, seconds: float) -> Array:
        """(n,), the newest sound."""

    def strip(
        self, compute: Callable[[Any], Any], *, window: int, hop: int, columns: int
    ) -> NDArray[Any]:
        """(columns, ...), newest last."""


def pitch_of(sound: Past) -> float:
    """Hz of the newest 70 ms; 0 where there is no clear pitch.

    YIN (de Cheveigné and Kawahara, "YIN, a Fundamental Frequency Estimator for Speech and Music",
    JASA 2002).
    """
    samples = np.asarray(sound.mono(SPAN_S), np.float64)
    newest = samples[-WINDOW:]
    power = float(newest @ newest) / WINDOW
    if 10.0 * math.log10(power + 1e-12) < _SILENT_DB:
        return 0.0
    # What the window and the one so many samples earlier have in common, and the latter's power.
    size = 4096
    common = np.fft.irfft(np.fft.rfft(samples[::-1], size) * np.fft.rfft(newest[::-1], size).conj())
    added = np.concatenate([[0.0], np.cumsum(samples[::-1] ** 2)])
    lags = np.arange(_LONGEST)
    difference = added[WINDOW] + (added[lags + WINDOW] - added[lags]) - 2.0 * common[:_LONGEST]
    usual = np.cumsum(difference[1:]) / lags[1:]
    unlike = np.concatenate([[1.0], difference[1:] / np.maximum(usual, 1e-12)])
    below = np.flatnonzero(unlike[_SHORTEST:] < CLEAR)
    if not len(below):
        return 0.0
    lag = int(below[0]) + _SHORTEST
    while lag + 1 < _LONGEST and unlike[lag + 1] < unlike[lag]:
        lag += 1
    left, middle, right = (float(unlike[min(lag + i, _LONGEST - 1)]) for i in (-1, 0, 1))
    bend = left - 2.0 * middle + right
    shift = 0.5 * (left - right) / bend if bend > 1e-12 else 0.0
    return RATE / (lag + min(max(shift, -0.5), 0.5))


def note_of(hz: float) -> float:
    """A pitch as the number of its note in MIDI, with the fraction; 0 stays 0."""
    return 69.0 + 12.0 * math.log2(hz / 440.0) if hz > 0.0 else 0.0


def harmonic_of(sound: Past) -> float:
    """Share of tones in the newest 170 ms, 0..1: what lasts, next to what is struck.

    Medians over time keep tones, medians over frequency keep strokes (Fitzgerald,
    "Harmonic/Percussive Separation Using Median Filtering", DAFx 2010).
    """
    columns = sound.strip(of_column, window=LONG, hop=HOP, columns=_COLUMNS)
    power, struck = columns[:, 0].astype(np.float64), columns[:, 1].astype(np.float64)
    whole = power.sum(axis=1)
    if float(decibels(whole.max(keepdims=True))[0]) < _SILENT_DB:
        return 0.0
    lasting = np.median(power, axis=0)
    share = lasting / (lasting + struck + 1e-15)
    return float((power * share).sum() / (power.sum() + 1e-15))


def of_column(samples: Array) -> Array:
    """Power in the parts of a hop's spectrum, and its medians over frequency: (2, parts)."""
    power = of_hop(samples)
    around = np.pad(power, _COLUMNS // 2, mode="edge")
    return np.stack([power, np.median(sliding_window_view(around, _COLUMNS), axis=1)])
