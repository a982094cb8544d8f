"""Loudness of any band of frequencies: a function of the last minute of sound alone.

`livegan.sound.hearing.loudness` follows its bands from the start of a show.  A band that a save has
just named has no such past, so each of its averages is written here as a sum or a maximum over the
minute that the show keeps: the picture is the same in a show, after a crash, and in a rehearsal.
Gain, range, gate and release are those of ``low``, ``mid`` and ``high``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from livegan.sound import HOP, RATE
from livegan.sound.hearing.bands import LONG, SHORT
from livegan.sound.hearing.loudness import (
    FALL_DB_S,
    FLOOR_DB,
    GATE_DB,
    MIDDLE,
    RANGE_DB,
    RELEASE_S,
    SPREAD_DB,
    USUAL_S,
    ear,
)

Array = NDArray[np.float64]

LOWEST, HIGHEST = 20.0, 20000.0
"""Hz that a band can begin and end at."""

_COLUMN = RATE // 20
"""Samples over which the reference is measured: about as long as a hop's window."""
_COLUMNS = 1200
"""A minute of them: the reference falls 42 dB in it, from full scale to its floor."""
_UNDER_DB = 1.0
"""By how much the reference stays below the loudest column: that of ``low`` follows it gently, and
does not reach a single stroke."""
_HOPS = 64
"""Hops after which a stroke has faded."""
_SHORT_HZ = 2000.0
"""Above this the shorter window is used, as ``high`` does."""
BASS_HZ = (20.0, 160.0)
"""Bass alone opens the gate, too."""
_BEFORE = 0.05
"""Weight of the usual distance from the loudest that is taken before anything was heard."""
_BEFORE_DB = 8.0

_age = np.arange(_COLUMNS)[::-1] * (_COLUMN / RATE)
_RECENT = np.exp(-_age / USUAL_S) * (1.0 - np.exp(-_COLUMN / RATE / USUAL_S))
_FALL = FALL_DB_S * _COLUMN / RATE * np.arange(_COLUMNS)
_FADED = np.exp(-np.arange(_HOPS)[::-1] * (HOP / RATE) / RELEASE_S)


def refusal(low: float, high: float) -> str:
    """Why there is no such band; empty if there is."""
    if LOWEST <= low < high <= HIGHEST:
        return ""
    return (
        f"a band goes from a lower to a higher frequency, between {LOWEST:g} and {HIGHEST:g} Hz, "
        f"got {low:g} and {high:g}"
    )


class Spectra(Protocol):
    """A `livegan.sound.history.Sound`: where it ends, and windows of it, computed once each."""

    position: int

    def strip(
        self, compute: Callable[[Any], Any], *, window: int, hop: int, columns: int
    ) -> NDArray[Any]:
        """(columns, ...), newest last."""


class Bands:
    """What all bands at the end of ``sound`` have in common, measured once."""

    def __init__(self, sound: Spectra) -> None:
        self._minute = sound.strip(of_column, window=_COLUMN, hop=_COLUMN, columns=_COLUMNS)
        self._newest = sound.strip(of_hop, window=LONG, hop=HOP, columns=_HOPS)
        whole = decibels(added(self._minute, _WHOLE))
        self._floor = np.maximum(loudest(whole) - SPREAD_DB, FLOOR_DB)
        heard = decibels(np.maximum(*(added(self._newest, gate) for gate in _GATES)))
        self._gate = ((heard - GATE_DB[0]) / (GATE_DB[1] - GATE_DB[0])).clip(0.0, 1.0) * _FADED
        # The column that was whole when a hop ended, for each of the newest hops.
        ends = sound.position - np.arange(_HOPS)[::-1] * HOP
        self._column = ends // _COLUMN - sound.position // _COLUMN + _COLUMNS - 1
        self._known: dict[tuple[float, float], float] = {}

    def loudness(self, low: float, high: float) -> float:
        """Loudness of the band from ``low`` to ``high`` Hz, 0..1.

        Raises
        ------
        ValueError
            If there is no such band.
        """
        if (low, high) not in self._known:
            why = refusal(low, high)
            if why:
                raise ValueError(why)
            self._known[low, high] = self._loudness(low, high)
        return self._known[low, high]

    def _loudness(self, low: float, high: float) -> float:
        (these, share), (those, part) = weights_of(low, high)
        band = decibels(added(self._minute[:, these], share))
        newest = decibels(added(self._newest[:, those], part))
        reference = np.maximum(loudest(band) - _UNDER_DB, self._floor)
        below = np.maximum(reference - band, 0.0)
        drawn = np.where(below < RANGE_DB[1], _RECENT, 0.0)
        # As of each of the last columns: older ones count for less, by as much for each.
        far = int(self._column[0])
        later = np.exp(_age[far:] / USUAL_S)
        usual = np.cumsum(drawn * below)[far:] * later + _BEFORE * _BEFORE_DB
        usual /= np.cumsum(drawn)[far:] * later + _BEFORE
        ranges = (usual / MIDDLE).clip(*RANGE_DB)
        distance = np.maximum(reference[self._column] - newest, 0.0)
        values = np.maximum(1.0 - distance / ranges[self._column - far], 0.0) ** 1.6
        value = float((values * self._gate).max())
        return value if value > 1e-4 else 0.0


