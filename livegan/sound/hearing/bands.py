"""The spectrum of the newest sound in bands, one row a hop.

Two transforms look at the same moment: a long one (43 ms) that can tell a bass note from its
neighbour, and a short one (21 ms) that can tell when something was struck.  Every hop is computed
by itself from the same number of samples, so how the sound was cut into blocks cannot show.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from livegan.sound import HOP, RATE

Array = NDArray[np.float32]

LONG = 2048
SHORT = 1024
CROSSOVER_HZ = 450.0


def _edges(low: float, high: float, per_octave: float, length: int) -> NDArray[np.intp]:
    """FFT bins where bands begin (and the last ends): strictly rising, log-spaced at best."""
    count = round(np.log2(high / low) * per_octave)
    hz = low * 2.0 ** (np.arange(count + 1) * np.log2(high / low) / count)
    return np.unique(np.round(hz * length / RATE).astype(np.intp))


# Bands of the drum detector: single bins of the long transform where bass drum and bass guitar
# meet, the lowest bins of the short one for their attack, a third of an octave above.
_DRUM_LONG = np.concatenate([np.arange(1, 9), _edges(211.0, CROSSOVER_HZ, 3, LONG)])
_DRUM_SHORT = np.concatenate([np.arange(1, 4), [4, 6, 8], _edges(CROSSOVER_HZ, 16000.0, 3, SHORT)])
DRUM_BANDS = len(_DRUM_LONG) - 1 + len(_DRUM_SHORT) - 1

# Likewise of the network with a memory, finer above.
_KIT_LONG = np.concatenate([np.arange(1, 10), _edges(234.0, CROSSOVER_HZ, 4, LONG)])
_KIT_SHORT = np.concatenate([np.arange(1, 4), [4, 6, 8], _edges(CROSSOVER_HZ, 16000.0, 5, SHORT)])
KIT_BANDS = len(_KIT_LONG) - 1 + len(_KIT_SHORT) - 1

# Bands of the onset function: a semitone wide where the transform allows (Böck & Widmer use a
# quarter tone at 46 ms; wider bands suit the shorter window).
_FINE_LONG = _edges(60.0, CROSSOVER_HZ, 12, LONG)
_FINE_SHORT = _edges(CROSSOVER_HZ, 16000.0, 12, SHORT)
FINE_BANDS = len(_FINE_LONG) - 1 + len(_FINE_SHORT) - 1

_WINDOW_LONG = np.hanning(LONG + 1)[:LONG].astype(np.float32)
_WINDOW_SHORT = np.hanning(SHORT + 1)[:SHORT].astype(np.float32)
# A full-scale sine has power 1 when its lobe is summed, whatever the window's length.
_SCALE_LONG = np.float32(4.0 / (np.sum(_WINDOW_LONG**2) * LONG))
_SCALE_SHORT = np.float32(4.0 / (np.sum(_WINDOW_SHORT**2) * SHORT))


@dataclass(frozen=True)
class BandFrame:
    """Power of one hop; 1 is a full-scale sine.

    ``long`` is (1025,), ``short`` (513,), mean of both channels' power, so that sound in opposite
    phase counts; ``drum`` is (DRUM_BANDS,), ``kit`` (KIT_BANDS,), ``fine`` (FINE_BANDS,).
    """

    long: Array
    short: Array
    drum: Array
    kit: Array
    fine: Array


def powers(windows: Array) -> tuple[Array, Array]:
    """Power spectra ``(..., 1025)`` and ``(..., 513)`` of ``(..., channels, LONG)`` windows."""
    long = np.fft.rfft(windows * _WINDOW_LONG)
    short = np.fft.rfft(windows[..., LONG - SHORT :] * _WINDOW_SHORT)
    p_long = (long.real**2 + long.imag**2).mean(axis=-2) * _SCALE_LONG
    p_short = (short.real**2 + short.imag**2).mean(axis=-2) * _SCALE_SHORT
    return p_long.astype(np.float32), p_short.astype(np.float32)


def drum_bands(long: Array, short: Array) -> Array:
    """Band powers ``(..., DRUM_BANDS)`` of the drum detector from :func:`powers`."""
    low = np.add.reduceat(long[..., : _DRUM_LONG[-1]], _DRUM_LONG[:-1], axis=-1)
    high = np.add.reduceat(short[..., : _DRUM_SHORT[-1]], _DRUM_SHORT[:-1], axis=-1)
    return np.concatenate([low, high], axis=-1)


def kit_bands(long: Array, short: Array) -> Array:
    """Band powers ``(..., KIT_BANDS)`` of the network with a memory from :func:`powers`."""
    low = np.add.reduceat(long[..., : _KIT_LONG[-1]], _KIT_LONG[:-1], axis=-1)
    high = np.add.reduceat(short[..., : _KIT_SHORT[-1]], _KIT_SHORT[:-1], axis=-1)
    return np.concatenate([low, high], axis=-1)


def fine_bands(long: Array, short: Array) -> Array:
    """Band powers ``(..., FINE_BANDS)`` of the onset function from :func:`powers`."""
    low = np.add.reduceat(long[..., : _FINE_LONG[-1]], _FINE_LONG[:-1], axis=-1)
    high = np.add.reduceat(short[..., : _FINE_SHORT[-1]], _FINE_SHORT[:-1], axis=-1)
    return np.concatenate([low, high], axis=-1)


class Spectrum:
    """The running spectrum: :meth:`step` takes a hop and gives its :class:`BandFrame`."""

    def __init__(self) -> None:
        self._window = np.zeros((2, LONG), np.float32)

    def step(self, hop: Array) -> BandFrame:
        """``hop`` is (480, 2) float32; the frame looks at the 2048 samples that end with it."""
        window = self._window
        window[:, :-HOP] = window[:, HOP:].copy()
        window[:, -HOP:] = hop.T
        long, short = powers(window)
        drum, kit = drum_bands(long, short), kit_bands(long, short)
        return BandFrame(long, short, drum, kit, fine_bands(long, short))
