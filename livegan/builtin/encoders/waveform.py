"""The sound of this moment as two traces, on a ground made of the sound itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from livegan.builtin.encoders.drawing import (
    Array,
    at_size,
    blocks,
    colour_row,
    drawn,
    one_thread,
    rows_down,
    scrolled,
)
from livegan.plugin import param

if TYPE_CHECKING:
    from torch import Tensor

LEFT = (1.0, 0.42, 0.10)
RIGHT = (0.10, 0.62, 1.0)
SEARCH = 0.02
"""Seconds that a steady trace may lag, to begin where the wave rises: one period of 50 Hz."""
DARK, BRIGHT = 120.0, 6000.0
"""Frequencies in Hz at which the ground is black, and white."""
DIM = 0.05
"""Brightness of the ground at its darkest."""
BODY = 0.4
"""How much of a trace's colour fills the area between the trace and its axis."""
STEPS = 96
"""How many times across the picture the frequency of the ground is measured."""
SMOOTH = 5
"""Over how many of them to either side it is averaged."""


def waveform(
    sound: Any,
    *,
    size: tuple[int, int],
    seconds: float = param(0.04, 0.01, 0.5, "how much of the newest sound is shown", unit="s"),
    gain: float = param(1.0, 0.1, 10.0, "height of the traces"),
    thick: float = param(6.0, 0.5, 40.0, "width of the traces at 512 pixels", unit="px"),
    steady: bool = param(True, doc="start where the wave rises, so that a held note stands still"),
) -> Array:
    """The newest sound as two traces, the left channel above the right.

    The background of each column shows the frequency of the sound there, from black for low to
    white for high, for the left channel above and the right below.  The area between a trace and
    its axis is tinted in the colour of the trace, so the wave is an area and not only a line.
    """
    import torch

    height, width = size
    shown = max(round(seconds * sound.rate), 2)
    spare = round(SEARCH * sound.rate) if steady else 0
    wave = sound.last((shown + spare) / sound.rate)
    start = rising_edge(wave[:, 0] + wave[:, 1], spare) if steady else 0
    wave = wave[start : start + shown]

    frequency = drawn(ground(wave, sound.rate, width))
    low, high = trace(wave, width, gain)
    half_line = at_size(thick, height) / 2
    middle = height // 2
    picture = torch.empty(3, height, width)
    with one_thread():
        # The two grounds meet in the middle half of the picture.
        change = frequency[1] - frequency[0]
        for side, colour in enumerate((LEFT, RIGHT)):
            axis = height * (0.25 + 0.5 * side)
            scale = height * 0.235
            top, bottom = axis - scale * high[side], axis - scale * low[side]
            line = drawn(top - half_line), drawn(bottom + half_line)
            body = drawn(np.minimum(top, axis)), drawn(np.maximum(bottom, axis))
            ends = (
                float(min(line[0].min(), body[0].min())),
                float(max(line[1].max(), body[1].max())),
            )
            for rows in blocks(*((0, middle), (middle, height))[side], width):
                part = picture[:, rows]
                y = rows_down(height)[rows] * height
                share = rows_down(height)[rows].mul(2).sub_(0.5).clamp_(0, 1)
                grey = torch.addcmul(frequency[0], share, change)
                if float(y[-1]) > ends[0] - 0.5 and float(y[0]) < ends[1] + 0.5:
                    paint = torch.maximum(between(y, *line), between(y, *body).mul_(BODY))
                    grey.addcmul_(grey, paint, value=-1)
                    torch.addcmul(grey, paint, colour_row(colour, width), out=part)
                else:
                    part.copy_(grey)
                part.clamp_(0, 1)
    array: Array = picture.numpy()
    return array


def between(y: Tensor, top: Tensor, bottom: Tensor) -> Tensor:
    """Coverage 0..1 of the pixels at rows ``y``, (h, 1), between ``top`` and ``bottom``, (w,)."""
    inside = (y + 0.5) - top
    return inside.minimum((bottom + 0.5) - y).clamp_(0, 1)


