"""The pitch of everything over the last seconds: a mel spectrogram."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.builtin.encoders.drawing import Array, centres, scrolled, steps
from livegan.plugin import param

HOP = 960
WINDOW = 4096
BANDS = 128
LOWEST, HIGHEST = 30.0, 16000.0
FLOOR, SPAN = -72.0, 60.0
TILT = 3.0
"""Decibels an octave that music falls by, given back so that the upper half is not dark."""


def spectrum(
    sound: Any,
    *,
    size: tuple[int, int],
    seconds: float = param(10.0, 1.0, 50.0, "how much of the past is shown", unit="s"),
    gain: float = param(0.0, -40.0, 40.0, "gain of the whole spectrum", unit="dB"),
) -> Array:
    """The mel spectrum of the last ten seconds, low at the bottom, scrolling to the left."""
    height, width = size
    span = seconds * sound.rate / HOP
    late = sound.position % HOP / HOP
    slices = sound.strip(mel, window=WINDOW, hop=HOP, columns=steps(span, width))
    bands = scrolled(slices, span=span, late=late, width=width).T
    bands = np.clip((bands + np.float32(gain - FLOOR)) / np.float32(SPAN), 0.0, 1.0)
    light = upright(bands, height)
    # Deep blue, violet, orange, near white: dark to bright in every channel, each at its own pace.
    picture = np.empty((3, height, width), np.float32)
    square = light * light
    np.multiply(light, np.float32(1.45), out=picture[0])
    picture[0] -= np.float32(0.45) * square
    np.multiply(square, light, out=picture[1])
    picture[1] *= np.float32(0.35)
    picture[1] += np.float32(0.55) * square
    picture[1] += np.float32(0.06) * centres(height).reshape(-1, 1)
    light -= np.float32(0.5)
    np.multiply(light, light, out=picture[2])
    picture[2] *= np.float32(-1.3)
    picture[2] += np.float32(0.36) + np.float32(0.14) * centres(height).reshape(-1, 1)
    picture[2] += square * square * np.float32(0.65)
    return np.clip(picture, 0.0, 1.0, out=picture)


def upright(bands: Array, height: int) -> Array:
    """(bands, W), lowest first, as (height, W) rows, lowest at the foot."""
    count = len(bands)
    place = np.clip((1 - centres(height)) * count - 0.5, 0, count - 1)
    below = np.minimum(place.astype(np.intp), count - 2)
    part = (place - below).astype(np.float32).reshape(-1, 1)
    rise = np.diff(bands, axis=0)
    light: Array = rise[below]
    light *= part
    light += bands[below]
    return light


def mel(samples: Array) -> Array:
    """(BANDS,) loudness of one slice by mel band, in decibels with the tilt taken out."""
    index, weights, starts, tilt = filterbank()
    bins = np.fft.rfft(samples.sum(axis=1) * taper())
    power = np.square(bins.real) + np.square(bins.imag)
    sums = np.add.reduceat(power[index] * weights, starts) * (4 / WINDOW**2)
    loud: Array = (10 * np.log10(sums + 1e-12) + tilt).astype(np.float32)
    return loud


@lru_cache(maxsize=1)
def taper() -> Array:
    """(WINDOW,) Hann window."""
    return np.hanning(WINDOW).astype(np.float32)


@lru_cache(maxsize=1)
def filterbank() -> tuple[NDArray[np.intp], Array, NDArray[np.intp], Array]:
    """Triangles evenly spaced in mel (O'Shaughnessy 1987), none narrower than a bin.

    Returns the bins of all triangles one after another, their weights, where each triangle begins,
    and the tilt of each band in decibels.
    """
    lowest, highest = (2595 * np.log10(1 + f / 700) for f in (LOWEST, HIGHEST))
    hertz = 700 * (10 ** (np.linspace(lowest, highest, BANDS + 2) / 2595) - 1)
    bin_width = 48000 / WINDOW
    frequencies = np.arange(WINDOW // 2 + 1) * bin_width
    index: list[NDArray[np.intp]] = []
    weights: list[NDArray[np.float64]] = []
    starts: list[int] = []
    for low, middle, high in zip(hertz[:-2], hertz[1:-1], hertz[2:], strict=True):
        low, high = min(low, middle - bin_width), max(high, middle + bin_width)
        rising = (frequencies - low) / (middle - low)
        falling = (high - frequencies) / (high - middle)
        triangle = np.clip(np.minimum(rising, falling), 0, None)
        bins = np.flatnonzero(triangle)
        starts.append(sum(len(bins) for bins in index))
        index.append(bins)
        weights.append(triangle[bins])
    tilt = TILT * np.log2(hertz[1:-1] / 1000)
    return (
        np.concatenate(index),
        np.concatenate(weights).astype(np.float32),
        np.array(starts),
        tilt.astype(np.float32),
    )
