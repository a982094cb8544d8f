"""Which of the twelve pitch classes sounded over the last seconds."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.builtin.encoders.drawing import Array, centres, scrolled, steps
from livegan.plugin import param

HOP = 1920
WINDOW = 8192
LOWEST, HIGHEST = 100.0, 4200.0
FLOOR, SPAN = -66.0, 40.0


def chroma(
    sound: Any,
    *,
    size: tuple[int, int],
    seconds: float = param(10.0, 1.0, 50.0, "how much of the past is shown", unit="s"),
    sharp: float = param(1.5, 0.5, 6.0, "how much the strongest notes stand out"),
) -> Array:
    """The twelve pitch classes of the last ten seconds, C at the bottom, each in its own hue.

    A chord is a pattern of lanes that scrolls to the left. All octaves of a note share a lane.
    """
    height, width = size
    span = seconds * sound.rate / HOP
    late = sound.position % HOP / HOP
    slices = sound.strip(classes, window=WINDOW, hop=HOP, columns=steps(span, width))
    column = np.clip(scrolled(slices, span=span, late=late, width=width).T, 0.0, 1.0)
    strength, loud = column[:12] ** np.float32(sharp), column[12]
    lane = ((1 - centres(height)) * 12).astype(np.intp)
    # Within a lane the light falls off to its borders, so that neighbours stay apart.
    shade = (1 - (2 * ((1 - centres(height)) * 12 - lane) - 1) ** 4 * 0.7).reshape(-1, 1)
    picture = np.empty((3, height, width), np.float32)
    for channel in range(3):
        hue = hues()[channel].reshape(-1, 1)
        lit = (0.10 + 0.14 * loud) * (0.5 + 0.5 * hue) + strength * hue
        lit += 0.35 * strength**2 * (1 - hue)
        np.multiply(lit[lane], shade, out=picture[channel])
    return np.clip(picture, 0.0, 1.0, out=picture)


def classes(samples: Array) -> Array:
    """(13,) strength of the pitch classes C, C#, ... B relative to the strongest, and the loudness.

    The magnitudes of the transform are summed by pitch class, each bin shared between the two
    nearest classes (Fujishima 1999, with linear weights); all 0..1, and nothing in silence.
    """
    first, lower, share = pitches()
    bins = np.fft.rfft(samples.sum(axis=1) * taper())[first : first + len(lower)]
    magnitude = np.abs(bins)
    # Only the peaks of the spectrum are notes; the floor between them is not.
    magnitude = np.maximum(magnitude - (np.roll(magnitude, 4) + np.roll(magnitude, -4)) / 2, 0)
    sums = np.bincount(lower, magnitude * (1 - share), 12)
    sums += np.bincount((lower + 1) % 12, magnitude * share, 12)
    loud = 20 * np.log10(sums.max() * 2 / WINDOW + 1e-9)
    gate = np.clip((loud - FLOOR) / SPAN, 0, 1)
    strength = sums / max(sums.max(), 1e-9) * gate
    return np.append(strength, gate).astype(np.float32)


@lru_cache(maxsize=1)
def taper() -> Array:
    """(WINDOW,) Hann window."""
    return np.hanning(WINDOW).astype(np.float32)


@lru_cache(maxsize=1)
def pitches() -> tuple[int, NDArray[np.intp], Array]:
    """First bin; then of each bin up to the last the pitch class below it, and how far above it."""
    width = 48000 / WINDOW
    first, last = round(LOWEST / width), round(HIGHEST / width)
    semitones = 69 + 12 * np.log2(np.arange(first, last) * width / 440)
    below = np.floor(semitones)
    # Sharper than linear: what lies within a quarter tone belongs to one class.
    share = np.clip(2 * (semitones - below) - 0.5, 0, 1)
    return first, (below % 12).astype(np.intp), share.astype(np.float32)


@lru_cache(maxsize=1)
def hues() -> Array:
    """(3, 12) colours of the classes around the colour circle in fifths: kin notes look alike."""
    angle = 2 * np.pi * (np.arange(12) * 7 % 12) / 12
    turns = np.array([0, 2 * np.pi / 3, 4 * np.pi / 3]).reshape(3, 1)
    colours: Array = (0.5 + 0.5 * np.cos(angle - turns)).astype(np.float32)
    return colours