def rising_edge(mono: Array, spare: int) -> int:
    """The sample in 0..spare where the strongest rise through zero begins; ``spare`` if none."""
    if spare < 2:
        return spare
    smooth = moving_mean(mono, 48)
    before, after = smooth[: spare - 1], smooth[1:spare]
    crossings = np.flatnonzero((before < 0) & (after >= 0)) + 1
    if len(crossings) == 0:
        return spare
    # Of several rises in a period, the one before the largest swell is the same one every time.
    reach = 96
    swell = np.concatenate([[0.0], np.cumsum(np.maximum(smooth, 0.0))])
    ends = np.minimum(crossings + reach, len(smooth))
    return int(crossings[np.argmax(swell[ends] - swell[crossings])])


def moving_mean(values: Array, length: int) -> Array:
    """(n,) means of ``length`` values around each, fewer at the ends."""
    total = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    index = np.arange(len(values))
    first = np.maximum(index - length // 2, 0)
    last = np.minimum(index + length - length // 2, len(values))
    mean: Array = ((total[last] - total[first]) / (last - first)).astype(np.float32)
    return mean


def ground(wave: Array, rate: int, width: int) -> Array:
    """(2, width) brightness of the ground by channel: how high the sound is there, 0..1.

    The frequency is the root mean square one, from the energy of the wave and of its slope
    (Parseval), which needs no transform and follows the sound from millisecond to millisecond.
    """
    slope = np.diff(wave, axis=0, prepend=wave[:1])
    starts = np.arange(STEPS) * len(wave) // STEPS
    energy = np.add.reduceat(wave.astype(np.float64) ** 2, starts)
    steepness = np.add.reduceat(slope.astype(np.float64) ** 2, starts)
    bell = np.hanning(2 * SMOOTH + 3)[1:-1]
    bell /= bell.sum()
    shades = np.empty((STEPS, 2), np.float32)
    for side in range(2):
        around = np.pad(
            np.stack([energy[:, side], steepness[:, side]]), ((0, 0), (SMOOTH, SMOOTH)), "edge"
        )
        power, rise = (np.convolve(row, bell, "valid") for row in around)
        # The floor, about -80 dB, lets silence be black and not whatever its noise is.
        power += 1e-8 * len(wave) / STEPS
        hertz = rate / np.pi * np.arcsin(np.minimum(np.sqrt(rise / power) / 2, 1))
        octaves = np.log2(np.maximum(hertz, DARK) / DARK)
        shade = np.minimum(octaves / np.log2(BRIGHT / DARK), 1)
        # Most music lies in the middle of the scale; this S spreads it over more of the greys.
        shades[:, side] = DIM + (1 - DIM) * shade * shade * (3 - 2 * shade)
    columns = scrolled(shades, span=STEPS, late=0, width=width).T
    return np.minimum(columns, 1, out=columns)  # weights add up to one but for rounding


def trace(wave: Array, width: int, gain: float) -> tuple[Array, Array]:
    """The lowest and the highest value of each column, each (2, width), -1..1."""
    if len(wave) < 2 * width:
        there = np.linspace(0, len(wave) - 1, 2 * width)
        known = np.arange(len(wave))
        wave = np.stack([np.interp(there, known, channel) for channel in wave.T], axis=1)
    # Loud and soft passages must both be seen: a soft limit instead of a hard one.
    heights = np.tanh(2.0 * gain * wave).T.astype(np.float32)
    starts = np.arange(width) * heights.shape[1] // width
    low = np.minimum.reduceat(heights, starts, axis=1)
    high = np.maximum.reduceat(heights, starts, axis=1)
    # A column reaches to the first sample of the next, or a steep trace would be a row of dashes.
    following = heights[:, np.append(starts[1:], heights.shape[1] - 1)]
    return np.minimum(low, following), np.maximum(high, following)
