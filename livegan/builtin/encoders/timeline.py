"""The last seconds of sound as a scrolling shape."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from livegan.builtin.encoders.drawing import Array, centres, scrolled, soft, steps
from livegan.plugin import param

HOP = 960
"""Samples a point: fifty points a second, five hundred in ten seconds."""
WINDOW = 1920
EDGES = (200.0, 2000.0)
"""Hz, between low and mid and between mid and high sound."""
FLOOR, SPAN = -60.0, 60.0
"""Decibels at which the ground of a band is black, and how many more make it white."""

GROUND = ((0.62, 0.60, 0.68), (0.03, 0.04, 0.10))
"""Colour of the ground at full loudness, and in silence."""
NIGHT = np.float32(0.12)
"""Light of the edges in silence, so that even then above and below are told from the middle."""
DULL, KEEN = (0.95, 0.18, 0.05), (0.05, 0.55, 0.95)
"""Colour of the peaks where the sound is low, and where it is high."""
CORE = tuple(map(np.float32, (1.0, 0.92, 0.45)))
"""Colour of the root mean square."""


def timeline(
    sound: Any,
    *,
    size: tuple[int, int],
    seconds: float = param(10.0, 1.0, 50.0, "how much of the past is shown", unit="s"),
    gain: float = param(1.0, 0.1, 10.0, "height of the shape"),
) -> Array:
    """The last ten seconds of loudness, scrolling to the left.

    From the middle outwards: the root mean square, then the peaks, of the left channel above and
    the right below.  Low sound is red, high sound is blue.  Low sound lights the background in the
    middle, mid sound around it, and high sound at the edges.
    """
    height, width = size
    span = seconds * sound.rate / HOP
    late = sound.position % HOP / HOP
    points = sound.strip(point, window=WINDOW, hop=HOP, columns=steps(span, width))
    column = scrolled(points, span=span, late=late, width=width).T

    reach = np.tanh(np.float32(1.25 * gain) * column[0:4]) * np.float32(0.54 * height)
    reach += np.float32(0.006 * height)
    bands, tone = column[4:7], column[7]
    lit = lighting(height)
    ground = lit[0] * bands[0] + NIGHT * lit[2]
    ground += lit[1] * bands[1]
    ground += lit[2] * bands[2]
    picture = np.empty((3, height, width), np.float32)
    for channel, (bright, dark) in enumerate(zip(*GROUND, strict=True)):
        np.multiply(ground, np.float32(bright - dark), out=picture[channel])
        picture[channel] += np.float32(dark)
    hue = [dull + np.float32(keen - dull) * tone for dull, keen in zip(DULL, KEEN, strict=True)]
    for side in range(2):
        paint(picture, side, reach[side], hue, 0.8)
        paint(picture, side, reach[2 + side], CORE, 0.75)
    return picture


def paint(picture: Array, side: int, reach: Array, colour: Sequence[Any], amount: float) -> None:
    """Tint ``picture`` from its middle up (side 0) or down (1) as far as ``reach``, (W,) pixels.

    ``colour`` is three numbers, or three (W,) arrays.
    """
    height = picture.shape[1]
    middle = height // 2
    far = int(reach.max()) + 2
    rows = slice(max(middle - far, 0), middle) if side == 0 else slice(middle, middle + far)
    away = np.abs(centres(height)[rows] * height - np.float32(height / 2)).reshape(-1, 1)
    cover = soft(reach - away)
    cover *= np.float32(amount)
    for channel, strength in enumerate(colour):
        part = picture[channel, rows]
        difference = strength - part
        difference *= cover
        part += difference


def point(samples: Array) -> Array:
    """(8,) of one point: peak and rms by channel, low, mid and high 0..1, and the tone 0..1."""
    newest = samples[-HOP:]
    peaks = np.abs(newest).max(axis=0)
    rms = np.sqrt(np.mean(np.square(newest), axis=0))
    power = np.square(np.abs(np.fft.rfft(samples.sum(axis=1) * taper()))) * (2 / WINDOW**2)
    low, mid = (int(edge * WINDOW / 48000) for edge in EDGES)
    sums = np.array([power[1:low].sum(), power[low:mid].sum(), power[mid:].sum()])
    decibels = 10 * np.log10(sums + 1e-12) + np.array([0.0, 3.0, 12.0])
    loud = np.clip((decibels - FLOOR) / SPAN, 0, 1) ** 1.6
    hertz = np.arange(1, len(power)) * 25.0
    weights = power[1:] * hertz + 1e-9
    octave = np.sum(weights * np.log2(hertz)) / np.sum(weights)
    tone = np.clip((octave - 7.5) / 4.5, 0, 1)
    return np.concatenate([peaks, rms, loud, [tone]]).astype(np.float32)


@lru_cache(maxsize=1)
def taper() -> Array:
    """(WINDOW,) Hann window."""
    return np.hanning(WINDOW).astype(np.float32)


@lru_cache(maxsize=16)
def lighting(height: int) -> Array:
    """(3, height, 1) how much low, mid and high sound light a row; less than one together."""
    away = np.abs(centres(height) - 0.5) * 2
    low = np.clip(1 - away / 0.5, 0, 1)
    high = np.clip((away - 0.5) / 0.5, 0, 1)
    shares = np.stack([low, 1 - low - high, high]) / np.float32(1 + NIGHT)
    rows: Array = shares.reshape(3, -1, 1).astype(np.float32)
    rows.setflags(write=False)
    return rows
