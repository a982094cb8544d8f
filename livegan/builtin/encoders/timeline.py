"""The last seconds of sound as a scrolling shape."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from livegan.builtin.encoders.drawing import (
    Array,
    blocks,
    centres,
    colour_row,
    drawn,
    one_thread,
    rows_down,
    scrolled,
    steps,
)
from livegan.plugin import param

if TYPE_CHECKING:
    from torch import Tensor

HOP = 960
"""Samples a point: fifty points a second, five hundred in ten seconds."""
WINDOW = 1920
EDGES = (200.0, 2000.0)
"""Hz, between low and mid and between mid and high sound."""
FLOOR, SPAN = -60.0, 60.0
"""Decibels at which the ground of a band is black, and how many more make it white."""

GROUND = ((0.62, 0.60, 0.68), (0.03, 0.04, 0.10))
"""Colour of the ground at full loudness, and in silence."""
NIGHT = 0.12
"""Light of the edges in silence, so that even then above and below are told from the middle."""
DULL, KEEN = (0.95, 0.18, 0.05), (0.05, 0.55, 0.95)
"""Colour of the peaks where the sound is low, and where it is high."""
CORE = (1.0, 0.92, 0.45)
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
    import torch

    height, width = size
    span = seconds * sound.rate / HOP
    late = sound.position % HOP / HOP
    points = sound.strip(point, window=WINDOW, hop=HOP, columns=steps(span, width))
    column = scrolled(points, span=span, late=late, width=width).T

    reach = np.tanh(np.float32(1.25 * gain) * column[0:4]) * np.float32(0.54 * height)
    reach += np.float32(0.006 * height)
    bands = drawn(column[4:7])
    hue = colour_row(DULL, width).lerp(colour_row(KEEN, width), drawn(column[7]))
    core = colour_row(CORE, width)
    picture = torch.empty(3, height, width)
    with one_thread():
        middle = height // 2
        for side, (first, stop) in enumerate(((0, middle), (middle, height))):
            shapes = ((reach[side], (hue, 0.8)), (reach[2 + side], (core, 0.75)))
            tints = [(float(far.max()), drawn(far), *how) for far, how in shapes]
            for rows in blocks(first, stop, width):
                part = picture[:, rows]
                light(part, lighting(height)[:, rows], bands)
                away = from_middle(height)[rows]
                nearest = float(away[-1 if side == 0 else 0])
                for farthest, far, colour, amount in tints:
                    if nearest < farthest + 0.5:
                        cover = (amount * (far + 0.5) - amount * away).clamp_(0, amount)
                        part.lerp_(colour, cover)
                part.clamp_(0, 1)
    array: Array = picture.numpy()
    return array


def light(part: Tensor, lit: Tensor, bands: Tensor) -> None:
    """Draw the ground of some rows, (3, rows, W): ``lit``, (3, rows, 1), is how much each of
    ``bands``, (3, W), lights them."""
    import torch

    width = part.shape[2]
    ground = torch.addcmul(NIGHT * lit[2], lit[0], bands[0])
    for band in (1, 2):
        ground.addcmul_(lit[band], bands[band])
    bright, dark = (colour_row(colour, width) for colour in GROUND)
    torch.lerp(dark, bright, ground, out=part)


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
def lighting(height: int) -> Tensor:
    """(3, height, 1) how much low, mid and high sound light a row; less than one together."""
    away = np.abs(centres(height) - 0.5) * 2
    low = np.clip(1 - away / 0.5, 0, 1)
    high = np.clip((away - 0.5) / 0.5, 0, 1)
    return drawn(np.stack([low, 1 - low - high, high]) / (1 + NIGHT)).reshape(3, -1, 1)


@lru_cache(maxsize=16)
def from_middle(height: int) -> Tensor:
    """(height, 1) pixels from the middle of the picture to each row."""
    return (rows_down(height) * height - height / 2).abs_()