def loudest(decibels_: Array) -> Array:
    """The loudest so far, falling, of each column."""
    reference: Array = np.maximum.accumulate(decibels_ + _FALL) - _FALL
    return reference


def added(power: NDArray[Any], weights: NDArray[np.float32]) -> Array:
    """Power in each column, (columns,), from (columns, parts). Not by a matrix product: with other
    threads that adds up in another order, and gives other bits."""
    found: Array = np.einsum("cp,p->c", power, weights, dtype=np.float64)
    return found


def decibels(power: Array) -> Array:
    """Power as dB, at least -120."""
    found: Array = 10.0 * np.log10(np.maximum(power, 1e-12))
    return found


def of_column(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Power in each part of the spectrum of a column: (4800, 2) → (parts,)."""
    if not samples.any():
        return np.zeros(len(_MINUTE) - 1, np.float32)
    return np.add.reduceat(spectrum(samples.T), _WIDE)[:-1]


def of_hop(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Likewise of a hop, with the windows of the analysis: (2048, 2) → (parts,)."""
    if not samples.any():
        return np.zeros(len(_NEWEST) - 1, np.float32)
    low = np.add.reduceat(spectrum(samples.T), _LOW)[:-1]
    high = np.add.reduceat(spectrum(samples[LONG - SHORT :].T), _HIGH)[:-1]
    return np.concatenate([low, high])


def spectrum(channels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean power spectrum of (2, n), (n // 2 + 1,); a full-scale sine has power 1."""
    window, scale = window_of(channels.shape[1])
    found = np.fft.rfft(channels * window)
    power: NDArray[np.float32] = (found.real**2 + found.imag**2).mean(axis=0) * scale
    return power


@functools.cache
def window_of(length: int) -> tuple[NDArray[np.float32], np.float32]:
    """A window, and what makes the lobe of a full-scale sine add up to 1."""
    window = np.hanning(length + 1)[:length].astype(np.float32)
    return window, np.float32(4.0 / (np.sum(window**2) * length))


def parts(low: float, high: float, length: int) -> NDArray[np.intp]:
    """Bins at which parts of a spectrum begin, and where the last ends: single bins, and a quarter
    tone where that is wider."""
    hz = low * 2.0 ** np.arange(0, np.log2(high / low) + 1 / 24, 1 / 24)
    bins: NDArray[np.intp] = np.unique(np.round(hz * length / RATE).astype(np.intp))
    return bins


def edges_of(bins: NDArray[np.intp], length: int) -> Array:
    """The same in Hz: a bin reaches half way to its neighbours."""
    found: Array = (bins.astype(np.float64) - 0.5) * (RATE / length)
    return found


_WIDE = parts(LOWEST, HIGHEST, _COLUMN)
_LOW, _HIGH = parts(LOWEST, _SHORT_HZ, LONG), parts(_SHORT_HZ, HIGHEST, SHORT)
_MINUTE = edges_of(_WIDE, _COLUMN)
_NEWEST = np.concatenate([edges_of(_LOW, LONG)[:-1], edges_of(_HIGH, SHORT)])


def shares(low: float, high: float, edges: Array) -> NDArray[np.float32]:
    """What each part counts in a band: of one at its edge, as much as is inside."""
    width = np.minimum(edges[1:], high) - np.maximum(edges[:-1], low)
    return np.clip(width / np.diff(edges), 0.0, 1.0).astype(np.float32)


def inside(weights: NDArray[np.float32]) -> tuple[slice, NDArray[np.float32]]:
    """Weights without the zeros on both sides, and where they lie."""
    first, *_, last = [*np.flatnonzero(weights)[[0, -1]]]
    these = slice(int(first), int(last) + 1)
    return these, weights[these]


@functools.lru_cache(maxsize=256)
def weights_of(low: float, high: float) -> list[tuple[slice, NDArray[np.float32]]]:
    """Of the parts of a minute, and of those of the newest hops."""
    return [inside(shares(low, high, edges)) for edges in (_MINUTE, _NEWEST)]


def middle(edges: Array) -> Array:
    """Hz in the middle of each part."""
    found: Array = edges[:-1] + np.diff(edges) / 2
    return found


_WHOLE = ear(middle(_MINUTE))
_GATES = np.stack([ear(middle(_NEWEST)), shares(*BASS_HZ, _NEWEST)])
