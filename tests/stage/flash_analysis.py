"""What WCAG 2.2 (general flash and red flash thresholds) and ITU-R BT.1702 say of a run of
pictures, pixel by pixel and after the event.

Written from their text and sharing nothing with livegan, to judge what its flash guard lets by.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def linear(pixels: NDArray[np.uint8]) -> Array:
    """Linear R, G, B as in the definition of relative luminance."""
    s = pixels.astype(float) / 255
    return np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)


def relative_luminance(rgb: Array) -> Array:
    return 0.2126 * rgb[..., 0] + 0.7152 * rgb[..., 1] + 0.0722 * rgb[..., 2]


@dataclass
class Change:
    """A transition of one pixel: it left one extreme at ``start``, had changed by enough to count
    at ``counts``, and reached the other at ``end``. Seconds."""

    start: float
    counts: float
    end: float


def changes(
    series: Array, times: Array, enough: float, valid: object = lambda low, high: True
) -> list[Change]:
    """Transitions between adjacent peaks and valleys of one pixel's values."""
    assert callable(valid)
    found: list[Change] = []
    way = 0
    low = high = (series[0], times[0])  # value, and the last time it was there
    for value, time in zip(series, times, strict=True):
        if way >= 0 and high[0] - value >= enough and valid(value, high[0]):
            found.append(Change(high[1], time, time))
            way, low = -1, (value, time)
        elif way <= 0 and value - low[0] >= enough and valid(low[0], value):
            found.append(Change(low[1], time, time))
            way, high = 1, (value, time)
        if value >= high[0]:
            if way == 1 and value > high[0]:
                found[-1].end = time
            high = (value, time)
        if value <= low[0]:
            if way == -1 and value < low[0]:
                found[-1].end = time
            low = (value, time)
    return found


def general(luminance: Array, times: Array) -> list[Change]:
    """Changes of 10 % of the maximum, the darker state below 0.80."""
    return changes(luminance, times, 0.1, lambda low, high: low < 0.8)


def red_2_1(rgb: Array, times: Array) -> list[Change]:
    """(R - G - B) x 320 changes by more than 20; a saturated red is at either end (WCAG 2.1)."""
    total = np.maximum(rgb.sum(axis=-1), 1e-9)
    saturated = rgb[:, 0] / total >= 0.8
    value = np.maximum(rgb[:, 0] - rgb[:, 1] - rgb[:, 2], 0) * 320
    # The higher end of a change is the redder one: it must be a saturated red at some time.
    shown = np.where(saturated, value, np.minimum(value, value[saturated].min(initial=0)))
    return changes(shown, times, 20)


def red_2_2(rgb: Array, times: Array) -> list[Change]:
    """To or from a saturated red, further than 0.2 in CIE 1976 UCS (WCAG 2.2). What is too dark
    to have a colour keeps the colour before."""
    matrix = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = rgb @ matrix.T
    below = xyz @ np.array([1.0, 15.0, 3.0])
    found: list[Change] = []
    reference: Array | None = None
    reference_red, before = False, times[0]
    for colour, tristimulus, under, time in zip(rgb, xyz, below, times, strict=True):
        if colour.max() >= 0.06:
            at = np.array([4 * tristimulus[0], 9 * tristimulus[1]]) / under
            red = colour[0] / colour.sum() >= 0.8
            if reference is None:
                reference, reference_red = at, red
            elif (red or reference_red) and np.hypot(*(at - reference)) > 0.2:
                found.append(Change(before, time, time))
                reference, reference_red = at, red
        before = time
    return found


def too_often(found: list[Change]) -> list[float]:
    """When four flashes lay within one second, or three came faster than 3.2 a second."""
    four = [
        b.end
        for a, b in zip(found, found[7:], strict=False)
        if b.counts - a.counts <= 1 or b.end - a.start <= 1
    ]
    three = [
        b.counts for a, b in zip(found, found[6:], strict=False) if b.counts - a.counts < 3 / 3.2
    ]
    return four + three


@dataclass
class Judgement:
    """The largest share that flashed too often within any second, 0..1."""

    area: float
    """Of the picture (BT.1702)."""
    third: float
    """Of a rectangle a third as wide and high, wherever it is most (WCAG's estimate)."""
    together: int
    """Most alternate changes of more than a quarter of the picture at once, in one second."""

    @property
    def safe(self) -> bool:
        return bool(self.area <= 0.25 and self.together <= 7)


def judge(pictures: NDArray[np.uint8], times: Array) -> Judgement:
    """Judge (n, H, W, 3) pictures shown at times in seconds."""
    height, width = pictures.shape[1:3]
    kinds: list[dict[tuple[int, int], list[Change]]] = [{}, {}, {}]
    same: dict[bytes, tuple[list[Change], ...]] = {}  # pixels of one region share a history
    for y in range(height):
        for x in range(width):
            key = pictures[:, y, x].tobytes()
            if key not in same:
                rgb = linear(pictures[:, y, x])
                same[key] = (
                    general(relative_luminance(rgb), times),
                    red_2_1(rgb, times),
                    red_2_2(rgb, times),
                )
            for kind, found in zip(kinds, same[key], strict=True):
                kind[y, x] = found
    area = third = 0.0
    for kind in kinds:
        when: dict[tuple[int, int], list[float]] = {p: too_often(f) for p, f in kind.items()}
        for now in sorted({round(t, 2) for ts in when.values() for t in ts}):
            flashing = np.zeros((height, width))
            for (y, x), ts in when.items():
                flashing[y, x] = any(now - 1 < t <= now + 0.01 for t in ts)
            area = max(area, flashing.mean())
            high, wide = max(1, height // 3), max(1, width // 3)
            for top in range(height - high + 1):
                for left in range(width - wide + 1):
                    third = max(third, flashing[top : top + high, left : left + wide].mean())
    return Judgement(area, third, _together(pictures, times))


def _together(pictures: NDArray[np.uint8], times: Array) -> int:
    """As tools do that look at whole frames: more than a quarter rises, then more falls..."""
    luminance = relative_luminance(linear(pictures)).reshape(len(pictures), -1)
    low, high = luminance[0].copy(), luminance[0].copy()
    way = np.zeros(luminance.shape[1], int)
    events: list[tuple[float, int]] = []
    for row, time in zip(luminance, times, strict=True):
        high, low = np.maximum(high, row), np.minimum(low, row)
        fall = (way >= 0) & (high - row >= 0.1) & (row < 0.8)
        rise = (way <= 0) & (row - low >= 0.1) & (low < 0.8) & ~fall
        way[fall], low[fall] = -1, row[fall]
        way[rise], high[rise] = 1, row[rise]
        before = events[-1][1] if events else 0
        up, down = rise.mean() > 0.25, fall.mean() > 0.25
        if up and down:
            events.append((time, -before or 1))
        elif (up and before != 1) or (down and before != -1):
            events.append((time, 1 if up else -1))
    stamps = np.array([time for time, _ in events])
    return max((int(((stamps >= s) & (stamps < s + 1)).sum()) for s in stamps), default=0)
